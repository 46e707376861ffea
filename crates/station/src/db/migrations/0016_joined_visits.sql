-- The dispatch that such a visit turned out to be the answer to: `events::join`.
ALTER TABLE own_visits ADD COLUMN dispatch_id TEXT REFERENCES dispatches (id);
CREATE UNIQUE INDEX own_visits_by_dispatch ON own_visits (dispatch_id);
CREATE INDEX own_visits_going_on ON own_visits (phone_id) WHERE closed_ms IS NULL;
