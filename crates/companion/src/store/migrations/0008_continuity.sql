-- What the station gives for the shift, as a whole: its version, so that the same is not fetched again, and the team's plan for
-- when something does not work (the JSON of api::continuity::Continuity).
CREATE TABLE bundle (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  version TEXT NOT NULL,
  continuity TEXT NOT NULL
) STRICT;
