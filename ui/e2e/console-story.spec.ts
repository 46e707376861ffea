import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { KARI, place } from "./story/place";

/** What the lead looks at when the story of the phones has been played. */
test("the lead lets somebody in, takes it back, and answers for the visit", async ({ page }) => {
  const here = place();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  const { step } = test;
  const heading = (name: string) => page.getByRole("heading", { level: 1, name });

  await step("a wrong PIN is told; the right one signs in", async () => {
    await page.goto(`${here.station}/console/`);
    await signIn(page, here.lead.staff_number, "000000");
    await expect(page.getByRole("alert").filter({ hasText: "Ansattnummer eller PIN-kode er feil." })).toBeVisible();
    complaints.splice(0);
    await signIn(page, here.lead.staff_number, here.lead.pin);
    await expect(heading("Hjem")).toBeVisible();
  });

  await step("nobody has been given access to Kari's home", async () => {
    await page.getByRole("link", { name: new RegExp(`^${KARI.name}`) }).click();
    await expect(heading(KARI.name)).toBeVisible();
    await expect(page.getByText("Ingen har fått egen tilgang hit.")).toBeVisible();
  });

  await step("in three clicks Ada can get in once", async () => {
    await page.getByRole("link", { name: "Én gang" }).click();
    await page.getByRole("radio", { name: here.ada.name }).click();
    await page.getByRole("button", { name: "Gi tilgang" }).click();
    await expect(page.getByTestId("told")).toContainText(`${here.ada.name} har fått tilgang.`);
    const ada = page.getByTestId("access-now").getByRole("listitem").filter({ hasText: here.ada.name }).first();
    await expect(ada).toContainText("Én gang");
    await expect(page.locator("[data-testid=keys-out] [data-permission]"), "her phone has fetched the keys").toHaveCount(2);
    await look(page);
    await picture(page, "console-1-home");
  });

  await step("it is taken away, and her phone says that it has wiped the keys", async () => {
    await page.getByTestId("permissions").getByRole("button", { name: "Ta tilbake" }).click();
    await page.getByTestId("sure").click();
    await expect(page.getByTestId("told")).toContainText(`Tilgangen til ${here.ada.name} er tatt tilbake.`);
    await expect(page.getByTestId("told").getByTestId("withdrawal")).toHaveAttribute("data-state", "confirmed");
    await expect(page.getByTestId("permissions").getByRole("listitem")).toHaveCount(0);
    await expect(page.getByTestId("access-now")).not.toContainText("Én gang");
  });

  await step("Ada was inside, and the hub has signed it", async () => {
    await page.getByRole("link", { name: "Hvem var inne?" }).click();
    const stay = page.getByTestId("stays").getByRole("listitem").filter({ hasText: here.ada.name });
    for (const shown of ["Åpnet døra", "Sjekket inn", "Sjekket ut", "Låste døra", "Kvittering fra velferdshuben"]) {
      await expect(stay).toContainText(shown);
    }
    await look(page);
    await stay.getByRole("link", { name: "Til besøket" }).click();
  });

  await step("the visit stands there with its proofs, and is taken out", async () => {
    await expect(heading(`Besøk hos ${KARI.name}`)).toBeVisible();
    const trail = page.getByTestId("trail");
    await expect(trail.getByRole("listitem").filter({ hasText: "Døra åpnet" })).toHaveCount(2);
    await trail.locator("summary").first().click();
    await expect(trail.getByTestId("inclusion")).toContainText("Plass i loggen");
    await look(page);
    await picture(page, "console-2-visit");
    const taken = page.waitForEvent("download");
    await page.getByRole("button", { name: "Signert pakke" }).click();
    expect((await readFile(await (await taken).path())).length).toBeGreaterThan(1000);
  });

  await step("the locks of the home say how they are", async () => {
    await page.getByRole("navigation", { name: "Hovedmeny" }).getByRole("link", { name: "E-låser" }).click();
    await expect(page.getByTestId("locks").getByRole("listitem").filter({ hasText: "Batteri" }).first()).toContainText("%");
    await look(page);
    await picture(page, "console-3-locks");
  });
  expect(complaints).toEqual([]);
});

async function signIn(page: Page, staffNumber: string, pin: string): Promise<void> {
  await page.getByLabel("Ansattnummer").fill(staffNumber);
  await page.getByLabel("PIN-kode").fill(pin);
  await page.getByRole("button", { name: "Logg inn" }).click();
}

async function look(page: Page): Promise<void> {
  // Legacy mode: no frames are looked for, and there are none.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}

/** A picture of the screen as it is, for the README. */
async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `test-results/story/${name}.png` });
}
