-- A dismissed worker's staff number is free for others and stands in `former_number`; `staff_number` is the row's id.
ALTER TABLE workers ADD COLUMN former_number TEXT;
UPDATE workers SET former_number = staff_number, staff_number = id WHERE dismissed_ms IS NOT NULL AND erased_ms IS NULL;
