-- The log that the audit trail proves itself by (keys::log, docs/audit.md): size and right edge of its tree.
CREATE TABLE log_head (
  one {{int}} NOT NULL PRIMARY KEY,
  size {{int}} NOT NULL,
  edge {{bytes}} NOT NULL
) {{strict}};
INSERT INTO log_head (one, size, edge) VALUES (1, 0, CAST('' AS {{bytes}}));

-- An entry gets its position when its transaction ends. hashes: of the subtrees that it completes, from its leaf upwards.
-- salt and body are erased when their time is over; the hashes stay.
CREATE TABLE log_entries (
  arrival {{serial}},
  position {{int}} UNIQUE,
  event_id TEXT NOT NULL UNIQUE,
  stored_ms {{int}} NOT NULL,
  hashes {{bytes}},
  salt {{bytes}},
  body {{bytes}}
) {{strict}};
CREATE INDEX log_entries_waiting ON log_entries (arrival) WHERE position IS NULL;
CREATE INDEX log_entries_kept ON log_entries (stored_ms) WHERE body IS NOT NULL;

CREATE TABLE log_checkpoints (
  size {{int}} NOT NULL PRIMARY KEY,
  note TEXT NOT NULL,
  signed_ms {{int}} NOT NULL
) {{strict}};

-- What was written down before there was a log: taken into it when the station starts.
CREATE TABLE log_backlog (
  place {{serial}},
  event_id TEXT NOT NULL UNIQUE
) {{strict}};
INSERT INTO log_backlog (event_id)
SELECT id FROM (
  SELECT id, stored_ms, position AS place FROM audit
  UNION ALL SELECT id, stored_ms, 0 AS place FROM phone_events WHERE refused IS NOT NULL
) AS before ORDER BY stored_ms, place;
