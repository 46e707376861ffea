-- What a team has decided about its phones: model::phone_policy::PhonePolicy.
ALTER TABLE teams ADD COLUMN lock_after_s {{int}} NOT NULL DEFAULT 120;
ALTER TABLE teams ADD COLUMN notices TEXT NOT NULL DEFAULT 'none';
