-- Each team's homes in the order in which they changed: `revision` is drawn from stream_head. A home that is not the team's any
-- more stays for a while as gone, so that phones hear of it. Homes from before this come before every change.
CREATE TABLE roster (
  team_id TEXT NOT NULL REFERENCES teams (id),
  resident_id TEXT NOT NULL,
  revision {{int}} NOT NULL UNIQUE,
  gone_ms {{int}},
  PRIMARY KEY (team_id, resident_id)
) {{strict}};
CREATE INDEX roster_by_team ON roster (team_id, revision);
CREATE INDEX roster_by_resident ON roster (resident_id);
INSERT INTO roster (team_id, resident_id, revision)
  SELECT team_id, id, -(ROW_NUMBER() OVER (ORDER BY id)) FROM residents WHERE ended_ms IS NULL;

-- What was gone up to this revision is forgotten: a phone that was here last before that begins anew.
ALTER TABLE teams ADD COLUMN roster_forgotten {{int}};
