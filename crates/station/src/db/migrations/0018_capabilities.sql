-- What the phone of a session can do: model::capability, its names with spaces between. NULL: it told nothing.
ALTER TABLE sessions ADD COLUMN capabilities TEXT;
