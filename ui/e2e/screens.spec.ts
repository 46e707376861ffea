import { expect, test as base, type Page } from "@playwright/test";
import { expectAccessible, languages, schemesOf } from "./accessible";
import { PICTURES, VISITS } from "./screens/list";
import { Stage } from "./screens/stage";
import { alert, at, atHome, codeIs, CONTINUITY, flat, FOUND_HOMES, HOMES, NOW, otherWays, result, stairwell, view, visit } from "./screens/views";

const test = base.extend<{ stage: Stage; url: string; quiet: void }>({
  stage: async ({}, use) => {
    const stage = new Stage();
    stage.visits = VISITS;
    stage.homes = HOMES;
    [stage.found, stage.total] = [FOUND_HOMES, 400];
    await use(stage);
    stage.stop();
  },
  url: async ({ stage }, use) => use(await stage.start()),
  // Whatever the page complains about fails the test.
  quiet: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        // One picture is of a stream that was cut.
        const cut = message.text().includes("ERR_INCOMPLETE_CHUNKED_ENCODING");
        if (message.type() === "error" && !cut) complaints.push(message.text());
      });
      await page.clock.setFixedTime(NOW);
      await use();
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

async function open(page: Page, url: string, language: string): Promise<void> {
  await page.addInitScript((chosen) => localStorage.setItem("terskel.language", chosen), language);
  await page.goto(url);
  await expect(page.locator("html")).toHaveAttribute("lang", language);
  await page.getByRole("heading", { level: 1 }).waitFor();
}

async function expectNothingBeside(page: Page): Promise<void> {
  for (const width of [320, 390]) {
    await page.setViewportSize({ width, height: 844 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide, `beside the screen at ${width} px`).toBeLessThanOrEqual(0);
  }
}

/** The screen as a phone shows it, and, where there is more below, all of it. */
async function photograph(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `test-results/screens/${name}.png` });
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  if (height <= 844) return;
  await page.setViewportSize({ width: 390, height });
  await page.screenshot({ path: `test-results/screens/${name}.full.png` });
  await page.setViewportSize({ width: 390, height: 844 });
}

for (const picture of PICTURES) {
  test(picture.name, async ({ page, stage, url }) => {
    stage.view = picture.view;
    stage.reply = picture.reply;
    for (const language of languages) {
      await open(page, url, language);
      await picture.go?.(page, stage);
      await expectNothingBeside(page);
      for (const colorScheme of schemesOf(language)) {
        await page.emulateMedia({ colorScheme });
        await expectAccessible(page, { language, colorScheme });
        await photograph(page, `${picture.name}.${language}.${colorScheme}`);
      }
    }
  });
}

test("a slide asks once, says so, and shows nothing that the view has not said", async ({ page, stage, url }) => {
  stage.view = view({ visit: visit() });
  await open(page, url, "nb");
  const thumb = page.getByTestId("slide").first();
  await thumb.scrollIntoViewIfNeeded();
  const box = (await thumb.boundingBox())!;
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };

  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await page.mouse.move(middle.x + 150, middle.y, { steps: 4 });
  await page.mouse.up();
  expect(stage.intents, "a short slide opens nothing").toEqual([]);

  await page.mouse.down();
  await page.mouse.up();
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await page.mouse.move(middle.x + 290, middle.y, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => stage.intents).toEqual([
    { intent: "openDoor", dispatch: stage.view.visit?.id, door: stage.view.visit?.doors[0]?.id },
  ]);
  await expect(page.getByTestId("door").first()).toContainText("Åpner …");
  await expect(thumb).toHaveAttribute("aria-disabled", "true");
  await expect(page.getByTestId("door-outcome").first()).toBeEmpty();
  await thumb.press("End");
  expect(stage.intents).toHaveLength(1);

  stage.show(view({ visit: visit({ doors: [stairwell({ last: result("opened"), locked: false }), flat()] }) }));
  await expect(page.getByTestId("door-outcome").first()).toContainText("Åpnet 22:03");
});

test("a door opens by keyboard, by held key, and by two presses of a button", async ({ page, stage, url }) => {
  stage.view = view({ visit: visit() });
  stage.reply = { problem: { problem: "busy" } };
  await open(page, url, "en");
  const thumb = page.getByTestId("slide").first();
  await thumb.focus();
  for (let press = 0; press < 4; press += 1) await page.keyboard.press("ArrowRight");
  await expect.poll(() => stage.intents.length).toBe(1);
  await expect(page.getByTestId("door").first()).toContainText("What was asked before is not finished.");

  await thumb.focus();
  await page.keyboard.press("Enter");
  await expect(thumb).toHaveAttribute("aria-valuenow", "0");
  expect(stage.intents).toHaveLength(1);
  await page.keyboard.down("Enter");
  await expect.poll(() => stage.intents.length).toBe(2);
  await page.keyboard.up("Enter");

  await page.getByRole("button", { name: "Open Storgata 14 with a button" }).click();
  await page.getByRole("dialog", { name: "Open Storgata 14?" }).getByTestId("confirm-open").click();
  await expect.poll(() => stage.intents.length).toBe(3);
});

test("a turning bolt is said in place of the asking", async ({ page, stage, url }) => {
  stage.view = view({ visit: visit({ doors: [stairwell({ working: "open" })] }) });
  await open(page, url, "nb");
  const door = page.getByTestId("door");
  await expect(door).toContainText("Åpner …");
  stage.show(view({ visit: visit({ doors: [stairwell({ working: "open", moving: true })] }) }));
  await expect(door.getByRole("status").filter({ hasText: "Låsen har tatt imot. Den vrir om nå …" })).toBeAttached();
  await expect(door).not.toContainText("Åpner …");
});

test("a door is passed without its lock, and opened by it after all", async ({ page, stage, url }) => {
  const doors = [stairwell({ last: result("refused", "no_answer") }), flat()];
  stage.view = view({ visit: visit({ doors }) });
  const of = { dispatch: stage.view.visit?.id, door: doors[0]?.id };
  await open(page, url, "nb");
  const door = page.getByTestId("door").first();
  await door.getByRole("button", { name: "Døra er åpen / kom inn på annen måte: Storgata 14" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Hvordan kom du gjennom Storgata 14?" });
  await dialog.getByRole("button", { name: "Ble sluppet inn" }).focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => stage.intents).toEqual([{ intent: "passDoor", ...of, reason: "let_in" }]);
  await expect(dialog).toBeHidden();
  await expect(door.getByTestId("pass"), "the keyboard stays where it was").toBeFocused();

  const passed = { ...doors[0]!, passed: "let_in" };
  stage.show(view({ visit: visit({ doors: [passed, flat()] }) }));
  await expect(door.getByTestId("passed")).toContainText("Passert: noen slapp deg inn");
  await expect(door.getByTestId("door-outcome"), "an old refusal").toBeEmpty();
  await expect(door.getByTestId("slide")).toHaveCount(0);

  await door.getByRole("button", { name: "Åpne med e-lås likevel: Storgata 14" }).click();
  await page.getByRole("dialog").getByTestId("confirm-open").click();
  await expect.poll(() => stage.intents[1]).toEqual({ intent: "openDoor", ...of });
  await expect(door).toContainText("Åpner …");
  stage.show(view({ visit: visit({ doors: [{ ...passed, last: result("refused", "lock_busy") }, flat()] }) }));
  await expect(door.getByTestId("door-outcome"), "a new one").toContainText("Låsen er opptatt");
});

test("a door's code is nowhere on the page until it is asked for, and goes again", async ({ page, stage, url }) => {
  stage.view = view({ visit: visit({ doors: [stairwell({ hasLock: false, ...otherWays })] }) });
  stage.reply = codeIs("4711#");
  await open(page, url, "nb");
  const door = page.getByTestId("door");
  await expect(door).toContainText("17 B");
  expect(await page.content()).not.toContain("4711");
  await door.getByRole("button", { name: "Vis kode til Storgata 14" }).focus();
  await page.keyboard.press("Enter");
  await expect(door.getByRole("status").filter({ hasText: "4711#" })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(door.getByTestId("door-code")).toHaveCount(0);
  expect(await page.content()).not.toContain("4711");
  const looked = { intent: "showCode", dispatch: stage.view.visit?.id, door: stage.view.visit?.doors[0]?.id };
  expect(stage.intents, "that it was looked at is told each time").toEqual([looked]);

  await door.getByTestId("door-code-toggle").click();
  await expect(door.getByTestId("door-code")).toBeVisible();
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await expect(door.getByTestId("door-code"), "on a phone that was put away").toHaveCount(0);
});

test("a door without a lock is passed by one tap, and the keyboard stays at it", async ({ page, stage, url }) => {
  const door = stairwell({ hasLock: false, ...otherWays });
  stage.view = view({ visit: visit({ doors: [door] }) });
  await open(page, url, "nb");
  const choices = page.getByRole("group", { name: "Jeg er gjennom Storgata 14" }).getByRole("button");
  await expect(choices, "what the door has stands first").toHaveText([
    "Med fysisk nøkkel",
    "Med dørkode",
    "Døra var åpen",
    "Ble sluppet inn",
  ]);
  await choices.nth(1).focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => stage.intents).toEqual([
    { intent: "passDoor", dispatch: stage.view.visit?.id, door: door.id, reason: "door_code" },
  ]);
  stage.show(view({ visit: visit({ doors: [{ ...door, passed: "door_code" }] }) }));
  await expect(page.getByTestId("passed")).toContainText("Passert: med dørkode");
  await expect(choices).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Storgata 14" })).toBeFocused();
});

test("a new alert is told at once, and the heading of a new screen has the focus", async ({ page, stage, url }) => {
  stage.view = view();
  await open(page, url, "nb");
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  stage.show(view({ alerts: [alert()] }));
  await expect(page.getByRole("alert").filter({ hasText: "Ny alarm: Fall. Kari Nordmann" })).toBeAttached();
  await page.getByRole("navigation").getByRole("button", { name: "I dag" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Mine besøk i dag" })).toBeFocused();
});

test("an alarm that comes or goes under the thumb is not taken by mistake", async ({ page, stage, url }) => {
  const first = alert();
  const second = alert({ id: "2", raisedAt: at(-5) });
  stage.view = view({ alerts: [first] });
  await page.clock.install({ time: NOW });
  await open(page, url, "nb");
  await page.clock.pauseAt(at(10));
  stage.show(view({ alerts: [second, first] }));
  const accept = page.getByTestId("accept");
  await expect(page.getByTestId("alert").nth(1), "the new one comes below").toHaveAttribute("data-alert", "2");
  stage.show(view({ alerts: [{ ...second, unanswered: true }, first] }));
  await expect(page.getByTestId("alert").nth(1).locator(".ds-alert")).toBeVisible();
  await page.clock.runFor(1000);
  await expect(accept.first()).not.toHaveAttribute("aria-disabled");

  stage.show(view({ alerts: [second, { ...first, taken: true, takenBy: "Bo Lunde" }] }));
  await expect(accept).toHaveCount(1);
  await accept.dispatchEvent("click");
  await expect(accept).toHaveAttribute("aria-disabled", "true");
  await expect(accept, "and looks as ever").toHaveCSS("opacity", "1");
  expect(stage.intents).toEqual([]);
  await page.clock.runFor(1000);
  await accept.click();
  await expect.poll(() => stage.intents).toEqual([{ intent: "accept", dispatch: "2" }]);
});

test("an alarm is shown over a dialog, can be heard and gone to from there", async ({ page, stage, url }) => {
  stage.view = view({ visit: visit({ doors: [stairwell({ last: result("opened"), locked: false })] }) });
  await open(page, url, "nb");
  await page.getByTestId("finish").click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  stage.show({ ...stage.view, alerts: [alert({ id: "2" })] });
  await expect(dialog.getByRole("alert").filter({ hasText: "Ny alarm: Fall. Kari Nordmann" })).toBeAttached();
  const banner = page.getByTestId("alarm-banner");
  await expect(banner).toHaveCount(1);
  await banner.getByRole("button", { name: "Vis" }).click();
  await expect(page.getByRole("heading", { name: "Kari Nordmann" })).toBeFocused();
  await expect(page.getByTestId("alert")).toBeInViewport();
  await expect(dialog).toHaveCount(0);
  await expect(banner).toHaveCount(0);
});

test("a decline sends the reason that was tapped; a language change changes every text", async ({ page, stage, url }) => {
  stage.view = view({ alerts: [alert()] });
  await open(page, url, "nb");
  await page.getByTestId("decline").click();
  await page.getByRole("dialog").getByRole("button", { name: "For langt unna" }).click();
  await expect.poll(() => stage.intents).toEqual([{ intent: "decline", dispatch: stage.view.alerts[0]?.id, reason: "too_far" }]);
  await page.getByRole("banner").getByRole("button").click();
  await page.getByRole("button", { name: "Svenska" }).click();
  await expect(page.getByRole("button", { name: "Logga ut" })).toBeVisible();
  await page.getByRole("button", { name: "Stäng" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Larm" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "sv");
});

test("the arrival clock runs out on the screen", async ({ page, stage, url }) => {
  stage.view = view({ visit: visit({ arriveBy: at(2) }) });
  await open(page, url, "nb");
  await expect(page.getByTestId("arrival")).toContainText("0:02 igjen");
  await page.clock.setFixedTime(at(62));
  await expect(page.getByTestId("arrival")).toContainText("1:00 over tiden");
  stage.show(view({ visit: visit({ arriveBy: at(2) }), status: { ...stage.view.status, wallAheadS: 61 } }));
  await expect(page.getByTestId("arrival"), "not by a clock that is ahead").toContainText("0:01 igjen");
});

test("an answer that comes late is told, and takes nobody away from the alarms", async ({ page, stage, url }) => {
  stage.view = atHome();
  await open(page, url, "nb");
  const openAccess = async (): Promise<void> => {
    await page.getByRole("banner").getByRole("button").click();
    await page.getByTestId("open-access").click();
  };
  const asked = (intent: string): Promise<void> =>
    expect.poll(() => stage.intents.some((each) => (each as { intent: string }).intent === intent)).toBe(true);
  const alarms = page.getByRole("navigation").getByRole("button").first();

  await openAccess();
  await page.getByTestId("access-home").first().click();
  await page.getByTestId("give").click();
  await page.getByRole("radio", { name: "Bo Lunde" }).check();
  await page.getByTestId("give-now").click();
  await asked("giveAccess");
  await alarms.click();
  stage.answer({ ok: { outcome: "done" } });
  await openAccess();
  await expect(page.getByTestId("access-told")).toContainText("Bo Lunde har fått tilgang.");

  await page.getByTestId("access-home").first().click();
  await expect(page.getByTestId("access-told"), "told once").toBeEmpty();
  await page.getByTestId("take-away").first().click();
  await page.getByTestId("sure").click();
  await asked("takeAccessAway");
  await page.getByRole("dialog").getByRole("button", { name: "Lukk" }).click();
  await alarms.click();
  stage.answer({ problem: { problem: "noNetwork" } });
  await expect(page.getByRole("heading", { level: 1, name: "Alarmer" })).toBeVisible();
  await openAccess();
  await expect(page.getByRole("alert").filter({ hasText: "«Ta tilbake tilgangen til Bo Lunde?»" })).toBeVisible();
  await page.screenshot({ path: "test-results/screens/73-access-not-confirmed.png" });
});

test("an emergency that was asked for and left is not lost from sight", async ({ page, stage, url }) => {
  stage.view = view({ continuity: CONTINUITY });
  await open(page, url, "nb");
  await page.getByRole("navigation").getByRole("button", { name: "Besøk" }).click();
  await page.getByTestId("emergency").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Brukerens nummer").fill("1001");
  await dialog.getByLabel("Hva som skjer").fill("Roper om hjelp");
  await dialog.getByRole("button", { name: "Hent nøklene" }).click();
  await dialog.getByRole("button", { name: "Lukk" }).click();
  stage.answer({ problem: { problem: "noNetwork" } });
  await expect(page.getByRole("region", { name: "Nødsituasjon" }).getByRole("alert")).toContainText("Stasjonen svarer ikke.");
  await expect(page.getByTestId("call-contact")).toBeInViewport();
  await page.screenshot({ path: "test-results/screens/74-emergency-left.png" });
});

test("big buttons are big enough for gloves", async ({ page, stage, url }) => {
  stage.view = view({ alerts: [alert()], visit: visit() });
  await open(page, url, "sv");
  const large = async (ids: string[]): Promise<void> => {
    for (const id of ids) expect((await page.getByTestId(id).first().boundingBox())!.height, id).toBeGreaterThanOrEqual(56);
  };
  await large(["map", "call", "slide", "pass", "check-in", "finish"]);
  stage.show(view({ alerts: [alert()], visit: visit({ doors: [stairwell({ hasLock: false, ...otherWays })] }) }));
  await large(["door-code-toggle"]);
  for (const choice of await page.locator("[data-reason]").filter({ visible: true }).all()) {
    expect((await choice.boundingBox())!.height).toBeGreaterThanOrEqual(56);
  }
  await page.getByRole("navigation").getByRole("button").first().click();
  await large(["accept", "decline", "map", "call"]);
});

test("the ways through a door without a lock are on the first screen", async ({ page, stage, url }) => {
  stage.view = view({ visit: visit({ doors: [stairwell({ hasLock: false, ...otherWays }), flat()] }) });
  for (const language of languages) {
    await open(page, url, language);
    const menu = (await page.getByRole("navigation").boundingBox())!.y;
    const toggle = (await page.getByTestId("door-code-toggle").boundingBox())!;
    expect(toggle.y + toggle.height, language).toBeLessThanOrEqual(menu);
  }
});

for (const language of languages) {
  test(`what the worker needs at the door is on the first screen (${language})`, async ({ page, stage, url }) => {
    stage.view = view({ visit: visit() });
    await open(page, url, language);
    const menu = (await page.getByRole("navigation").boundingBox())!.y;
    const bottoms = [];
    for (const id of ["arrival", "way-in", "map", "slide"]) {
      const box = (await page.getByTestId(id).first().boundingBox())!;
      bottoms.push(box.y + box.height);
    }
    expect(bottoms, "in the order of the job").toEqual(bottoms.toSorted((a, b) => a - b));
    expect(bottoms.at(-1)).toBeLessThanOrEqual(menu);
  });
}
