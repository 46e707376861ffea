-- What is known of locks whose secrets come from their vendor's key service. The secret itself is the lock's
-- credential_sealed. A lock without a row has the one that it was given, without end.
CREATE TABLE fetched_secrets (
  lock_id TEXT NOT NULL PRIMARY KEY REFERENCES locks (id),
  -- 1: the lock's secret was given by hand, and nothing was fetched since; 0: it was fetched, or there is none yet.
  given {{int}} NOT NULL,
  from_ms {{int}},
  until_ms {{int}},
  fetched_ms {{int}},
  failure TEXT,
  next_ms {{int}} NOT NULL
) {{strict}};
CREATE INDEX fetched_secrets_by_next ON fetched_secrets (next_ms);
