import type {
  AccessView,
  AlertView,
  ContinuityView,
  DetailsView,
  DoorResult,
  DoorView,
  FoundHome,
  FoundLockView,
  HubView,
  InstallView,
  OrderView,
  PendingInstallView,
  PermissionView,
  TeamHome,
  TeamPhoneView,
  View,
  VisitSummary,
  VisitView,
} from "../../src/kit/engine/bindings";

/** The moment at which every picture is taken. */
export const NOW = "2026-03-01T21:04:12Z";

/** A time so many seconds from then. */
export const at = (seconds: number): string => new Date(Date.parse(NOW) + seconds * 1000).toISOString();

export const KARI: DetailsView = {
  cause: "fall",
  note: "Har falt på badet. Svarer, men kommer seg ikke opp.",
  firstName: "Kari",
  lastName: "Nordmann",
  age: 84,
  address: "Storgata 14, 3. etasje",
  town: "Vestby",
  phoneNumber: "+47 22 33 44 55",
  wayIn: "Sikkerhetskjedet er av. Snill hund i gangen.",
};

export const LONG: DetailsView = {
  cause: "en-årsak-som-sentralen-har-laget-selv-og-som-er-veldig-lang-uten-mellomrom-".repeat(2),
  note: "😀👵🏽🚪 ".repeat(40),
  firstName: "Wolfeschlegelsteinhausenbergerdorff".repeat(8).slice(0, 250),
  lastName: "نورمان كاري بنت عبد الله ".repeat(10),
  age: 101,
  address: "شارع الملك فهد ١٢٣، الطابق الثالث",
  town: "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch".repeat(2),
  phoneNumber: "+47 22 33 44 55",
  wayIn: "Inngangen er på baksiden.\nKode 1234 på porten.\n" + "🐈".repeat(60),
};

export const alert = (more: Partial<AlertView> = {}): AlertView => ({
  id: "0198c000-0000-7000-8000-000000000001",
  raisedAt: at(-72),
  acceptBy: at(228),
  unanswered: false,
  declined: false,
  takenBy: null,
  taken: false,
  details: KARI,
  ...more,
});

export const home = (more: Partial<FoundHome> = {}): FoundHome => ({
  resident: "0198c000-0000-7000-8000-0000000000b1",
  name: "Kari Nordmann",
  address: "Storgata 14, 3. etasje",
  town: "Vestby",
  phoneNumber: "+47 22 33 44 55",
  doors: ["Storgata 14", "Leilighet 302"],
  hasLock: true,
  keyUntil: at(3600),
  ...more,
});

/** Found among the team's homes: with keys, without, without an e-lock. */
export const FOUND_HOMES: FoundHome[] = [
  home(),
  home({ resident: "0198c000-0000-7000-8000-0000000000b2", name: `${LONG.firstName} ${LONG.lastName}`, address: LONG.address, town: LONG.town, keyUntil: null }),
  home({ resident: "0198c000-0000-7000-8000-0000000000b3", name: "Åse Öberg", address: "Øvregata 2", doors: [], hasLock: false, keyUntil: null }),
];

export const result = (outcome: string, reason: string | null = null, operation = "open"): DoorResult => ({
  operation,
  outcome,
  reason,
  at: at(-20),
});

const door = (more: Partial<DoorView>): DoorView => ({
  id: "",
  kind: "",
  name: "",
  hasLock: true,
  reach: "looking",
  rssi: null,
  working: null,
  last: null,
  locked: null,
  batteryPercent: null,
  keyUntil: at(3000),
  moving: false,
  warning: null,
  passed: null,
  hasCode: false,
  physicalKey: null,
  ...more,
});

export const stairwell = (more: Partial<DoorView> = {}): DoorView =>
  door({ id: "0198c000-0000-7000-8000-0000000000d1", kind: "stairwell", name: "Storgata 14", ...more });
export const flat = (more: Partial<DoorView> = {}): DoorView =>
  door({ id: "0198c000-0000-7000-8000-0000000000d2", kind: "flat", name: "H0301", ...more });

export const CONTINUITY: ContinuityView = {
  plan: "Uten nett: nøklene for vakta virker. Meld fra til responssenteret hver time.\nUten strøm: nøkkelskapet på Vestby base åpnes med kode fra avdelingslederen.",
  contacts: [
    { role: "response_centre", name: "Responssenteret", phoneNumber: "+47 55 50 01 10" },
    { role: "lead", name: "Siv Aas", phoneNumber: "+47 90 00 00 01" },
    { role: "låsesmed", name: "Låsservice Vest", phoneNumber: "+47 90 00 00 02" },
  ],
};

/** What there is at a door beside its lock. */
export const otherWays: Partial<DoorView> = { physicalKey: { cabinet: "Vestby base, skap 2", tag: "17 B" }, hasCode: true };

/** The answer to whoever looks at the code. */
export const codeIs = (code: string): unknown => ({ ok: { outcome: "code", code } });

export const hub = (more: Partial<HubView> = {}): HubView => ({
  reach: "looking",
  working: false,
  checkedInAt: null,
  checkedOutAt: null,
  problem: null,
  ...more,
});

export const visit = (more: Partial<VisitView> = {}): VisitView => ({
  id: "0198c000-0000-7000-8000-000000000001",
  details: KARI,
  raisedAt: at(-300),
  acceptedAt: at(-240),
  standing: "confirmed",
  takenBy: null,
  arriveBy: at(1560),
  doors: [stairwell({ reach: "ready", rssi: -58 }), flat()],
  hub: hub(),
  ...more,
});

export const view = (more: Partial<View> = {}): View => ({
  enrolled: true,
  session: { workerName: "Ada Solli", teamName: "Nattpatrulje Vest", leads: false, endsAt: at(32_000) },
  status: { network: "online", networkSince: at(-3000), bluetooth: "on", unsent: 0, clock: "station", wallAheadS: 0, signInNeeded: false },
  lock: { state: "open", hasCode: true, triesLeft: null, visitOpen: false },
  alerts: [],
  notices: [],
  visit: null,
  roster: { here: 0, total: 0, whole: true, version: 0, openable: 0, keyedOnly: false, joins: true },
  continuity: { plan: "", contacts: [] },
  install: null,
  access: null,
  takenAway: null,
  refusals: [],
  ...more,
});

const lock = (more: Partial<FoundLockView>): FoundLockView => ({
  device: "DC:EF:AC:D2:AF:8C",
  family: "dkey",
  deviceId: "9daac9df",
  near: true,
  asks: "activation_code",
  ready: true,
  latch: more.family === "nuki",
  ...more,
});

export const FOUND: FoundLockView[] = [
  lock({}),
  lock({ device: "2", family: "nuki", deviceId: "1a2b3c4d", asks: "pin_or_nothing", ready: false }),
  lock({ device: "3", family: "nuki", deviceId: "5d6e7f80", asks: "pin", near: false }),
];

export const pending = (more: Partial<PendingInstallView> = {}): PendingInstallView => ({
  home: "Storgata 14, 3. etasje, Vestby",
  doorName: "H0301",
  family: "dkey",
  deviceId: "9daac9df",
  opened: false,
  locked: false,
  last: null,
  refused: null,
  ...more,
});

/** A team lead who installs locks. */
export const lead = (install: Partial<InstallView> = {}, more: Partial<View> = {}): View =>
  view({
    session: { workerName: "Siv Eide", teamName: "Nattpatrulje Vest", leads: true, endsAt: at(32_000) },
    install: { looking: true, found: [], working: null, pending: null, installed: null, ...install },
    ...more,
  });

export const HOMES: TeamHome[] = [
  {
    resident: "0198c000-0000-7000-8000-0000000000b1",
    name: "Kari Nordmann",
    address: "Storgata 14, 3. etasje",
    town: "Vestby",
    doors: [
      { id: "0198c000-0000-7000-8000-0000000000d1", name: "Storgata 14", kind: "stairwell", hasLock: true },
      { id: "0198c000-0000-7000-8000-0000000000d2", name: "H0301", kind: "flat", hasLock: false },
    ],
  },
  { resident: "0198c000-0000-7000-8000-0000000000b2", name: LONG.lastName, address: LONG.address, town: LONG.town, doors: [] },
];

export const fresh = (more: Partial<View> = {}): View =>
  view({
    session: null,
    lock: null,
    status: { network: "idle", networkSince: at(-60), bluetooth: "on", unsent: 0, clock: "station", wallAheadS: 0, signInNeeded: false },
    ...more,
  });

export const VISITS: VisitSummary[] = [
  { id: "a", residentName: "Kari Nordmann", acceptedAt: at(-1500), arrivedAt: at(-900), leftAt: null, closedAt: null, unsent: 1 },
  { id: "b", residentName: LONG.lastName, acceptedAt: at(-4500), arrivedAt: null, leftAt: null, closedAt: at(-3300), unsent: 0 },
  { id: "c", residentName: null, acceptedAt: at(-9500), arrivedAt: at(-8900), leftAt: at(-8000), closedAt: at(-7900), unsent: 3 },
];

const KARIS = "0198c000-0000-7000-8000-0000000000b1";

const permission = (more: Partial<PermissionView>): PermissionView => ({
  id: "1",
  who: { kind: "worker", role: null },
  whoName: "Bo Lunde",
  what: "residence",
  whatName: "Kari Nordmann",
  term: { kind: "once", from: at(-60), until: at(43_140) },
  windows: [],
  condition: "on_shift",
  note: "",
  givenBy: "Siv Aas",
  givenAt: at(-60),
  keys: [{ name: "Bo Lunde", door: "Storgata 14", until: at(7200) }],
  ...more,
});

/** A phone that was told to wipe keys, and has not confirmed. */
export const order = (more: Partial<OrderView> = {}): OrderView => ({
  id: "1",
  reason: "permission_taken_away",
  phoneName: "Vest 2",
  workerName: "Bo Lunde",
  orderedAt: at(-3),
  keysUntil: at(7200),
  confirmable: true,
  confirmedAt: null,
  own: true,
  ...more,
});

const access = (more: Partial<AccessView>): AccessView => ({
  home: null,
  phones: null,
  orders: [],
  readAt: at(-2),
  problem: null,
  ...more,
});

/** A team lead who looks at Kari's home. */
export const atHome = (more: Partial<AccessView> = {}): View =>
  lead({}, {
    continuity: CONTINUITY,
    access: access({
      home: {
        resident: KARIS,
        now: [
          { worker: "a", name: "Ada Solli", door: "Storgata 14", until: at(1800), permission: null, dispatched: true, emergency: false },
          { worker: "a", name: "Ada Solli", door: "H0301", until: at(1800), permission: null, dispatched: true, emergency: false },
          { worker: "b", name: "Bo Lunde", door: "Storgata 14", until: at(7200), permission: "1", dispatched: false, emergency: false },
        ],
        notNow: [{ worker: "c", name: "Åse Öberg", door: "H0301", because: "outside_hours" }],
        permissions: [
          permission({}),
          permission({
            id: "2",
            who: { kind: "role", role: "nurse" },
            whoName: "Nattpatrulje Vest",
            what: "team",
            whatName: "Nattpatrulje Vest",
            term: { kind: "permanent", from: null, until: null },
            windows: [{ days: ["Mon", "Tue", "Wed", "Thu", "Fri"], from: "22:00", until: "06:00" }],
            condition: "dispatched",
            note: LONG.note,
            keys: [],
          }),
        ],
        people: [
          { worker: "b", name: "Bo Lunde", onShiftUntil: at(32_000) },
          { worker: "c", name: "Åse Öberg", onShiftUntil: null },
          { worker: "d", name: `${LONG.firstName} ${LONG.lastName}`, onShiftUntil: null },
        ],
      },
      ...more,
    }),
  });

const teamPhone = (more: Partial<TeamPhoneView>): TeamPhoneView => ({
  id: "1",
  name: "Vest 2",
  workerName: "Bo Lunde",
  signedInAt: at(-9000),
  signedOutAt: null,
  lostAt: null,
  own: false,
  ...more,
});

/** A team lead who looks at the team's phones. */
export const atPhones = (more: Partial<AccessView> = {}): View =>
  lead({}, {
    continuity: CONTINUITY,
    access: access({
      phones: [
        teamPhone({}),
        teamPhone({ id: "2", name: "Vest 1", workerName: "Siv Aas", own: true }),
        teamPhone({ id: "3", name: "Vest 3", workerName: "Ada Solli", signedOutAt: at(-50_000) }),
        teamPhone({ id: "4", name: "Vest 4", workerName: LONG.lastName, signedOutAt: at(-90_000), lostAt: at(-600) }),
      ],
      ...more,
    }),
  });
