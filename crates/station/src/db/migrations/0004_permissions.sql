-- Other organisations whose people are let in.
CREATE TABLE organisations (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_ms {{int}} NOT NULL
) {{strict}};
ALTER TABLE workers ADD COLUMN organisation_id TEXT REFERENCES organisations (id);

-- A model::permission::WorkerRole.
ALTER TABLE shifts ADD COLUMN role TEXT NOT NULL DEFAULT 'carer';
CREATE INDEX shifts_by_end ON shifts (ends_ms);

-- The hours of permissions are those of a clock in the home.
ALTER TABLE residents ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'Europe/Oslo';
CREATE INDEX residents_by_team ON residents (team_id);
CREATE INDEX resident_doors_by_door ON resident_doors (door_id);

-- model::permission::Permission. `team_id`: whose lead gave it. `who_kind`, `what_kind` and `term` as in the JSON of the
-- contract; `windows` and `operations` are its JSON. Never deleted: keys and audit entries name it.
CREATE TABLE permissions (
  id TEXT NOT NULL PRIMARY KEY,
  team_id TEXT NOT NULL REFERENCES teams (id),
  who_kind TEXT NOT NULL,
  who_id TEXT NOT NULL,
  who_role TEXT,
  what_kind TEXT NOT NULL,
  what_id TEXT NOT NULL,
  term TEXT NOT NULL,
  from_ms {{int}},
  until_ms {{int}},
  windows TEXT NOT NULL DEFAULT '[]',
  met_by TEXT NOT NULL,
  operations TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  given_ms {{int}} NOT NULL,
  given_by TEXT NOT NULL REFERENCES workers (id),
  taken_ms {{int}},
  taken_by TEXT REFERENCES workers (id)
) {{strict}};
CREATE INDEX permissions_by_who ON permissions (who_id, taken_ms);
CREATE INDEX permissions_by_what ON permissions (what_id, taken_ms);
CREATE INDEX permissions_by_team ON permissions (team_id, given_ms);

-- A permission for once has given its one key for a door; `opened_ms`: the door was opened with it, or may have been.
CREATE TABLE permission_uses (
  permission_id TEXT NOT NULL REFERENCES permissions (id),
  door_id TEXT NOT NULL REFERENCES doors (id),
  phone_id TEXT NOT NULL REFERENCES phones (id),
  key_id TEXT NOT NULL,
  key_until_ms {{int}} NOT NULL,
  opened_ms {{int}},
  PRIMARY KEY (permission_id, door_id)
) {{strict}};

-- Whoever issues keys and whoever takes them away hold this row: one of the two is first.
CREATE TABLE access_turn (one {{int}} NOT NULL PRIMARY KEY, turns {{int}} NOT NULL) {{strict}};
INSERT INTO access_turn (one, turns) VALUES (1, 0);

-- A key need not be for a dispatch.
CREATE TABLE issued_keys_next (
  id TEXT NOT NULL PRIMARY KEY,
  dispatch_id TEXT REFERENCES dispatches (id),
  permission_id TEXT REFERENCES permissions (id),
  door_id TEXT NOT NULL REFERENCES doors (id),
  lock_id TEXT NOT NULL REFERENCES locks (id),
  worker_id TEXT NOT NULL REFERENCES workers (id),
  phone_id TEXT NOT NULL REFERENCES phones (id),
  operations TEXT NOT NULL DEFAULT '["open","lock"]',
  expires_ms {{int}} NOT NULL,
  withdrawn_ms {{int}},
  signed {{bytes}} NOT NULL
) {{strict}};
INSERT INTO issued_keys_next (id, dispatch_id, door_id, lock_id, worker_id, phone_id, expires_ms, signed)
  SELECT id, dispatch_id, door_id, lock_id, worker_id, phone_id, expires_ms, signed FROM issued_keys;
DROP TABLE issued_keys;
ALTER TABLE issued_keys_next RENAME TO issued_keys;
CREATE INDEX issued_keys_by_phone ON issued_keys (phone_id, expires_ms);
CREATE INDEX issued_keys_by_door ON issued_keys (door_id, expires_ms);
CREATE INDEX issued_keys_by_permission ON issued_keys (permission_id, expires_ms);

ALTER TABLE audit ADD COLUMN permission_id TEXT;
CREATE INDEX audit_by_permission ON audit (permission_id, at_ms);
