//! What is erased, and what of it: a statement each, for a few rows at a time.

use sqlx::AnyConnection;

use super::periods::After;
use crate::audit::erase_some;

/// So many rows at a time: whoever takes an alarm waits for no more than that.
pub(super) const BATCH: i64 = 100;

/// One rule.
pub(super) struct Rule {
    /// What it is called in the trail and in `docs/retention.md`.
    pub(super) what: &'static str,
    pub(super) after: After,
    how: How,
}

enum How {
    /// `$1`: what ended before then, in ms; `$2`: [`BATCH`].
    Sql(&'static str),
    /// The audit trail, by its own rules.
    Trail,
}

const fn rule(what: &'static str, after: After, sql: &'static str) -> Rule {
    Rule { what, after, how: How::Sql(sql) }
}

impl Rule {
    /// Erases a few; says how many. Fewer than [`BATCH`]: there is no more.
    pub(super) async fn erase_some(&self, before_ms: i64, tx: &mut AnyConnection) -> sqlx::Result<u64> {
        let sql = match self.how {
            How::Sql(sql) => sql,
            How::Trail => return erase_some(before_ms, BATCH, tx).await,
        };
        Ok(sqlx::query(sql).bind(before_ms).bind(BATCH).execute(tx).await?.rows_affected())
    }
}

/// What ends with its time, in an order in which nothing goes before what refers to it.
pub(super) const RULES: &[Rule] = &[
    // Secrets: of homes that had the service, and then of locks that are in no door any more.
    rule(
        "ended_ways_in",
        After::Use,
        "UPDATE doors SET lock_id = NULL, code_sealed = NULL, key_cabinet = NULL, key_tag = NULL WHERE id IN (
           SELECT d.id FROM residents r JOIN resident_doors rd ON rd.resident_id = r.id JOIN doors d ON d.id = rd.door_id
           WHERE r.ended_ms < $1 AND (d.lock_id IS NOT NULL OR d.code_sealed IS NOT NULL OR d.key_cabinet IS NOT NULL)
           AND NOT EXISTS (SELECT 1 FROM resident_doors o JOIN residents other ON other.id = o.resident_id
             WHERE o.door_id = d.id AND (other.ended_ms IS NULL OR other.ended_ms >= $1)) LIMIT $2)",
    ),
    rule(
        "lock_secrets",
        After::AtOnce,
        "UPDATE locks SET credential_sealed = substr(credential_sealed, 1, 0) WHERE id IN (
           SELECT l.id FROM locks l WHERE length(l.credential_sealed) > 0 AND $1 > 0
           AND NOT EXISTS (SELECT 1 FROM doors d WHERE d.lock_id = l.id) LIMIT $2)",
    ),
    rule(
        "ended_contacts",
        After::Use,
        "UPDATE residents SET phone_number = '', way_in = '' WHERE id IN (
           SELECT id FROM residents WHERE ended_ms < $1 AND (phone_number <> '' OR way_in <> '') LIMIT $2)",
    ),
    rule(
        "lock_entries",
        After::Use,
        "DELETE FROM lock_entries WHERE id IN (SELECT id FROM lock_entries WHERE until_ms < $1 LIMIT $2)",
    ),
    rule(
        "key_tokens",
        After::Use,
        "UPDATE issued_keys SET signed = substr(signed, 1, 0) WHERE id IN (
           SELECT id FROM issued_keys WHERE expires_ms < $1 AND length(signed) > 0 LIMIT $2)",
    ),
    rule(
        "one_time_codes",
        After::Use,
        "DELETE FROM enrolment_codes WHERE code_hash IN (
           SELECT code_hash FROM enrolment_codes WHERE ends_ms < $1 LIMIT $2)",
    ),
    rule(
        "lead_sessions",
        After::Use,
        "DELETE FROM lead_sessions WHERE token_hash IN (
           SELECT token_hash FROM lead_sessions WHERE ends_ms < $1 LIMIT $2)",
    ),
    // Words, and who did not go.
    rule(
        "dispatch_notes",
        After::Words,
        "UPDATE dispatches SET note = '' WHERE id IN (
           SELECT id FROM dispatches WHERE received_ms < $1 AND note <> ''
           AND (closed_ms IS NULL OR closed_ms < $1) LIMIT $2)",
    ),
    rule(
        "permission_notes",
        After::Words,
        "UPDATE permissions SET note = '' WHERE id IN (
           SELECT id FROM permissions WHERE note <> '' AND (taken_ms < $1 OR until_ms < $1) LIMIT $2)",
    ),
    rule(
        "emergency_words",
        After::Words,
        "UPDATE broken_glass SET told = '', review = '' WHERE id IN (
           SELECT id FROM broken_glass WHERE reviewed_ms < $1 AND (told <> '' OR review <> '') LIMIT $2)",
    ),
    rule(
        "declines",
        After::Words,
        "DELETE FROM declines WHERE (dispatch_id, phone_id, worker_id) IN (
           SELECT dispatch_id, phone_id, worker_id FROM declines WHERE at_ms < $1 LIMIT $2)",
    ),
    rule(
        "deliveries",
        After::Words,
        "DELETE FROM deliveries WHERE (dispatch_id, phone_id) IN (
           SELECT dispatch_id, phone_id FROM deliveries WHERE at_ms < $1 LIMIT $2)",
    ),
    // The trail, and what it speaks of.
    Rule { what: "audit_events", after: After::Trail, how: How::Trail },
    rule(
        "digital_keys",
        After::Trail,
        "DELETE FROM issued_keys WHERE id IN (SELECT id FROM issued_keys WHERE expires_ms < $1 LIMIT $2)",
    ),
    rule(
        "permission_uses",
        After::Trail,
        "DELETE FROM permission_uses WHERE (permission_id, door_id) IN (
           SELECT u.permission_id, u.door_id FROM permission_uses u JOIN permissions p ON p.id = u.permission_id
           WHERE p.taken_ms < $1 OR p.until_ms < $1 LIMIT $2)",
    ),
    rule(
        "permissions",
        After::Trail,
        "DELETE FROM permissions WHERE id IN (
           SELECT p.id FROM permissions p WHERE (p.taken_ms < $1 OR p.until_ms < $1)
           AND NOT EXISTS (SELECT 1 FROM issued_keys k WHERE k.permission_id = p.id)
           AND NOT EXISTS (SELECT 1 FROM permission_uses u WHERE u.permission_id = p.id) LIMIT $2)",
    ),
    rule(
        "emergencies",
        After::Trail,
        "DELETE FROM broken_glass WHERE id IN (
           SELECT g.id FROM broken_glass g WHERE g.reviewed_ms < $1
           AND NOT EXISTS (SELECT 1 FROM issued_keys k WHERE k.break_glass_id = g.id) LIMIT $2)",
    ),
    rule(
        "wipe_orders",
        After::Trail,
        "DELETE FROM withdrawals WHERE id IN (
           SELECT w.id FROM withdrawals w WHERE w.ordered_ms < $1
           AND NOT EXISTS (SELECT 1 FROM issued_keys k WHERE k.withdrawal_id = w.id) LIMIT $2)",
    ),
    rule(
        "own_visits",
        After::Trail,
        "DELETE FROM own_visits WHERE id IN (SELECT id FROM own_visits WHERE stored_ms < $1 LIMIT $2)",
    ),
    rule(
        "dispatches",
        After::Trail,
        "DELETE FROM dispatches WHERE id IN (
           SELECT d.id FROM dispatches d WHERE d.received_ms < $1 AND (d.closed_ms IS NULL OR d.closed_ms < $1)
           AND NOT EXISTS (SELECT 1 FROM issued_keys k WHERE k.dispatch_id = d.id)
           AND NOT EXISTS (SELECT 1 FROM declines n WHERE n.dispatch_id = d.id)
           AND NOT EXISTS (SELECT 1 FROM deliveries n WHERE n.dispatch_id = d.id)
           AND NOT EXISTS (SELECT 1 FROM own_visits v WHERE v.dispatch_id = d.id)
           AND NOT EXISTS (SELECT 1 FROM deadlines n WHERE n.dispatch_id = d.id) LIMIT $2)",
    ),
    // An order to wipe names the session that it ended, and a session its shift.
    rule(
        "sessions",
        After::Use,
        "DELETE FROM sessions WHERE id IN (
           SELECT s.id FROM sessions s WHERE s.ends_ms < $1
           AND NOT EXISTS (SELECT 1 FROM withdrawals w WHERE w.session_id = s.id) LIMIT $2)",
    ),
    rule(
        "shifts",
        After::Words,
        "DELETE FROM shifts WHERE id IN (
           SELECT h.id FROM shifts h WHERE h.ends_ms < $1
           AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.shift_id = h.id) LIMIT $2)",
    ),
    // People and phones: the id stays.
    rule(
        "door_names",
        After::Trail,
        "UPDATE doors SET name = '–' WHERE id IN (
           SELECT d.id FROM residents r JOIN resident_doors rd ON rd.resident_id = r.id JOIN doors d ON d.id = rd.door_id
           WHERE r.ended_ms < $1 AND d.name <> '–'
           AND NOT EXISTS (SELECT 1 FROM resident_doors o JOIN residents other ON other.id = o.resident_id
             WHERE o.door_id = d.id AND (other.ended_ms IS NULL OR other.ended_ms >= $1)) LIMIT $2)",
    ),
    rule(
        "residents",
        After::Trail,
        "UPDATE residents SET first_name = '–', last_name = '', birth_year = NULL, address = '–', town = '',
         phone_number = '', way_in = '', number = id, ended_number = NULL, erased_ms = ended_ms WHERE id IN (
           SELECT id FROM residents WHERE ended_ms < $1 AND erased_ms IS NULL LIMIT $2)",
    ),
    rule(
        "workers",
        After::Trail,
        "UPDATE workers SET name = '–', staff_number = id, former_number = NULL, pin_hash = '', erased_ms = dismissed_ms WHERE id IN (
           SELECT id FROM workers WHERE dismissed_ms < $1 AND erased_ms IS NULL LIMIT $2)",
    ),
    rule(
        "phones",
        After::Trail,
        "UPDATE phones SET name = '–', note = '' WHERE id IN (
           SELECT id FROM phones WHERE withdrawn_ms < $1 AND (name <> '–' OR note <> '') LIMIT $2)",
    ),
];
