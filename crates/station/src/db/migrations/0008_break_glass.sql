-- Doors that were opened in an emergency without anybody's permission, and what a lead said of it. `team_id`: of the home.
CREATE TABLE broken_glass (
  id TEXT NOT NULL PRIMARY KEY,
  resident_id TEXT NOT NULL REFERENCES residents (id),
  team_id TEXT NOT NULL REFERENCES teams (id),
  worker_id TEXT NOT NULL REFERENCES workers (id),
  phone_id TEXT NOT NULL REFERENCES phones (id),
  reason TEXT NOT NULL,
  told TEXT NOT NULL,
  at_ms {{int}} NOT NULL,
  revision {{int}} NOT NULL UNIQUE,
  reviewed_ms {{int}},
  reviewed_by TEXT REFERENCES workers (id),
  review TEXT
) {{strict}};
CREATE INDEX broken_glass_by_team ON broken_glass (team_id, reviewed_ms);
CREATE INDEX broken_glass_by_home ON broken_glass (resident_id, at_ms);

ALTER TABLE issued_keys ADD COLUMN break_glass_id TEXT REFERENCES broken_glass (id);
