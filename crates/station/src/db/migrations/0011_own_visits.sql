-- Visits that nobody was dispatched to, as the phones told of them. Events that belong to one name it.
CREATE TABLE own_visits (
  id TEXT NOT NULL PRIMARY KEY,
  phone_id TEXT NOT NULL REFERENCES phones (id),
  worker_id TEXT NOT NULL REFERENCES workers (id),
  resident_id TEXT NOT NULL REFERENCES residents (id),
  reason TEXT NOT NULL,
  begun_ms {{int}} NOT NULL,
  arrived_ms {{int}},
  closed_ms {{int}}
) {{strict}};
ALTER TABLE audit ADD COLUMN visit_id TEXT;
CREATE INDEX audit_by_visit ON audit (visit_id);
