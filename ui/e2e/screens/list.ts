import type { Page } from "@playwright/test";
import type { LockView, NoticeView, View } from "../../src/kit/engine/bindings";
import {
  alert, at, atHome, atPhones, codeIs, CONTINUITY, flat, FOUND, fresh, hub, KARI, lead, LONG, order, otherWays, pending, result, stairwell,
  view, visit, VISITS,
} from "./views";
import type { Stage } from "./stage";

/** A screen to look at: the view, what the engine answers, and how one gets there. */
export interface Picture {
  name: string;
  view: View;
  reply?: unknown;
  go?: (page: Page, stage: Stage) => Promise<void>;
}

const tap = (testId: string) => (page: Page) => page.getByTestId(testId).first().click();
const opened = stairwell({ last: result("opened"), locked: false, reach: "ready", batteryPercent: 14, warning: "battery_low" });
const inside = hub({ reach: "ready", checkedInAt: at(-10) });
const status = view().status;

async function submit(page: Page, texts: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(texts)) await page.locator(`input[name=${name}]`).fill(text);
  await page.locator("button[type=submit]").click();
}

const enrol = (page: Page) =>
  submit(page, { "station-url": "https://stasjon.example", code: "ABCD-EFGH", "phone-name": "Vest 3" });
const signIn = (page: Page) => submit(page, { "staff-number": "101", pin: "0000" });

async function install(page: Page): Promise<void> {
  await page.locator("header button").click();
  await page.getByTestId("install-lock").click();
}

/** At the flat's own door, with the n-th lock that was heard. */
const chooseLock = (n: number) => async (page: Page) => {
  await install(page);
  await page.locator("select[name=home]").selectOption({ index: 1 });
  await page.locator("select[name=door]").selectOption({ index: 2 });
  await page.locator("input[name=lock]").nth(n).check();
};

async function newDoor(page: Page): Promise<void> {
  await install(page);
  await page.locator("select[name=home]").selectOption({ index: 1 });
  await page.locator("select[name=door]").selectOption("new");
}

const DONE = { ok: { outcome: "done" } };
const NO_NETWORK = { problem: { problem: "noNetwork" } };

async function openAccess(page: Page): Promise<void> {
  await page.locator("header button").click();
  await page.getByTestId("open-access").click();
  await page.getByTestId("access-home").first().waitFor();
}
async function openHome(page: Page): Promise<void> {
  await openAccess(page);
  await page.getByTestId("access-home").first().click();
  await page.getByTestId("give").waitFor();
}
async function giveAccess(page: Page): Promise<void> {
  await openHome(page);
  await page.getByTestId("give").click();
  await page.getByTestId("give-now").waitFor();
}
async function openPhones(page: Page): Promise<void> {
  await openAccess(page);
  await page.getByTestId("access-phones").click();
  await page.getByTestId("team-phone").first().waitFor();
}

const locked = (lock: Partial<LockView>, notices: NoticeView[] = []): View =>
  view({ lock: { state: "locked", hasCode: true, triesLeft: null, visitOpen: false, ...lock }, notices });

const NOTICES: NoticeView[] = [{ id: alert().id, raisedAt: at(-40), acceptBy: at(260), who: "K.N." }];

async function type(page: Page, code: string, digits: number): Promise<void> {
  for (const digit of code.slice(0, digits)) await page.getByTestId(`key-${digit}`).click();
}
async function enterCode(page: Page, code: string): Promise<void> {
  await type(page, code, code.length);
  await page.getByTestId("keypad-done").click();
}

/** Every screen, in the states that look different. */
export const PICTURES: Picture[] = [
  { name: "01-enrol", view: fresh({ enrolled: false }) },
  { name: "02-enrol-refused", view: fresh({ enrolled: false }), reply: { problem: { problem: "codeInvalid" } }, go: enrol },
  { name: "03-enrol-working", view: fresh({ enrolled: false }), go: enrol },
  { name: "04-sign-in", view: fresh() },
  { name: "05-sign-in-locked-out", view: fresh(), reply: { problem: { problem: "lockedOut", seconds: 272 } }, go: signIn },
  { name: "06-no-alerts", view: view() },
  { name: "07-no-alerts-offline", view: view({ status: { ...status, network: "offline", unsent: 3 } }) },
  { name: "08-alert", view: view({ alerts: [alert()] }) },
  {
    name: "09-alerts-settled",
    view: view({
      alerts: [
        alert({ unanswered: true, raisedAt: at(-900), acceptBy: at(-600) }),
        alert({ id: "2", declined: true }),
        alert({ id: "3", taken: true, takenBy: "Bo Lunde", details: null, raisedAt: at(-86) }),
        alert({ id: "4", taken: true, details: null, raisedAt: at(-7260) }),
      ],
    }),
  },
  { name: "10-decline", view: view({ alerts: [alert()] }), go: tap("decline") },
  {
    name: "11-accept-too-late",
    view: view({ alerts: [alert()] }),
    reply: { problem: { problem: "alreadyAccepted", by: "Bo Lunde" } },
    go: tap("accept"),
  },
  {
    name: "11b-accept-when-over",
    view: view({ alerts: [alert({ id: "2", raisedAt: at(-30) }), alert()] }),
    reply: { problem: { problem: "dispatchClosed" } },
    go: async (page, stage) => {
      stage.show(view({ alerts: [alert({ id: "2", raisedAt: at(-30) }), alert()] }));
      await page.getByTestId("alert").nth(1).waitFor();
      await page.getByTestId("accept").first().click();
      await page.locator("main .ds-alert").waitFor();
      stage.show(view({ alerts: [alert({ id: "2", raisedAt: at(-30) })] }));
      await page.getByTestId("alert").nth(1).waitFor({ state: "detached" });
    },
  },
  {
    name: "11c-accept-ends-own-visit",
    view: view({
      alerts: [alert()],
      visit: visit({ id: "9", arriveBy: null, details: { ...KARI, firstName: "Åse", lastName: "Öberg" }, doors: [opened, flat()] }),
    }),
    go: (page) => page.locator("nav button").first().click(),
  },
  {
    name: "11d-alarm-in-a-visit",
    view: view({ alerts: [alert({ id: "8" })], visit: visit() }),
    go: (page) => page.getByTestId("alarm-banner").waitFor(),
  },
  {
    name: "11e-alarms-over-a-dialog",
    view: view({ alerts: [alert({ id: "7", details: LONG }), alert({ id: "8", details: LONG })], visit: visit({ doors: [opened, flat()] }) }),
    go: async (page) => {
      await page.getByTestId("finish").click();
      await page.getByRole("dialog").getByTestId("alarm-banner").waitFor();
    },
  },
  { name: "12-visit", view: view({ visit: visit() }) },
  { name: "13-opening", view: view({ visit: visit({ doors: [stairwell({ reach: "ready", working: "open" }), flat()] }) }) },
  {
    name: "14-opened-and-jammed",
    view: view({ continuity: CONTINUITY, visit: visit({ doors: [opened, flat({ reach: "ready", locked: true, last: result("refused", "jammed") })] }) }),
  },
  {
    name: "15-unsure-and-overdue",
    view: view({
      visit: visit({
        arriveBy: at(-185),
        doors: [stairwell({ hasLock: false }), flat({ reach: "seen", last: result("unknown", "interrupted"), keyUntil: at(-60) })],
      }),
    }),
  },
  { name: "16-open-by-button", view: view({ visit: visit() }), go: (page) => page.locator("article button").first().click() },
  {
    name: "17-hub-problem",
    view: view({ continuity: CONTINUITY, visit: visit({ doors: [opened], hub: hub({ reach: "seen", problem: { problem: "hubNoAnswer" } }) }) }),
  },
  { name: "18-checked-in", view: view({ visit: visit({ doors: [opened, flat({ last: result("opened"), locked: false })], hub: inside }) }) },
  {
    name: "19-checked-out-and-locked",
    view: view({
      visit: visit({
        doors: [stairwell(), flat({ last: result("locked", null, "lock"), locked: true, reach: "ready" })],
        hub: hub({ checkedInAt: at(-900), checkedOutAt: at(-20) }),
      }),
    }),
  },
  { name: "20-finish", view: view({ visit: visit({ doors: [opened, flat({ last: result("unknown", "interrupted") })] }) }), go: tap("finish") },
  { name: "21-today", view: view(), go: (page) => page.locator("nav button").nth(2).click() },
  { name: "22-account", view: view(), go: (page) => page.locator("header button").click() },
  {
    name: "23-everything-wrong",
    view: view({
      status: { network: "offline", networkSince: at(-700), bluetooth: "off", unsent: 12, clock: "phone", wallAheadS: 0, signInNeeded: true },
      refusals: [{ event: "e", kind: "checked_in", at: at(-500), code: "bad_proof" }],
    }),
  },
  {
    name: "24-engine-gone",
    view: view({ alerts: [alert()] }),
    go: async (page, stage) => {
      stage.cut();
      await page.locator(".notices .ds-alert").waitFor();
    },
  },
  { name: "25-long-alert", view: view({ alerts: [alert({ details: LONG }), alert({ id: "3", taken: true, takenBy: LONG.firstName, details: null })] }) },
  {
    name: "26-long-visit",
    view: view({
      session: { workerName: LONG.firstName, teamName: LONG.town, leads: false, endsAt: at(9000) },
      visit: visit({ details: LONG, doors: [stairwell({ name: LONG.town }), flat({ name: LONG.lastName, locked: false })] }),
    }),
  },
  { name: "27-no-visit", view: view(), go: (page) => page.locator("nav button").nth(1).click() },
  {
    name: "28-turning",
    view: view({
      visit: visit({
        doors: [
          stairwell({ reach: "ready", working: "open", moving: true }),
          flat({ reach: "ready", locked: false, last: result("opened"), working: "lock", moving: true }),
        ],
      }),
    }),
  },
  {
    name: "29-lock-warnings",
    view: view({
      visit: visit({
        doors: [stairwell({ reach: "ready", warning: "battery_critical" }), flat({ reach: "seen", locked: true, warning: "clock_lost" })],
      }),
    }),
  },
  {
    name: "30-passed",
    view: view({
      visit: visit({
        doors: [stairwell({ passed: "open_already", last: result("refused", "no_answer") }), flat({ reach: "ready" })],
      }),
    }),
  },
  { name: "31-pass-dialog", view: view({ visit: visit({ doors: [stairwell(), flat(otherWays)] }) }), go: (page) => page.getByTestId("pass").last().click() },
  { name: "32-no-lock", view: view({ visit: visit({ doors: [stairwell({ hasLock: false, ...otherWays }), flat()] }) }) },
  {
    name: "33-no-lock-code-shown",
    view: view({ visit: visit({ doors: [stairwell({ hasLock: false, ...otherWays }), flat()] }) }),
    reply: codeIs("4711#"),
    go: tap("door-code-toggle"),
  },
  {
    name: "34-no-lock-passed",
    view: view({ visit: visit({ doors: [stairwell({ hasLock: false, ...otherWays, passed: "door_code" }), flat()] }) }),
  },
  {
    name: "35-not-now",
    view: view({ visit: visit({ doors: [stairwell({ ...otherWays, reach: "ready", last: result("refused", "lock_not_now") }), flat()] }) }),
  },
  { name: "36-not-found", view: view({ visit: visit({ doors: [flat({ ...otherWays, last: result("refused", "not_found") })] }) }) },
  {
    name: "37-long-ways",
    view: view({
      visit: visit({
        doors: [
          stairwell({ name: LONG.town, hasLock: false, hasCode: true, physicalKey: { cabinet: LONG.lastName, tag: LONG.firstName } }),
          flat({ passed: LONG.town, warning: LONG.town }),
        ],
      }),
    }),
    reply: codeIs(LONG.town),
    go: tap("door-code-toggle"),
  },
  {
    name: "38-homes",
    view: view({ roster: { here: 120, total: 400, whole: false, version: 1, openable: 2, keyedOnly: false, joins: true } }),
    reply: { problem: { problem: "visitOpen" } },
    go: async (page) => {
      await page.locator("nav button").nth(1).click();
      await page.getByTestId("begin-visit").first().click();
    },
  },
  {
    name: "38b-door-without-key",
    view: view({ continuity: CONTINUITY, visit: visit({ arriveBy: null, doors: [stairwell({ keyUntil: null }), flat({ keyUntil: null, ...otherWays })] }) }),
  },
  {
    name: "39-emergency",
    view: view({ continuity: CONTINUITY }),
    reply: { problem: { problem: "notFound" } },
    go: async (page) => {
      await page.locator("nav button").nth(1).click();
      await page.getByTestId("emergency").click();
      await submit(page, { residentNumber: "1001", text: "Roper om hjelp fra leiligheten" });
    },
  },
  {
    name: "40-not-confirmed",
    view: view({
      status: { ...status, network: "offline", unsent: 1 },
      continuity: CONTINUITY,
      visit: visit({ standing: "unconfirmed", doors: [stairwell({ reach: "ready" }), flat()] }),
    }),
  },
  {
    name: "41-taken-by-another",
    view: view({ continuity: CONTINUITY, visit: visit({ standing: "taken", takenBy: "Bo Lunde", doors: [opened, flat()] }) }),
  },
  {
    name: "41-second-after-a-call",
    view: view({
      continuity: CONTINUITY,
      visit: visit({ standing: "second", takenBy: "Bo Lunde", arriveBy: null, details: { ...KARI, cause: "called", note: "" }, doors: [opened, flat()] }),
    }),
  },
  {
    name: "42-whom-to-call",
    view: view({ status: { ...status, network: "offline" }, continuity: CONTINUITY }),
  },
  {
    name: "43-long-plan",
    view: view({ continuity: { plan: LONG.wayIn, contacts: [{ role: LONG.town, name: LONG.firstName, phoneNumber: "1".repeat(40) }] } }),
    go: (page) => page.locator("nav button").nth(2).click(),
  },
  { name: "44-lead-account", view: lead(), go: (page) => page.locator("header button").click() },
  { name: "45-install-looking", view: lead(), go: install },
  { name: "46-install-new-door", view: lead({ found: FOUND }), go: newDoor },
  { name: "47-install-not-ready", view: lead({ found: FOUND }), go: chooseLock(1) },
  {
    name: "48-install-wrong-code",
    view: lead({ found: FOUND }),
    reply: { problem: { problem: "notPaired", reason: "wrong_code" } },
    go: async (page) => {
      await chooseLock(0)(page);
      await submit(page, { code: "BCDF-2345" });
    },
  },
  { name: "48b-install-knob", view: lead({ found: FOUND }), go: chooseLock(2) },
  { name: "49-install-prove", view: lead({ pending: pending() }), go: install },
  {
    name: "50-install-jammed",
    view: lead({ pending: pending({ opened: true, last: result("refused", "jammed", "lock") }) }),
    go: install,
  },
  { name: "51-install-locking", view: lead({ working: "lock", pending: pending({ opened: true, last: result("opened") }) }), go: install },
  {
    name: "52-install-no-network",
    view: lead(
      { pending: pending({ home: null, opened: true, locked: true, last: result("locked", null, "lock") }) },
      { status: { ...status, network: "offline", unsent: 3 } },
    ),
    go: install,
  },
  {
    name: "53-install-refused",
    view: lead({ pending: pending({ opened: true, locked: true, last: result("locked", null, "lock"), refused: "conflict" }) }),
    go: install,
  },
  { name: "54-install-done", view: lead({ installed: "H0301" }), go: install },
  {
    name: "55-install-give-up",
    view: lead({ pending: pending({ doorName: LONG.firstName, home: LONG.address, deviceId: LONG.town }) }),
    go: async (page) => {
      await install(page);
      await page.getByTestId("give-up").click();
    },
  },
  { name: "56-choose-code", view: locked({ state: "codeWanted", hasCode: false }), go: (page) => type(page, "2580", 3) },
  {
    name: "57-code-too-simple",
    view: locked({ state: "codeWanted", hasCode: false }),
    reply: { problem: { problem: "codeTooSimple" } },
    go: async (page) => {
      await enterCode(page, "1234");
      await enterCode(page, "1234");
      await page.locator("main .ds-alert").waitFor();
    },
  },
  { name: "58-locked", view: locked({ visitOpen: true }), go: (page) => type(page, "2580", 2) },
  {
    name: "59-locked-alarms",
    view: locked({}, [
      { id: "1", raisedAt: at(-40), acceptBy: at(260), who: null },
      { id: "2", raisedAt: at(-70), acceptBy: at(230), who: "K.N." },
      { id: "3", raisedAt: at(-90), acceptBy: at(210), who: `${LONG.lastName}, ${LONG.address}` },
    ]),
  },
  {
    name: "60-wrong-code",
    view: locked({ triesLeft: 3 }),
    reply: { problem: { problem: "wrongCode", left: 3 } },
    go: async (page) => {
      await enterCode(page, "2581");
      await page.locator("main .ds-alert").waitFor();
    },
  },
  { name: "60b-choose-code-with-alarm", view: { ...locked({ state: "codeWanted", hasCode: false }, NOTICES), alerts: [alert()] } },
  {
    name: "60c-sign-in-again-with-alarm",
    view: { ...locked({}, NOTICES), alerts: [alert({ details: null })] },
    go: (page) => page.locator("main > button").click(),
  },
  { name: "61-locked-without-code", view: locked({ hasCode: false }) },
  { name: "62-wiped-after-wrong-codes", view: fresh({ takenAway: "wrong_codes" }) },
  {
    name: "62b-wrong-clock",
    view: view({ visit: visit(), status: { ...status, wallAheadS: -5_400 } }),
  },
  { name: "63-access-homes", view: lead(), go: openAccess },
  { name: "64-access-home", view: atHome(), reply: DONE, go: openHome },
  {
    name: "65-access-taken-away",
    view: atHome({ orders: [order(), order({ id: "2", phoneName: "Vest 3", confirmedAt: at(-1) })] }),
    reply: DONE,
    go: async (page) => {
      await openHome(page);
      await page.getByTestId("take-away").first().click();
      await page.getByTestId("sure").click();
      await page.getByTestId("orders").waitFor();
    },
  },
  {
    name: "66-access-old",
    view: atHome({ problem: { problem: "noNetwork" }, readAt: at(-300) }),
    reply: DONE,
    go: openHome,
  },
  { name: "67-access-give", view: atHome(), reply: DONE, go: giveAccess },
  {
    name: "68-access-give-unsure",
    view: atHome(),
    reply: NO_NETWORK,
    go: async (page) => {
      await giveAccess(page);
      await page.locator("input[type=radio]").first().check();
      await page.getByTestId("give-now").click();
      await page.getByTestId("call-contact").first().waitFor();
    },
  },
  {
    name: "69-access-take-away-unsure",
    view: atHome(),
    reply: NO_NETWORK,
    go: async (page) => {
      await openHome(page);
      await page.getByTestId("take-away").nth(1).click();
      await page.getByTestId("sure").click();
      await page.getByTestId("call-contact").waitFor();
    },
  },
  { name: "70-phones", view: atPhones({ orders: [order({ reason: "phone_lost" })] }), reply: DONE, go: openPhones },
  {
    name: "71-phone-lost",
    view: atPhones(),
    reply: DONE,
    go: async (page) => {
      await openPhones(page);
      await page.getByTestId("lost").last().click();
    },
  },
  {
    name: "72-access-no-network",
    view: lead({}, { continuity: CONTINUITY }),
    reply: NO_NETWORK,
    go: async (page) => {
      await openAccess(page);
      await page.getByTestId("access-home").first().click();
      await page.locator("main .ds-alert").waitFor();
    },
  },
];

export { VISITS };
