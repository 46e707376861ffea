-- One enrolment: there is at most one row. `identity` holds the phone's private keys; the file is encrypted as a whole.
CREATE TABLE phone (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  id TEXT NOT NULL,
  station_url TEXT NOT NULL,
  authority_key BLOB NOT NULL,
  identity BLOB NOT NULL
) STRICT;

-- The worker on shift. `rejected`: the station no longer takes the token, the worker must sign in again.
CREATE TABLE session (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  id TEXT NOT NULL,
  token TEXT NOT NULL,
  worker TEXT NOT NULL,
  worker_name TEXT NOT NULL,
  team_name TEXT NOT NULL,
  ends_at_ms INTEGER NOT NULL,
  badge BLOB NOT NULL,
  rejected INTEGER NOT NULL DEFAULT 0
) STRICT;

-- How far the stream of this session has been read.
CREATE TABLE cursor (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  last_event_id TEXT NOT NULL
) STRICT;

-- Dispatches as received: `body` is the JSON of api::dispatch::Dispatch.
CREATE TABLE dispatch (
  id TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;

-- Digital keys that have been verified.
CREATE TABLE digital_key (
  id TEXT PRIMARY KEY,
  dispatch TEXT NOT NULL,
  lock TEXT NOT NULL,
  expires_ms INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

-- Visits of this shift, with what happened on this phone.
CREATE TABLE visit (
  dispatch TEXT PRIMARY KEY,
  resident_name TEXT,
  accepted_at_ms INTEGER NOT NULL,
  arrived_at_ms INTEGER,
  left_at_ms INTEGER,
  closed_at_ms INTEGER
) STRICT;

-- The last operation at each door of a visit, and what the lock itself has said.
CREATE TABLE door (
  dispatch TEXT NOT NULL,
  door TEXT NOT NULL,
  operation TEXT,
  outcome TEXT,
  reason TEXT,
  at_ms INTEGER,
  opened INTEGER NOT NULL DEFAULT 0,
  locked INTEGER,
  battery_percent INTEGER,
  PRIMARY KEY (dispatch, door)
) STRICT;

-- Written before a command goes out to a lock, deleted with the event that tells its outcome.
CREATE TABLE intention (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  dispatch TEXT NOT NULL,
  door TEXT NOT NULL,
  operation TEXT NOT NULL,
  key TEXT,
  worker TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;

-- The phone's own series of events: where it stands.
CREATE TABLE chain (
  phone TEXT PRIMARY KEY,
  sequence INTEGER NOT NULL,
  previous BLOB NOT NULL
) STRICT;

-- Events in their final, signed form, in the order they were recorded. Sent ones are deleted.
CREATE TABLE event (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  dispatch TEXT,
  kind TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  signed BLOB NOT NULL,
  state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'refused')),
  attempts INTEGER NOT NULL DEFAULT 0,
  code TEXT
) STRICT;
CREATE INDEX event_by_state ON event (state, position);
