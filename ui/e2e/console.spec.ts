import { expect, test as base, type Page } from "@playwright/test";
import { expectAccessible, languages, schemesOf } from "./accessible";
import { ADA, DISPATCH, KARI, NOTHING, ORDER, PERMISSION, PHONE, PLAN, SHIFT } from "./console/answers";
import { PICTURES, prepare } from "./console/list";
import { problem, Stage } from "./console/stage";
import { at, NOW } from "./screens/views";

const test = base.extend<{ stage: Stage; url: string; quiet: void }>({
  stage: async ({}, use) => {
    const stage = new Stage();
    prepare(stage, {});
    await use(stage);
    stage.stop();
  },
  url: async ({ stage }, use) => use(await stage.start()),
  // Whatever the page complains about fails the test, but for answers that are problems on purpose.
  quiet: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) complaints.push(message.text());
      });
      await page.clock.setFixedTime(NOW);
      await use();
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

const SIZES = [
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
];

interface Where {
  hash?: string;
  language?: string;
  signedOut?: boolean;
}

async function open(page: Page, url: string, { hash = "", language = "nb", signedOut = false }: Where = {}): Promise<void> {
  const session = signedOut ? null : JSON.stringify({ token: "t-1", endsAt: at(3600), staffNumber: "100" });
  await page.addInitScript(
    ([language, session]) => {
      localStorage.setItem("terskel.language", language!);
      if (session) sessionStorage.setItem("terskel.console.session", session);
    },
    [language, session],
  );
  // Another place alone would not load the page again.
  await page.goto(`${url}?${language}${hash}`);
  await expect(page.locator("html")).toHaveAttribute("lang", language);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await expect(page.locator("[data-loading]")).toHaveCount(0);
}

for (const picture of PICTURES) {
  test(picture.name, async ({ page, stage, url }) => {
    prepare(stage, picture);
    for (const language of languages) {
      await open(page, url, { hash: picture.hash, language, signedOut: picture.signedOut ?? false });
      await picture.go?.(page, stage);
      for (const size of SIZES) {
        await page.setViewportSize(size);
        const beside = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(beside, `beside the screen at ${size.width} px`).toBeLessThanOrEqual(0);
        // On a wide screen the same stands in other places.
        if (size.width > 390 && language !== "nb") continue;
        for (const colorScheme of schemesOf(language)) {
          await page.emulateMedia({ colorScheme });
          if (size.width === 390 || colorScheme === "light") await expectAccessible(page, { language, colorScheme });
          await page.evaluate(() => scrollTo(0, 0));
          const path = `test-results/console/${picture.name}.${size.width}.${language}.${colorScheme}.png`;
          await page.screenshot({ path, fullPage: true });
        }
      }
      await page.emulateMedia({ colorScheme: "light" });
      await page.setViewportSize(SIZES[0]!);
    }
  });
}

test("nothing lies beside a narrow screen", async ({ page, url }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const { hash, signedOut } of PICTURES.filter(({ answers }) => !answers)) {
    await open(page, url, { hash, signedOut: signedOut ?? false });
    const beside = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(beside, hash).toBeLessThanOrEqual(0);
  }
});

test("access is given in three clicks, also after a try that did not get through", async ({ page, stage, url }) => {
  await open(page, url, { hash: `#/homes/${KARI}` });
  await page.getByRole("link", { name: "Én gang" }).click();
  await page.getByRole("radio", { name: "Ada Solli" }).click();
  stage.gone = true;
  await page.getByRole("button", { name: "Gi tilgang" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Ingen kontakt med stasjonen." })).toBeVisible();
  stage.gone = false;
  await page.getByRole("button", { name: "Gi tilgang" }).click();
  await expect(page.getByTestId("told")).toContainText("Ada Solli har fått tilgang.");
  await expect(page.getByRole("heading", { level: 1, name: "Kari Nordmann" })).toBeFocused();
  const [sent] = stage.of("POST", "/v1/permissions");
  expect(sent?.authorization).toBe("Bearer t-1");
  expect(sent?.body).toMatchObject({
    who: { kind: "worker", worker: ADA },
    what: { kind: "residence", resident: KARI },
    when: { term: { kind: "once", from: "2026-03-01T21:04:00.000Z", until: "2026-03-02T09:04:00.000Z" } },
    condition: "on_shift",
    operations: ["open", "lock"],
  });
});

test("an answer that got lost is asked for again under the same id", async ({ page, stage, url }) => {
  stage.answers.set("POST /v1/permissions", problem(500, "internal"));
  await open(page, url, { hash: `#/homes/${KARI}/give/permanent` });
  await page.getByRole("radio", { name: "Alle på vakt i Hjemmesykepleien Vest" }).click();
  const send = page.getByRole("button", { name: "Gi tilgang" });
  await send.click();
  await expect(page.getByRole("alert").filter({ hasText: "Ingenting er lagret." })).toBeVisible();
  await send.click();
  await expect.poll(() => stage.of("POST", "/v1/permissions").length).toBe(2);
  const ids = stage.of("POST", "/v1/permissions").map(({ body }) => (body as { id: string }).id);
  expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(ids[1]).toBe(ids[0]);
});

test("a form that is not whole is not sent, and leads to what is missing", async ({ page, stage, url }) => {
  await open(page, url, { hash: `#/homes/${KARI}/give/period` });
  await page.getByRole("button", { name: "Gi tilgang" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Velg hvem som skal få tilgang." })).toBeVisible();
  await expect(page.getByRole("radio").first()).toBeFocused();
  await page.keyboard.press("Space");
  await page.getByLabel("Til", { exact: true }).fill("2026-02-01T10:00");
  await page.getByRole("button", { name: "Gi tilgang" }).click();
  await expect(page.getByLabel("Til", { exact: true })).toBeFocused();
  expect(stage.of("POST", "/v1/permissions")).toEqual([]);
});

test("what is taken away is asked about first, and says what came of it", async ({ page, stage, url }) => {
  stage.answers.set("GET /v1/withdrawals", { body: { phones: [] } });
  await open(page, url, { hash: `#/homes/${KARI}` });
  await page.getByTestId("permissions").getByRole("button", { name: "Ta tilbake" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Ta tilbake tilgangen til Ada Solli?" });
  await expect(dialog).toContainText("Ada Solli: Storgata 14");
  expect(stage.of("DELETE", "/v1/permissions")).toEqual([]);
  stage.answers.set("GET /v1/withdrawals", { body: { phones: [ORDER] } });
  await dialog.getByTestId("sure").click();
  await expect(dialog).toBeHidden();
  expect(stage.of("DELETE", "/v1/permissions").map(({ path }) => path)).toEqual([`/v1/permissions/${PERMISSION}`]);
  const told = page.getByTestId("told");
  await expect(told).toContainText("Tilgangen til Ada Solli er tatt tilbake.");
  await expect(told.getByTestId("withdrawal")).toHaveAttribute("data-state", "waiting");
  stage.answers.set("GET /v1/withdrawals", { body: { phones: [{ ...ORDER, confirmed_at: at(1) }] } });
  await expect(told.getByTestId("withdrawal"), "without anybody asking").toHaveAttribute("data-state", "confirmed");
});

test("an answer that comes late is told, and takes nobody away from where they are", async ({ page, stage, url }) => {
  const give = page.getByRole("button", { name: "Gi tilgang", exact: true });
  await open(page, url, { hash: `#/homes/${KARI}/give/permanent` });
  await page.getByRole("radio").first().check();
  let letGo = stage.hold();
  await give.click();
  await expect.poll(() => stage.of("POST", "/v1/permissions").length).toBe(1);
  await page.getByRole("navigation").getByRole("link", { name: "E-låser" }).click();
  letGo();
  await expect(page.getByTestId("told")).toContainText("har fått tilgang.");
  await expect(page.getByRole("heading", { level: 1, name: "E-låser" })).toBeVisible();

  await page.goto(`${url}?nb#/homes/${KARI}`);
  stage.answers.set(`DELETE /v1/permissions/${PERMISSION}`, problem(500, "internal"));
  letGo = stage.hold();
  await page.getByTestId("permissions").getByRole("button", { name: "Ta tilbake" }).first().click();
  await page.getByTestId("sure").click();
  await page.getByRole("dialog").getByRole("button", { name: "Lukk" }).click();
  await page.getByRole("navigation").getByRole("link", { name: "Lag" }).click();
  letGo();
  await expect(page.getByTestId("missed")).toContainText("«Ta tilbake tilgangen til Ada Solli?»");
  await expect(page.getByTestId("missed"), "wherever one is on the screen").toBeInViewport();
  await page.screenshot({ path: "test-results/console/21-missed.png" });
  await page.getByTestId("missed").getByRole("button", { name: "Lukk" }).click();
  await expect(page.getByTestId("missed")).toBeEmpty();
});

test("a lost phone is barred, and a shift is ended", async ({ page, stage, url }) => {
  await open(page, url, { hash: "#/team" });
  const ada = page.getByRole("listitem", { name: "Ada Solli" });
  await ada.getByRole("button", { name: "Meld telefonen mistet" }).click();
  await page.getByTestId("sure").click();
  await expect(page.getByTestId("told")).toContainText("Vest 3 er sperret.");
  expect(stage.of("POST", "/v1/phones").map(({ path }) => path)).toEqual([`/v1/phones/${PHONE}/loss`]);
  await ada.getByRole("button", { name: "Avslutt vakten" }).click();
  await page.getByTestId("sure").click();
  await expect(page.getByTestId("told")).toContainText("Vakten til Ada Solli er avsluttet.");
  expect(stage.of("POST", "/v1/shifts").map(({ path }) => path)).toEqual([`/v1/shifts/${SHIFT}/end`]);
});

test("a worker who has forgotten the PIN gets another, which is shown once", async ({ page, stage, url }) => {
  await open(page, url, { hash: "#/team" });
  const ada = page.getByRole("listitem", { name: "Ada Solli" });
  await ada.getByRole("button", { name: "Ny PIN" }).click();
  const dialog = page.getByRole("dialog", { name: "Ny PIN til Ada Solli?" });
  const field = dialog.getByLabel("Ny PIN");
  await expect(field).toHaveValue(/^\d{6}$/);
  stage.answers.set(`POST /v1/workers/${ADA}/pin`, problem(422, "invalid", { field: "pin" }));
  await field.fill("12");
  await dialog.getByTestId("sure").click();
  await expect(field).toHaveAttribute("aria-invalid", "true");
  stage.answers.set(`POST /v1/workers/${ADA}/pin`, { status: 204 });
  await field.fill("864208");
  await dialog.getByTestId("sure").click();
  await expect(dialog).toBeHidden();
  await expect(page.getByTestId("told")).toContainText("Ada Solli har fått ny PIN.");
  expect(stage.of("POST", "/v1/workers").map(({ body }) => body)).toEqual([{ pin: "12" }, { pin: "864208" }]);
  await expect(page.locator("body")).not.toContainText("864208");
});

test("of two leads who write whom to call, the second sees both and chooses", async ({ page, stage, url }) => {
  await open(page, url, { hash: "#/team" });
  await page.getByRole("link", { name: "Hvis noe ikke virker" }).click();
  await page.getByRole("button", { name: "Legg til en kontakt" }).click();
  const fourth = page.getByRole("group", { name: "Kontakt 4" });
  await fourth.getByLabel("Navn").fill("Vaktmester");
  await page.getByRole("button", { name: "Lagre" }).click();
  await expect(fourth.getByLabel("Telefonnummer"), "what is missing").toBeFocused();
  expect(stage.of("PUT", "/v1/team/continuity")).toEqual([]);
  await fourth.getByLabel("Telefonnummer").fill("900 11 222");
  stage.answers.set("PUT /v1/team/continuity", problem(409, "conflict", { field: "instead_of" }));
  const theirs = { plan: "Bo ringer alle.", contacts: [], changed_at: at(-60), changed_by: "Bo Lunde" };
  stage.answers.set("GET /v1/team/continuity", { body: theirs });
  await page.getByRole("button", { name: "Lagre" }).click();
  const meanwhile = page.getByTestId("meanwhile");
  await expect(meanwhile).toContainText("Bo Lunde har endret dette mens du skrev");
  await expect(meanwhile).toContainText("Bo ringer alle.");
  await expect(fourth.getByLabel("Navn"), "nothing is lost").toHaveValue("Vaktmester");
  stage.answers.set("PUT /v1/team/continuity", { body: PLAN });
  await meanwhile.getByRole("button", { name: "Lagre mitt i stedet" }).click();
  await expect(page.getByTestId("told")).toContainText("Lagret.");
  const [first, second] = stage.of("PUT", "/v1/team/continuity").map(({ body }) => body as Record<string, unknown>);
  expect(first).toMatchObject({ instead_of: PLAN.changed_at });
  expect(second).toEqual({ ...first, instead_of: theirs.changed_at });
});

test("a session that is over asks to sign in again, covers what was shown, and loses nothing that was typed", async ({ page, stage, url }) => {
  await open(page, url, { hash: `#/homes/${KARI}/give/once` });
  await page.getByRole("radio", { name: "Bo Lunde" }).click();
  await page.getByLabel("Hvorfor").fill("Avløser Ada");
  stage.answers.set("POST /v1/permissions", problem(401, "unauthenticated"));
  await page.getByRole("button", { name: "Gi tilgang" }).click();
  const dialog = page.getByRole("dialog", { name: "Logg inn igjen" });
  await expect(page.getByText("Hjemmesykepleien Vest")).toBeHidden();
  await dialog.getByLabel("Ansattnummer").fill("100");
  await dialog.getByLabel("PIN-kode").fill("96321");
  await dialog.getByRole("button", { name: "Logg inn" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByLabel("Hvorfor")).toHaveValue("Avløser Ada");
  prepare(stage, {});
  await page.getByRole("button", { name: "Gi tilgang" }).click();
  await expect(page.getByTestId("told")).toBeVisible();
  expect(stage.of("POST", "/v1/permissions").at(-1)).toMatchObject({ authorization: "Bearer t-2", body: { note: "Avløser Ada" } });
});

test("another lead who signs in over a session that is over sees nothing of the one before", async ({ page, stage, url }) => {
  await open(page, url, { hash: `#/homes/${KARI}` });
  await expect(page.getByTestId("access-now")).toContainText("Ada Solli");
  for (const path of ["residents", `residents/${KARI}/access`, "team", "locks", "break-glass", "withdrawals"]) {
    stage.answers.set(`GET /v1/${path}`, problem(401, "unauthenticated"));
  }
  await page.getByRole("link", { name: "Én gang" }).click();
  const dialog = page.getByRole("dialog", { name: "Logg inn igjen" });
  await dialog.getByLabel("Ansattnummer").fill("200");
  await dialog.getByLabel("PIN-kode").fill("13579");
  // Of another team: its station knows no such home for her.
  prepare(stage, { answers: NOTHING });
  for (const path of ["residents", "team"]) stage.answers.set(`GET /v1/${path}`, problem(500, "internal"));
  await dialog.getByRole("button", { name: "Logg inn" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("alert").filter({ visible: true }).first()).toBeVisible();
  expect(await page.content()).not.toMatch(/Nordmann|Solli|Hjemmesykepleien/);
});

test("who signs out leaves nothing behind, and no address has a secret in it", async ({ page, stage, url }) => {
  await open(page, url, { signedOut: true });
  await page.getByLabel("Ansattnummer").fill("100");
  await page.getByLabel("PIN-kode").fill("96321");
  await page.getByRole("button", { name: "Logg inn" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Hjem" })).toBeVisible();
  expect(stage.of("POST", "/v1/lead-session").map(({ body }) => body)).toEqual([{ staff_number: "100", pin: "96321" }]);
  expect(page.url() + stage.asked.map(({ path, query }) => path + JSON.stringify(query)).join()).not.toMatch(/t-2|96321/);
  await page.getByRole("button", { name: "Konto" }).click();
  await page.getByRole("button", { name: "Logg ut" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Logg inn" })).toBeVisible();
  await expect.poll(() => stage.of("DELETE", "/v1/session")).toHaveLength(1);
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  expect(await page.content()).not.toContain("Nordmann");
});

test("who was inside is asked for the times in the fields", async ({ page, stage, url }) => {
  await open(page, url, { hash: `#/homes/${KARI}/inside` });
  await page.getByLabel("Fra", { exact: true }).fill("2026-02-01T08:00");
  await page.getByLabel("Til", { exact: true }).fill("2026-02-01T16:00");
  await expect.poll(() => stage.of("GET", `/v1/residents/${KARI}/presence`).at(-1)?.query).toEqual({
    from: "2026-02-01T07:00:00.000Z",
    to: "2026-02-01T15:00:00.000Z",
  });
  await expect(page.getByTestId("stays").getByRole("listitem").nth(1)).toContainText("Ikke meldt ut");
});

test("a visit is taken out as a bundle and as a table", async ({ page, url }) => {
  await open(page, url, { hash: `#/visits/${DISPATCH}` });
  const bundle = page.waitForEvent("download");
  await page.getByRole("button", { name: "Signert pakke" }).click();
  expect((await bundle).suggestedFilename()).toBe(`terskel-${DISPATCH}.cbor`);
  const table = page.waitForEvent("download");
  await page.getByRole("button", { name: "Regneark (CSV)" }).click();
  expect((await table).suggestedFilename()).toBe(`terskel-${DISPATCH}.csv`);
});

test("on paper there are facts, and nothing to be pressed", async ({ page, url }) => {
  await open(page, url, { hash: `#/visits/${DISPATCH}` });
  await page.emulateMedia({ media: "print" });
  await expect(page.getByTestId("trail")).toBeVisible();
  await expect(page.getByRole("navigation")).toBeHidden();
  await expect(page.getByRole("button", { name: "Skriv ut" })).toBeHidden();
  await page.screenshot({ path: "test-results/console/18-print.png", fullPage: true });
});

test("an old answer stays on the screen when the station is gone, and says how old it is", async ({ page, stage, url }) => {
  await open(page, url, { hash: `#/homes/${KARI}` });
  stage.gone = true;
  await page.getByRole("link", { name: "Fast", exact: true }).click();
  await page.goBack();
  await expect(page.getByRole("alert").filter({ hasText: "Ingen kontakt med stasjonen." })).toBeVisible();
  stage.gone = false;
  await page.getByRole("button", { name: "Prøv igjen" }).click();
  await expect(page.getByTestId("access-now")).toContainText("Ada Solli");
  stage.gone = true;
  await page.getByTestId("permissions").getByRole("button", { name: "Ta tilbake" }).first().click();
  await page.getByTestId("sure").click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("Ingen kontakt med stasjonen.");
  await expect(page.getByTestId("access-now"), "what was known").toContainText("Ada Solli");
});

test("everything is reached by keyboard, and a new screen is read from its heading", async ({ page, url }) => {
  await open(page, url, { hash: "#/homes" });
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await page.getByRole("link", { name: /^Kari Nordmann/ }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Kari Nordmann" })).toBeFocused();
  await page.getByTestId("permissions").getByRole("button").first().focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByTestId("permissions").getByRole("button").first()).toBeFocused();
});
