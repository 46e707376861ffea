//! Generates the context, and a permission for each command of the door.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let door = tauri_build::AppManifest::new().commands(&["intend", "ask", "views"]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(door))?;
    Ok(())
}
