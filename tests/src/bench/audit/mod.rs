//! What proof costs: checking an export against checking bare signatures, and how fast a station takes events into its
//! log.

mod append;
mod export;

use anyhow::Result;

use super::line::Line;

/// Checks `events` events, then lets a station take `appends`; also one on the PostgreSQL of `postgres`, an empty database.
///
/// # Errors
/// When an export is not accepted, or a station refuses.
pub async fn measure(events: usize, appends: usize, postgres: Option<&str>) -> Result<Vec<Line>> {
    let verified = export::measure(events)?;
    let checked = format!(
        "{} events of a log of {} checked, with all that an export proves",
        verified.events, verified.log
    );
    let taken = |database: &str, per_s| {
        Line::new(
            format!("dispatches taken by a station on {database}, each with its event in the log"),
            per_s,
            "1/s",
        )
    };
    let mut lines = vec![
        Line::new(checked, verified.per_s, "1/s").promising(
            "bare signatures ÷ events of an export",
            verified.bare_per_s / verified.per_s,
            1.25,
        ),
        Line::new(
            "bare signatures (ring, ES256) over messages of the same length",
            verified.bare_per_s,
            "1/s",
        ),
        taken("SQLite", append::measure(appends, None).await?),
    ];
    if let Some(url) = postgres {
        lines.push(taken("PostgreSQL", append::measure(appends, Some(url)).await?));
    }
    Ok(lines)
}
