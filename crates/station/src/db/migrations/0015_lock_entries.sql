-- Entries in locks' own lists of who may come in: for a phone that a permission lets in. `from_ms`, `until_ms`: what the
-- lock is to be told; `authorization_id`, `written_until_ms`: what it is known to have been told. A row is there from when
-- a phone was first asked to write the entry until one has told that it is gone.
CREATE TABLE lock_entries (
  id TEXT NOT NULL PRIMARY KEY,
  lock_id TEXT NOT NULL REFERENCES locks (id),
  phone_id TEXT NOT NULL,
  permission_id TEXT NOT NULL,
  name TEXT NOT NULL,
  secret_sealed {{bytes}} NOT NULL,
  from_ms {{int}} NOT NULL,
  until_ms {{int}} NOT NULL,
  authorization_id {{int}},
  written_until_ms {{int}},
  UNIQUE (lock_id, phone_id, permission_id),
  UNIQUE (lock_id, name)
) {{strict}};

-- What a key carries besides the lock's secret: another key is issued when that would be something else.
ALTER TABLE issued_keys ADD COLUMN entry_plan TEXT NOT NULL DEFAULT '';
