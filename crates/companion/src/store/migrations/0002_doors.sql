-- How the worker passed the door without its lock: a model::door::PassReason.
ALTER TABLE door ADD COLUMN passed TEXT;
