-- What keys of the shift open is counted at each change, and asked of a few locks: neither reads the keys themselves.
CREATE INDEX digital_key_by_lock ON digital_key (dispatch, state, lock, expires_ms);
