//! The trade's times. They come from the municipal handbooks that Terskel is built on (README, "Practice").

use std::time::Duration;

/// A dispatch not accepted by then is unanswered: the response centre calls the team.
pub const ACCEPT_WITHIN: Duration = Duration::from_secs(5 * 60);
/// From accepting to check-in at the hub.
pub const ARRIVE_WITHIN: Duration = Duration::from_secs(30 * 60);
/// How long after accepting the text of a dispatch stays readable, unless the visit is still going on.
pub const READABLE_AFTER_ACCEPT: Duration = Duration::from_secs(60 * 60);
/// The longest time on duty that is one shift.
pub const LONGEST_SHIFT: Duration = Duration::from_secs(24 * 60 * 60);
/// A lock's clock may differ from the phone's by so much before somebody must see to it.
pub const CLOCK_DRIFT: Duration = Duration::from_secs(30);
/// From the issue of a digital key for a dispatch to its end, at most.
pub const DISPATCH_KEY_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// From the issue of a digital key for a shift to its end, at most; the shift's own end comes first.
pub const SHIFT_KEY_LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);
/// How long the doors of a residence can be opened after the glass was broken.
pub const BREAK_GLASS_LIFETIME: Duration = Duration::from_secs(15 * 60);
/// A digital key is valid from at most so long before its issue: a phone whose clock is a little behind must be able to
/// use it at once.
pub const KEY_CLOCK_SLACK: Duration = Duration::from_secs(5 * 60);
