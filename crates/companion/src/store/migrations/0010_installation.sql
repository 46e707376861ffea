-- May do on this phone what a team's lead may. A session from before may not: its worker signs in again.
ALTER TABLE session ADD COLUMN leads INTEGER NOT NULL DEFAULT 0;

-- A lock that this phone was let into and that the station does not have yet: there is at most one. `home` names the address,
-- and goes with the shift. `position`: of a door that is new. `opened`, `locked`: the events that prove it. `testing`: an
-- operation is on its way to the lock. `refused`: the station does not take it.
CREATE TABLE installation (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  resident TEXT NOT NULL,
  home TEXT,
  door TEXT NOT NULL,
  door_kind TEXT NOT NULL,
  door_name TEXT NOT NULL,
  position INTEGER,
  lock TEXT NOT NULL,
  family TEXT NOT NULL,
  address TEXT NOT NULL,
  device_id TEXT NOT NULL,
  credential BLOB NOT NULL,
  worker TEXT NOT NULL,
  operation TEXT,
  outcome TEXT,
  reason TEXT,
  at_ms INTEGER,
  opened TEXT,
  locked TEXT,
  testing TEXT,
  refused TEXT
) STRICT;
