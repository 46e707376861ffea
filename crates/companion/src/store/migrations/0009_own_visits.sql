-- The station is told of a visit that nobody was dispatched to: what happens in it names it. One that was begun before this was
-- so is known to the phone alone.
ALTER TABLE visit ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
