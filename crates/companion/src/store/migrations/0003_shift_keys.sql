-- A digital key need not be of a dispatch. `once`: it opens its door once. `state`: of one that was taken away or used up
-- only the name stays, so that the door can say why it does not open; of one that was used, what locks the door again.
CREATE TABLE digital_key_next (
  id TEXT PRIMARY KEY,
  dispatch TEXT,
  lock TEXT NOT NULL,
  once INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'good' CHECK (state IN ('good', 'used', 'withdrawn')),
  expires_ms INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
INSERT INTO digital_key_next (id, dispatch, lock, expires_ms, bytes)
  SELECT id, dispatch, lock, expires_ms, bytes FROM digital_key;
DROP TABLE digital_key;
ALTER TABLE digital_key_next RENAME TO digital_key;

-- The homes that keys without a dispatch are for: `body` is the JSON of api::key::KeyHome.
CREATE TABLE home (
  resident TEXT PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;

-- A visit that nobody was dispatched to: the station knows of no dispatch by this id.
ALTER TABLE visit ADD COLUMN own INTEGER NOT NULL DEFAULT 0;

-- Set when the station has taken the session away: a model::withdrawal::WithdrawalReason. All that is left of it is what
-- sends the last events.
ALTER TABLE session ADD COLUMN withdrawn TEXT;

-- Orders that have been followed: each is confirmed once.
CREATE TABLE followed (
  withdrawal TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL
) STRICT;
