-- The homes of the team on shift, as the station gave them page by page: `body` is the JSON of api::key::KeyHome, `folded` what
-- they are found by. A search reads the index alone.
CREATE TABLE roster (
  resident TEXT PRIMARY KEY,
  folded TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX roster_by_folded ON roster (folded, resident);

-- How far it is here: where the next page begins, how many homes are here and how many there are, whether there was more to be
-- had, how many pages have changed something.
CREATE TABLE roster_state (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  cursor TEXT NOT NULL,
  here INTEGER NOT NULL,
  total INTEGER NOT NULL,
  whole INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;

-- Homes that keys are for are found by the same; they are asked for anew.
ALTER TABLE home ADD COLUMN folded TEXT NOT NULL DEFAULT '';
UPDATE bundle SET version = '';
