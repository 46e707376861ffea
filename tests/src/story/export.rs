//! Whether an export of the audit trail stands up: accepted as it is, and each alteration found for what it is.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use terskel_api::path;
use terskel_keys::audit::Export;
use terskel_keys::log::{Checkpoint, LogKey, LogPublicKey};
use terskel_model::DispatchId;

use crate::stage::{Client, program};

/// Takes the trail of a dispatch out as its lead, gives it to `terskel-verify`, and then five altered ones. `earlier` is
/// a checkpoint from before the dispatch. Gives what the program said.
///
/// # Errors
/// When it does not accept the export, or says of an altered one something else than what was done to it.
pub async fn investigate(lead: &Client, dispatch: DispatchId, earlier: &str) -> Result<Vec<String>> {
    let folder = tempfile::tempdir()?;
    let (file, key, said) = taken_out(folder.path(), lead, dispatch).await?;
    let mut lines = vec![said];
    for (expected, altered) in alterations(&file, &key, earlier)? {
        let (accepted, said) = verify(folder.path(), &altered, &key).await?;
        ensure!(!accepted && said.contains(expected), "not found as \u{201c}{expected}\u{201d}: {said}");
        lines.push(said);
    }
    Ok(lines)
}

/// Takes the trail of a dispatch out, which `terskel-verify` accepts: all is genuine, and no phone's chain has a gap.
///
/// # Errors
/// When it does not.
pub async fn accepted(lead: &Client, dispatch: DispatchId) -> Result<()> {
    let folder = tempfile::tempdir()?;
    taken_out(folder.path(), lead, dispatch).await.map(drop)
}

/// The file, the published key, and what `terskel-verify` says.
async fn taken_out(folder: &Path, lead: &Client, dispatch: DispatchId) -> Result<(Vec<u8>, String, String)> {
    let file = lead.bytes(&format!("{}?dispatch={dispatch}", path::AUDIT_EXPORT)).await?;
    let key = lead.text(path::LOG_KEY).await?.trim().to_owned();
    let (accepted, said) = verify(folder, &file, &key).await?;
    ensure!(accepted, "the export is not accepted: {said}");
    Ok((file, key, said))
}

/// A checkpoint of the log as it is.
///
/// # Errors
/// When the station does not answer.
pub async fn checkpoint(anybody: &Client) -> Result<String> {
    anybody.text(path::LOG_CHECKPOINT).await
}

/// What must be said, and the file that was altered so.
fn alterations(file: &[u8], key: &str, earlier: &str) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let key: LogPublicKey = key.parse()?;
    let export = Export::parse(file)?;
    let checkpoint = Checkpoint::open(&export.checkpoint, &key)?;
    let altered = |change: &dyn Fn(&mut Export)| {
        let mut export = export.clone();
        change(&mut export);
        export.to_bytes()
    };
    let somewhere = export.events.len() / 2;
    Ok(vec![
        ("was altered", altered(&|export| export.events[somewhere].body[20] ^= 1)),
        ("was removed", altered(&|export| drop(export.events.remove(somewhere)))),
        ("have changed places", altered(&|export| export.events.swap(somewhere, somewhere + 1))),
        ("the log was cut", altered(&|export| earlier.clone_into(&mut export.checkpoint))),
        (
            "of another station",
            altered(&|export| {
                export.checkpoint = checkpoint.sign(&LogKey::from_seed(&[7; 32]));
            }),
        ),
    ])
}

/// Whether the program accepts a file, and the first line that it says.
async fn verify(folder: &Path, file: &[u8], key: &str) -> Result<(bool, String)> {
    let export = folder.join("export.cbor");
    tokio::fs::write(&export, file).await?;
    let done = tokio::process::Command::new(program("terskel-verify")?)
        .arg(&export)
        .args(["--key", key])
        .stdin(Stdio::null())
        .output()
        .await?;
    let said = String::from_utf8(done.stdout)?;
    let first = said.lines().next().context("terskel-verify says nothing")?;
    Ok((done.status.success(), first.to_owned()))
}
