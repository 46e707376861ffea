-- When the hub saw the worker leave: an alarm that comes after that is not of this visit (`events::join`).
ALTER TABLE own_visits ADD COLUMN left_ms {{int}};
UPDATE own_visits SET left_ms =
  (SELECT min(a.at_ms) FROM audit a WHERE a.visit_id = own_visits.id AND a.kind = 'checked_out');
