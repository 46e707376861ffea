-- Whether the station has said that the visit is this phone's: a dispatch can be accepted without it. `taken`: it has said
-- that somebody else was first.
ALTER TABLE visit ADD COLUMN standing TEXT NOT NULL DEFAULT 'confirmed'
  CHECK (standing IN ('confirmed', 'unconfirmed', 'taken'));
