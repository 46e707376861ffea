-- What unlocks the app: an argon2id hash of the code that the worker chose for this sign-in; empty after too many wrong ones.
CREATE TABLE app_lock (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  hash TEXT NOT NULL,
  wrong INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The unit's policy, as the station told it at the sign-in: model::phone_policy.
ALTER TABLE session ADD COLUMN lock_after_s INTEGER NOT NULL DEFAULT 120;
ALTER TABLE session ADD COLUMN notices TEXT NOT NULL DEFAULT 'none';
