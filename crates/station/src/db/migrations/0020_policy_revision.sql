-- When a team's policy changed last, as a place in the stream: phones on shift hear of it.
ALTER TABLE teams ADD COLUMN policy_revision {{int}} NOT NULL DEFAULT 0;
