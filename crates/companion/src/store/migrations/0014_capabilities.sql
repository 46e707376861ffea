-- What the session's station can do: model::capability, its names with spaces between. NULL: it told nothing.
ALTER TABLE session ADD COLUMN station_can TEXT;
