-- A resident whose service has ended: the number is free for others and stands in `ended_number`; `number` is the row's id.
-- `erased_ms`: nothing is left but the id, which the trail names.
ALTER TABLE residents ADD COLUMN ended_ms {{int}};
ALTER TABLE residents ADD COLUMN ended_number TEXT;
ALTER TABLE residents ADD COLUMN erased_ms {{int}};
CREATE INDEX residents_ended ON residents (ended_ms) WHERE ended_ms IS NOT NULL;
ALTER TABLE workers ADD COLUMN erased_ms {{int}};
UPDATE workers SET pin_hash = '' WHERE dismissed_ms IS NOT NULL;

-- When the station heard of it: what a phone's clock said is no measure of how long it is kept.
ALTER TABLE own_visits ADD COLUMN stored_ms {{int}} NOT NULL DEFAULT 0;
UPDATE own_visits SET stored_ms = COALESCE(
  (SELECT max(a.stored_ms) FROM audit a WHERE a.visit_id = own_visits.id AND a.kind = 'visit_begun'), begun_ms);
CREATE INDEX own_visits_stored ON own_visits (stored_ms);

-- When what has reached the end of its time is erased next, and what of it has not been told in the trail yet: JSON, how
-- much of what. Whichever node moves `due_ms` does it.
CREATE TABLE retention_head (
  one {{int}} NOT NULL PRIMARY KEY,
  due_ms {{int}} NOT NULL,
  erased TEXT NOT NULL
) {{strict}};
INSERT INTO retention_head (one, due_ms, erased) VALUES (1, 0, '{}');

-- By what is looked for when its time is over, and what must be looked at before a row goes.
CREATE INDEX dispatches_by_time ON dispatches (received_ms);
CREATE INDEX dispatches_with_note ON dispatches (received_ms) WHERE note <> '';
CREATE INDEX declines_by_time ON declines (at_ms);
CREATE INDEX deliveries_by_time ON deliveries (at_ms);
CREATE INDEX issued_keys_by_end ON issued_keys (expires_ms);
CREATE INDEX issued_keys_signed ON issued_keys (expires_ms) WHERE length(signed) > 0;
CREATE INDEX issued_keys_by_dispatch ON issued_keys (dispatch_id);
CREATE INDEX issued_keys_by_glass ON issued_keys (break_glass_id);
CREATE INDEX sessions_by_end ON sessions (ends_ms);
CREATE INDEX sessions_by_shift ON sessions (shift_id);
CREATE INDEX doors_by_lock ON doors (lock_id);
