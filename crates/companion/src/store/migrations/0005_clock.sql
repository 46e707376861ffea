-- What is known of the time: the station's, and the latest that was told. Each with the uptime at which it was, and the start
-- of the phone (a UUID) that the uptime counts from.
CREATE TABLE clock (
  what TEXT PRIMARY KEY CHECK (what IN ('station', 'latest')),
  at_ms INTEGER NOT NULL,
  uptime_ms INTEGER NOT NULL,
  boot TEXT NOT NULL
) STRICT;
