-- What a team does when something does not work: `body` is the JSON of api::continuity::Continuity.
CREATE TABLE continuity (
  team_id TEXT NOT NULL PRIMARY KEY REFERENCES teams (id),
  body TEXT NOT NULL,
  changed_ms {{int}} NOT NULL,
  changed_by TEXT NOT NULL REFERENCES workers (id)
) {{strict}};
