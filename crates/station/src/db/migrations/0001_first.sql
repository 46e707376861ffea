CREATE TABLE teams (
  id TEXT NOT NULL PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  created_ms {{int}} NOT NULL
) {{strict}};

CREATE TABLE workers (
  id TEXT NOT NULL PRIMARY KEY,
  staff_number TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  pin_hash TEXT NOT NULL,
  leads_team TEXT REFERENCES teams (id),
  created_ms {{int}} NOT NULL
) {{strict}};

CREATE TABLE locks (
  id TEXT NOT NULL PRIMARY KEY,
  family TEXT NOT NULL,
  address TEXT NOT NULL,
  device_id TEXT NOT NULL,
  credential_sealed {{bytes}} NOT NULL
) {{strict}};

CREATE TABLE doors (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  lock_id TEXT REFERENCES locks (id)
) {{strict}};

CREATE TABLE hubs (
  id TEXT NOT NULL PRIMARY KEY,
  address TEXT NOT NULL,
  public_key {{bytes}} NOT NULL
) {{strict}};

CREATE TABLE residents (
  id TEXT NOT NULL PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  team_id TEXT NOT NULL REFERENCES teams (id),
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  birth_year {{int}},
  address TEXT NOT NULL,
  town TEXT NOT NULL,
  phone_number TEXT NOT NULL DEFAULT '',
  way_in TEXT NOT NULL DEFAULT '',
  hub_id TEXT REFERENCES hubs (id),
  created_ms {{int}} NOT NULL
) {{strict}};

CREATE TABLE resident_doors (
  resident_id TEXT NOT NULL REFERENCES residents (id),
  position {{int}} NOT NULL,
  door_id TEXT NOT NULL REFERENCES doors (id),
  PRIMARY KEY (resident_id, position)
) {{strict}};

CREATE TABLE shifts (
  id TEXT NOT NULL PRIMARY KEY,
  worker_id TEXT NOT NULL REFERENCES workers (id),
  team_id TEXT NOT NULL REFERENCES teams (id),
  starts_ms {{int}} NOT NULL,
  ends_ms {{int}} NOT NULL
) {{strict}};
CREATE INDEX shifts_by_worker ON shifts (worker_id, ends_ms);

CREATE TABLE phones (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  signing_key {{bytes}} NOT NULL,
  sealing_key {{bytes}} NOT NULL,
  enrolled_ms {{int}} NOT NULL,
  withdrawn_ms {{int}},
  last_sequence {{int}} NOT NULL DEFAULT 0,
  last_hash TEXT NOT NULL DEFAULT ''
) {{strict}};

CREATE TABLE enrolment_codes (
  code_hash TEXT NOT NULL PRIMARY KEY,
  note TEXT NOT NULL,
  created_ms {{int}} NOT NULL,
  ends_ms {{int}} NOT NULL,
  used_ms {{int}}
) {{strict}};

CREATE TABLE api_tokens (
  id TEXT NOT NULL PRIMARY KEY,
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  created_ms {{int}} NOT NULL
) {{strict}};

CREATE TABLE sessions (
  id TEXT NOT NULL PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  phone_id TEXT NOT NULL REFERENCES phones (id),
  worker_id TEXT NOT NULL REFERENCES workers (id),
  team_id TEXT NOT NULL REFERENCES teams (id),
  shift_id TEXT NOT NULL REFERENCES shifts (id),
  stream_from {{int}} NOT NULL,
  started_ms {{int}} NOT NULL,
  ends_ms {{int}} NOT NULL,
  ended_ms {{int}}
) {{strict}};
CREATE INDEX sessions_by_phone ON sessions (phone_id, worker_id);
CREATE UNIQUE INDEX one_open_session ON sessions (phone_id) WHERE ended_ms IS NULL;

CREATE TABLE lead_sessions (
  token_hash TEXT NOT NULL PRIMARY KEY,
  worker_id TEXT NOT NULL REFERENCES workers (id),
  team_id TEXT NOT NULL REFERENCES teams (id),
  started_ms {{int}} NOT NULL,
  ends_ms {{int}} NOT NULL,
  ended_ms {{int}}
) {{strict}};

CREATE TABLE sign_in_nonces (
  phone_id TEXT NOT NULL,
  nonce TEXT NOT NULL,
  used_ms {{int}} NOT NULL,
  PRIMARY KEY (phone_id, nonce)
) {{strict}};

CREATE TABLE throttle (
  subject TEXT NOT NULL PRIMARY KEY,
  failed {{int}} NOT NULL,
  last_ms {{int}} NOT NULL,
  locked_until_ms {{int}} NOT NULL DEFAULT 0
) {{strict}};

CREATE TABLE stream_head (
  one {{int}} NOT NULL PRIMARY KEY,
  seq {{int}} NOT NULL
) {{strict}};
INSERT INTO stream_head (one, seq) VALUES (1, 0);

CREATE TABLE dispatches (
  id TEXT NOT NULL PRIMARY KEY,
  centre_id TEXT NOT NULL REFERENCES api_tokens (id),
  reference TEXT NOT NULL,
  resident_id TEXT NOT NULL REFERENCES residents (id),
  team_id TEXT NOT NULL REFERENCES teams (id),
  cause TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  raised_ms {{int}} NOT NULL,
  received_ms {{int}} NOT NULL,
  phase TEXT NOT NULL,
  accept_by_ms {{int}} NOT NULL,
  unanswered_ms {{int}},
  worker_id TEXT REFERENCES workers (id),
  phone_id TEXT REFERENCES phones (id),
  accepted_ms {{int}},
  arrive_by_ms {{int}},
  overdue_ms {{int}},
  arrived_ms {{int}},
  closed_ms {{int}},
  revision {{int}} NOT NULL,
  UNIQUE (centre_id, reference)
) {{strict}};
CREATE UNIQUE INDEX dispatches_by_revision ON dispatches (revision);
CREATE INDEX dispatches_by_team ON dispatches (team_id, phase);
CREATE INDEX dispatches_by_phone ON dispatches (phone_id, closed_ms);

CREATE TABLE declines (
  dispatch_id TEXT NOT NULL REFERENCES dispatches (id),
  phone_id TEXT NOT NULL REFERENCES phones (id),
  worker_id TEXT NOT NULL REFERENCES workers (id),
  reason TEXT NOT NULL,
  at_ms {{int}} NOT NULL,
  PRIMARY KEY (dispatch_id, phone_id, worker_id)
) {{strict}};

CREATE TABLE deliveries (
  dispatch_id TEXT NOT NULL REFERENCES dispatches (id),
  phone_id TEXT NOT NULL REFERENCES phones (id),
  at_ms {{int}} NOT NULL,
  PRIMARY KEY (dispatch_id, phone_id)
) {{strict}};

CREATE TABLE deadlines (
  dispatch_id TEXT NOT NULL REFERENCES dispatches (id),
  kind TEXT NOT NULL,
  due_ms {{int}} NOT NULL,
  PRIMARY KEY (dispatch_id, kind)
) {{strict}};
CREATE INDEX deadlines_by_due ON deadlines (due_ms);

CREATE TABLE issued_keys (
  id TEXT NOT NULL PRIMARY KEY,
  dispatch_id TEXT NOT NULL REFERENCES dispatches (id),
  door_id TEXT NOT NULL REFERENCES doors (id),
  lock_id TEXT NOT NULL REFERENCES locks (id),
  worker_id TEXT NOT NULL REFERENCES workers (id),
  phone_id TEXT NOT NULL REFERENCES phones (id),
  expires_ms {{int}} NOT NULL,
  signed {{bytes}} NOT NULL
) {{strict}};
CREATE INDEX issued_keys_by_dispatch ON issued_keys (dispatch_id, phone_id);

CREATE TABLE phone_events (
  id TEXT NOT NULL PRIMARY KEY,
  phone_id TEXT NOT NULL REFERENCES phones (id),
  sequence {{int}} NOT NULL,
  hash TEXT NOT NULL,
  chain_ok {{int}} NOT NULL,
  refused TEXT,
  signed {{bytes}} NOT NULL,
  stored_ms {{int}} NOT NULL
) {{strict}};
CREATE INDEX phone_events_by_phone ON phone_events (phone_id, sequence);

CREATE TABLE hub_receipts (
  hub_id TEXT NOT NULL REFERENCES hubs (id),
  counter {{int}} NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (hub_id, counter)
) {{strict}};

CREATE TABLE audit (
  position {{serial}},
  id TEXT NOT NULL UNIQUE,
  at_ms {{int}} NOT NULL,
  stored_ms {{int}} NOT NULL,
  kind TEXT NOT NULL,
  dispatch_id TEXT,
  worker_id TEXT,
  phone_id TEXT,
  door_id TEXT,
  operation TEXT,
  outcome TEXT,
  reason TEXT,
  key_id TEXT,
  proof TEXT NOT NULL
) {{strict}};
CREATE INDEX audit_by_dispatch ON audit (dispatch_id, at_ms);
