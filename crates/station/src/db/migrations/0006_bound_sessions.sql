-- Sessions of phones are bound to the phone's key: the station recognises its own tokens and stores none of them.
-- `generation` counts the pairs of tokens, `generation_shown` the newest that the phone has shown to have. Sessions from
-- before have no refresh token: their workers sign in again. What their tokens were found by stays, as SQLite drops no
-- unique column; a session since then has its own id there.
ALTER TABLE sessions RENAME COLUMN token_hash TO bearer_hash;
ALTER TABLE sessions ADD COLUMN generation {{int}} NOT NULL DEFAULT 1;
ALTER TABLE sessions ADD COLUMN generation_shown {{int}} NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN refreshed_ms {{int}} NOT NULL DEFAULT 0;

-- Proofs of requests that were shown, by SHA-256 of their `jti`.
CREATE TABLE used_proofs (
  phone_id TEXT NOT NULL,
  id {{bytes}} NOT NULL,
  used_ms {{int}} NOT NULL,
  PRIMARY KEY (phone_id, id)
) {{strict}};
CREATE INDEX used_proofs_by_time ON used_proofs (used_ms);
