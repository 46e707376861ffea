-- Orders to phones to wipe keys. `session_id`: the session that was ended by it, where one was. `team_id`: whose lead sees
-- it. `revision`: its place in the stream.
CREATE TABLE withdrawals (
  id TEXT NOT NULL PRIMARY KEY,
  phone_id TEXT NOT NULL REFERENCES phones (id),
  worker_id TEXT NOT NULL REFERENCES workers (id),
  team_id TEXT NOT NULL REFERENCES teams (id),
  session_id TEXT UNIQUE REFERENCES sessions (id),
  reason TEXT NOT NULL,
  revision {{int}} NOT NULL UNIQUE,
  ordered_ms {{int}} NOT NULL,
  confirmed_ms {{int}}
) {{strict}};
CREATE INDEX withdrawals_by_phone ON withdrawals (phone_id, confirmed_ms);
CREATE INDEX withdrawals_by_team ON withdrawals (team_id, ordered_ms);

ALTER TABLE issued_keys ADD COLUMN withdrawal_id TEXT REFERENCES withdrawals (id);
CREATE INDEX issued_keys_by_withdrawal ON issued_keys (withdrawal_id);

-- Where in the stream it was given: phones on whose doors it bears look for new keys.
ALTER TABLE permissions ADD COLUMN revision {{int}};
CREATE INDEX permissions_by_revision ON permissions (revision);

ALTER TABLE workers ADD COLUMN dismissed_ms {{int}};
