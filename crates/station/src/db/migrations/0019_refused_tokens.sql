-- A lock has refused what was fetched for it: its source is asked before the time. And since when its source knows nothing of it.
ALTER TABLE fetched_secrets ADD COLUMN refused_ms {{int}};
ALTER TABLE fetched_secrets ADD COLUMN failed_ms {{int}};
CREATE INDEX issued_keys_by_lock ON issued_keys (lock_id, expires_ms);
