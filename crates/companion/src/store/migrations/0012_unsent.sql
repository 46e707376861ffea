-- How much of a visit waits to be sent is counted each time that something is shown.
CREATE INDEX event_by_visit ON event (dispatch, state);
