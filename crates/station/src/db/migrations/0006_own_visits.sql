-- A visit that no response centre asked for: begun by a worker who may open the doors anyway. It lets nobody in by itself,
-- and is no other phone's alert. Its `centre_id` is the station's own row, its reference the visit's id.
ALTER TABLE dispatches ADD COLUMN own {{int}} NOT NULL DEFAULT 0;
INSERT INTO api_tokens (id, role, name, token_hash, created_ms)
VALUES ('00000000-0000-0000-0000-000000000000', 'station', 'the station itself', 'signs nobody in', 0);
