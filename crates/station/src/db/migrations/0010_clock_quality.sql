-- How much the time of a phone's event is worth: a model::trusted_time::ClockQuality.
ALTER TABLE audit ADD COLUMN clock TEXT;
