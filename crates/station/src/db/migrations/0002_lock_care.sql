-- The certificate that a lock showed when it was first met, SHA-256 of its public key in hex; another one that it shows
-- later.
ALTER TABLE locks ADD COLUMN certificate_pin TEXT;
ALTER TABLE locks ADD COLUMN certificate_pinned_ms {{int}};
ALTER TABLE locks ADD COLUMN certificate_other TEXT;

-- The code of a door's keypad, and where its metal key hangs.
ALTER TABLE doors ADD COLUMN code_sealed {{bytes}};
ALTER TABLE doors ADD COLUMN key_cabinet TEXT;
ALTER TABLE doors ADD COLUMN key_tag TEXT;

-- The last that phones have told of a lock: the JSON of model::lock_report::LockReport, without its log.
CREATE TABLE lock_reports (
  lock_id TEXT NOT NULL PRIMARY KEY REFERENCES locks (id),
  at_ms {{int}} NOT NULL,
  report TEXT NOT NULL
) {{strict}};

-- The locks' own logs: what was done with the station's key.
CREATE TABLE lock_log (
  lock_id TEXT NOT NULL REFERENCES locks (id),
  entry {{int}} NOT NULL,
  at_ms {{int}},
  by_name TEXT NOT NULL,
  operation TEXT NOT NULL,
  done {{int}} NOT NULL,
  stored_ms {{int}} NOT NULL,
  PRIMARY KEY (lock_id, entry)
) {{strict}};
