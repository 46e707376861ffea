-- What a key may do at its lock: which of several to take is decided before any of them is read. Those that were there may do both.
ALTER TABLE digital_key ADD COLUMN opens INTEGER NOT NULL DEFAULT 1;
ALTER TABLE digital_key ADD COLUMN locks INTEGER NOT NULL DEFAULT 1;
