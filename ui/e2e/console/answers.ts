import type { Schemas } from "../../src/console/station/types";
import { at, LONG } from "../screens/views";
import type { Fixed } from "./stage";

const id = (n: number): string => `0198c000-0000-7000-8000-${String(n).padStart(12, "0")}`;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const TEAM = id(1);
export const KARI = id(10);
export const AILE = id(11);
export const DISPATCH = id(20);
export const PERMISSION = id(30);
export const ADA = id(40);
const BO = id(41);
const STAIRWELL = id(50);
const FLAT = id(51);

const doors = [
  { door: STAIRWELL, name: "Storgata 14", kind: "stairwell", lock: id(60) },
  { door: FLAT, name: "Leilighet 3B", kind: "flat", lock: id(61) },
];

const homes: Schemas["HomeList"] = {
  homes: [
    { resident: KARI, name: "Kari Nordmann", address: "Storgata 14, 3. etasje", town: "Vestby", doors, has_hub: true },
    { resident: AILE, name: "Áile Máret Gáisá", address: "Fjellveien 2", town: "Vestby", doors: [], has_hub: true },
    { resident: id(12), name: `${LONG.firstName} ${LONG.lastName}`, address: LONG.address, town: LONG.town, doors, has_hub: false },
  ],
};

const worker = (n: number, name: string, more: Partial<Schemas["TeamWorker"]> = {}): Schemas["TeamWorker"] => ({
  worker: id(n),
  name,
  staff_number: String(n + 61),
  leads: false,
  ...more,
});
const shift = { on_shift_until: at(2 * HOUR) };
const team: Schemas["OwnTeam"] = {
  team: TEAM,
  name: "Hjemmesykepleien Vest",
  workers: [
    worker(40, "Ada Solli", { ...shift, phone: { phone: id(70), name: "Vest 3", since: at(-3 * HOUR) } }),
    worker(41, "Bo Lunde", shift),
    worker(42, "Siv Eide", { leads: true }),
    worker(43, LONG.firstName, { phone: { phone: id(71), name: LONG.lastName, since: at(-9 * DAY) } }),
  ],
  organisations: [{ organisation: id(80), name: "Brannvesenet" }],
};

const emergency = { resident: KARI, worker: ADA, phone: id(70), worker_name: "Ada Solli", at: at(-40 * MINUTE) };
const emergencies: Schemas["GlassReport"][] = [
  { ...emergency, id: id(95), resident_name: "Kari Nordmann", reason: "calls_for_help", text: "Roper om hjelp fra leiligheten." },
  { ...emergency, id: id(96), resident_name: LONG.lastName, reason: "gassalarm", text: LONG.note },
  {
    ...emergency,
    id: id(97),
    resident_name: "Áile Máret Gáisá",
    reason: "danger",
    text: "Røyk i oppgangen.",
    reviewed_at: at(-MINUTE),
    reviewed_by: "Siv Eide",
    review: "Riktig gjort.",
  },
];

const given = (n: number, more: Partial<Schemas["GivenPermission"]> = {}): Schemas["GivenPermission"] => ({
  id: id(n),
  who: { kind: "worker", worker: ADA },
  who_name: "Ada Solli",
  what: { kind: "residence", resident: KARI },
  what_name: "Kari Nordmann",
  when: { term: { kind: "once", from: at(-HOUR), until: at(11 * HOUR) } },
  condition: "on_shift",
  operations: ["open", "lock"],
  note: "",
  given_at: at(-HOUR),
  given_by: "Siv Eide",
  ...more,
});
const permissions = [
  given(30),
  given(31, {
    who: { kind: "team", team: TEAM },
    who_name: team.name,
    what: { kind: "team", team: TEAM },
    what_name: team.name,
    when: {
      term: { kind: "permanent" },
      windows: [
        { days: ["Mon", "Tue", "Wed", "Thu", "Fri"], from: "07:00", until: "22:00" },
        { days: ["Sat", "Sun"], from: "08:00", until: "20:00" },
      ],
    },
    note: "Avtalt med bruker og pårørende.\nSe journal.",
  }),
  given(32, {
    who: { kind: "organisation", organisation: id(80) },
    who_name: LONG.lastName,
    what: { kind: "door", door: STAIRWELL },
    what_name: LONG.town,
    when: { term: { kind: "period", from: at(-30 * DAY), until: at(400 * DAY) } },
    condition: "dispatched",
    note: LONG.note,
    given_by: LONG.firstName,
  }),
];
const can = (because: Schemas["Because"], more: object) => ({ team: TEAM, operations: ["open", "lock"], because, ...more });
const [street, flat] = [
  { door: STAIRWELL, door_name: "Storgata 14" },
  { door: FLAT, door_name: "Leilighet 3B" },
];
const access: Schemas["HomeAccess"] = {
  resident: KARI,
  time_zone: "Europe/Oslo",
  now: [street, flat].flatMap((door) => [
    can({ permission: id(30) }, { worker: ADA, worker_name: "Ada Solli", until: at(2 * HOUR), ...door }),
    can({ dispatch: DISPATCH }, { worker: BO, worker_name: "Bo Lunde", until: at(48 * MINUTE), ...door }),
  ]) as Schemas["AccessNow"][],
  not_now: [
    { worker: id(43), worker_name: LONG.firstName, ...street, because: "outside_hours" },
    { worker: id(44), worker_name: "Mona Berg", ...flat, because: "of_tomorrow" },
  ],
  keys: [street, flat].map((door, n) => ({
    key: id(90 + n),
    worker: ADA,
    worker_name: "Ada Solli",
    phone: id(70),
    ...door,
    until: at(2 * HOUR),
    because: { permission: id(30) },
  })),
  permissions,
};

const visits: Schemas["VisitList"] = {
  visits: [
    {
      dispatch: DISPATCH, resident: KARI, resident_name: "Kari Nordmann", cause: "fall", received_at: at(-12 * MINUTE),
      worker_name: "Bo Lunde", accepted_at: at(-11 * MINUTE), unanswered: false, overdue: false,
      arrived_at: at(-4 * MINUTE), closed_at: null,
    },
    {
      dispatch: id(21), resident: AILE, resident_name: "Áile Máret Gáisá", cause: "smoke", received_at: at(-2 * DAY),
      worker_name: null, unanswered: true, overdue: true,
    },
    {
      dispatch: id(22), resident: id(12), resident_name: LONG.firstName, cause: LONG.cause, received_at: at(-500 * DAY),
      worker_name: LONG.lastName, unanswered: false, overdue: false, arrived_at: at(-500 * DAY), closed_at: at(-500 * DAY),
    },
  ],
};

const event = (n: number, second: number, kind: string, proof: string, more: Partial<Schemas["AuditEntry"]> = {}) => ({
  id: id(n), at: at(second), stored_at: at(second + 1), kind, dispatch: DISPATCH, proof, ...more,
});
const bo = { worker: BO, worker_name: "Bo Lunde", phone: id(72) };
const entries: Schemas["AuditEntry"][] = [
  event(100, -720, "dispatch_received", "centre_token"),
  event(101, -719, "alert_delivered", "phone_signature", bo),
  event(102, -700, "dispatch_declined", "phone_signature", { worker: ADA, worker_name: "Ada Solli", reason: "too_far" }),
  event(103, -660, "dispatch_accepted", "station", bo),
  event(104, -660, "key_issued", "station", { ...bo, ...street, key: id(95) }),
  event(105, -300, "door_operated", "digital_key", { ...bo, ...street, key: id(95), operation: "open", outcome: "refused", reason: "jammed" }),
  event(106, -280, "door_operated", "digital_key", { ...bo, ...street, key: id(95), operation: "open", outcome: "opened" }),
  event(107, -270, "door_passed", "phone_signature", { ...bo, ...flat, reason: "let_in" }),
  event(108, -240, "checked_in", "hub_receipt", bo),
  event(109, -100, "door_operated", "digital_key", { ...bo, door_name: LONG.town, operation: "lock", outcome: "unknown", reason: "of_tomorrow" }),
  event(110, -90, "of_tomorrow", "of_tomorrow", { worker_name: LONG.lastName }),
];

const guarantees = (window: string, holds: boolean) => ({
  window, lock_authenticated: holds, state_reported: true, log_readable: holds, clock_set: holds,
});
const lock = (n: number, door: string, family: string, more: Partial<Schemas["LockStatus"]>): Schemas["LockStatus"] => ({
  id: id(n), family, device_id: `A1B2C3-${n}`, doors: [door], warnings: [], guarantees: guarantees("phone", false), ...more,
});
const report = (more: object) => ({ report: { lock: id(60), ...more } as never, reported_at: at(-HOUR) });
const locks: Schemas["LockList"] = {
  locks: [
    lock(60, "Storgata 14", "dkey", report({ battery_percent: 87, battery: "good", firmware: "2.4.1" })),
    lock(61, "Leilighet 3B", "nuki", {
      ...report({ battery_percent: 14, battery: "critical", pulls_latch: true }),
      warnings: ["jammed", "battery_critical"],
      guarantees: guarantees("phone_or_entry", true),
    }),
    lock(62, "Fjellveien 2", "danalock", {
      ...report({ battery_percent: 31, battery: "low" }),
      warnings: ["battery_low"],
      guarantees: guarantees("phone_then_token", true),
      token: {
        fetched_at: at(-HOUR), good_until: at(6 * DAY), refused_at: at(-HOUR / 2),
        failure: "service_refused", failing_since: at(-2 * HOUR),
      },
      certificate: { fingerprint: "0f".repeat(32), first_seen_at: at(-90 * DAY), other: "e1".repeat(32) },
    }),
    lock(63, LONG.town, LONG.firstName, { device_id: LONG.lastName, warnings: ["of_tomorrow"], guarantees: null }),
  ],
  unexplained: [
    { lock: id(60), doors: ["Storgata 14"], at: at(-DAY), by: "Terskel 7", stored_at: at(-DAY + HOUR) },
    { lock: id(61), doors: [LONG.town], at: null, by: LONG.lastName, stored_at: at(-2 * DAY) },
  ],
};

const presence: Schemas["Presence"] = {
  resident: KARI,
  stays: [
    {
      worker: ADA, worker_name: "Ada Solli", dispatch: id(21), opened_at: at(-9 * HOUR), checked_in_at: at(-9 * HOUR + 30),
      checked_out_at: at(-8 * HOUR), locked_at: at(-8 * HOUR + MINUTE),
    },
    { worker: BO, worker_name: "Bo Lunde", dispatch: DISPATCH, opened_at: at(-5 * MINUTE), checked_in_at: at(-4 * MINUTE) },
    { worker: id(43), worker_name: LONG.firstName, opened_at: at(-3 * HOUR), locked_at: at(-2 * HOUR) },
  ],
};

const inclusion: Schemas["InclusionProof"] = {
  event: id(100), index: 419, size: 431, leaf: "q83vq83vq83vq83vq83vq83vq83vq83vq83vq83vq80", hashes: [],
};

const order = (n: number, more: Partial<Schemas["PhoneWithdrawal"]>): Schemas["PhoneWithdrawal"] => ({
  id: id(n), reason: "permission_taken_away", phone: id(70), phone_name: "Vest 3", worker: ADA, worker_name: "Ada Solli",
  ordered_at: at(-2), keys: 2, keys_until: at(2 * HOUR), confirmable: true, ...more,
});
export const ORDER = order(120, {});
const withdrawals: Schemas["Withdrawals"] = {
  phones: [
    ORDER,
    order(121, { reason: "shift_ended", ordered_at: at(-HOUR), confirmed_at: at(-HOUR + 1) }),
    order(122, { reason: "phone_lost", ordered_at: at(-DAY), keys_until: at(-20 * HOUR), phone_name: LONG.lastName }),
    order(123, { reason: "worker_dismissed", ordered_at: at(-DAY), keys: 0, keys_until: null, worker_name: LONG.firstName }),
  ],
};
const onShift = (n: number, worker: string, worker_name: string): Schemas["TeamShift"] => ({
  id: id(n), worker, worker_name, role: "nurse", starts_at: at(-3 * HOUR), ends_at: at(2 * HOUR), phones: [],
});
const shifts: Schemas["TeamShifts"] = { shifts: [onShift(130, ADA, "Ada Solli"), onShift(131, BO, "Bo Lunde")] };
export const SHIFT = id(130);
export const PHONE = id(70);

export const PLAN: Schemas["TeamContinuity"] = {
  plan: "Uten nett: nøklene for vakta virker.\nMeld fra til responssenteret hver time.",
  contacts: [
    { role: "response_centre", name: "Responssenteret", phone_number: "+47 55 50 01 10" },
    { role: "lead", name: "Siv Eide", phone_number: "+47 90 00 00 01" },
    { role: "locksmith", name: LONG.firstName, phone_number: "1".repeat(40) },
  ],
  changed_at: at(-3 * DAY),
  changed_by: "Siv Eide",
};

/** In use, between shifts, lost. */
const teamPhones: Schemas["TeamPhone"][] = [
  { phone: PHONE, name: "Vest 3", worker: KARI, worker_name: "Ada Solli", signed_in_at: at(-2 * HOUR) },
  { phone: "3", name: "Vest 5", worker: KARI, worker_name: "Bo Lunde", signed_in_at: at(-20 * HOUR), signed_out_at: at(-12 * HOUR) },
  { phone: "4", name: "Vest 6", worker: KARI, worker_name: "Bo Lunde", signed_in_at: at(-50 * HOUR), signed_out_at: at(-44 * HOUR), lost_at: at(-HOUR) },
];

/** What the station says, by `METHOD /path`. */
export const ANSWERS: [string, Fixed][] = [
  ["POST /v1/lead-session", { body: { token: "t-2", ends_at: at(8 * HOUR) } }],
  ["DELETE /v1/session", { status: 204, body: "" }],
  ["GET /v1/residents", { body: homes }],
  [`GET /v1/residents/${KARI}/access`, { body: access }],
  [`GET /v1/residents/${KARI}/presence`, { body: presence }],
  ["GET /v1/team", { body: team }],
  ["GET /v1/team/continuity", { body: PLAN }],
  ["PUT /v1/team/continuity", { body: PLAN }],
  ["GET /v1/visits", { body: visits }],
  ["GET /v1/audit", { body: { entries } satisfies Schemas["AuditTrail"] }],
  ["GET /v1/audit/export", { body: "bundle", type: "application/cbor" }],
  ["GET /v1/log/checkpoint", { body: "stasjon.example/log\n431\nq83v\n\n— stasjon.example/log 3q2+7w==\n", type: "text/plain" }],
  ["GET /v1/log/inclusion", { body: inclusion }],
  ["GET /v1/locks", { body: locks }],
  ["POST /v1/permissions", { status: 201, body: given(33) }],
  [
    `DELETE /v1/permissions/${PERMISSION}`,
    { body: { permission: { ...given(30), taken_away_at: at(0), taken_away_by: "Siv Eide" }, phones: [ORDER] } },
  ],
  ["GET /v1/break-glass", { body: { reports: emergencies } }],
  ["GET /v1/withdrawals", { body: withdrawals }],
  ["GET /v1/shifts", { body: shifts }],
  ["GET /v1/phones", { body: { phones: teamPhones } satisfies Schemas["TeamPhones"] }],
  [`POST /v1/shifts/${SHIFT}/end`, { body: { phones: [] } }],
  [`POST /v1/workers/${ADA}/pin`, { status: 204 }],
  [`POST /v1/phones/${PHONE}/loss`, { body: { phones: [{ ...ORDER, reason: "phone_lost" }] } }],
];

/** A team that has nothing yet. */
export const NOTHING: [string, Fixed][] = [
  ["GET /v1/residents", { body: { homes: [] } satisfies Schemas["HomeList"] }],
  [`GET /v1/residents/${KARI}/access`, { body: { ...access, now: [], not_now: [], keys: [], permissions: [] } }],
  [`GET /v1/residents/${KARI}/presence`, { body: { resident: KARI, stays: [] } }],
  ["GET /v1/team", { body: { ...team, workers: [], organisations: [] } }],
  ["GET /v1/team/continuity", { body: { plan: "", contacts: [] } satisfies Schemas["TeamContinuity"] }],
  ["GET /v1/visits", { body: { visits: [] } }],
  ["GET /v1/audit", { body: { entries: [] } }],
  ["GET /v1/locks", { body: { locks: [], unexplained: [] } }],
  ["GET /v1/break-glass", { body: { reports: [] } }],
  ["GET /v1/withdrawals", { body: { phones: [] } }],
  ["GET /v1/shifts", { body: { shifts: [] } }],
  ["GET /v1/phones", { body: { phones: [] } }],
];
