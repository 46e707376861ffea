-- What gives the session's next token. A session from before has none: its worker signs in again.
ALTER TABLE session ADD COLUMN refresh TEXT NOT NULL DEFAULT '';
