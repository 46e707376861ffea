import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { PhoneInHand } from "./story/phone";
import { KARI, movements, place, raise } from "./story/place";

test("from an alarm to a closed visit, by tapping", async ({ browser }) => {
  const here = place();
  const kari = KARI.name;
  const take = async (): Promise<PhoneInHand> => new PhoneInHand(await (await browser.newContext()).newPage());
  const [ada, bo] = [await take(), await take()];
  const complaints: string[] = [];
  for (const { page } of [ada, bo]) page.on("pageerror", (error) => complaints.push(error.message));
  const step = test.step;
  const look = async (phone: PhoneInHand): Promise<void> => {
    // Legacy mode: no frames are looked for, and there are none.
    const { violations } = await new AxeBuilder({ page: phone.page }).setLegacyMode(true).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
  };

  await step("both phones are taken into use", async () => {
    await ada.enrol(here.ada, here.station);
    await bo.enrol(here.bo, here.station);
  });

  await step("a wrong PIN is told; the right one signs in", async () => {
    await ada.signIn(here.ada, "000000");
    await expect(ada.page.getByRole("alert").filter({ hasText: "Ansattnummer eller PIN-kode er feil." })).toBeVisible();
    await ada.picture("1-sign-in");
    await ada.signIn(here.ada);
    await bo.signIn(here.bo);
    await ada.chooseCode("7391");
    await bo.chooseCode("1379");
    await ada.expectOnline();
    await bo.expectOnline();
  });

  await step("Kari presses her alarm: Ada's locked phone shows that there is one, and nothing about whom", async () => {
    await ada.lock(here.ada);
    await raise(here, `story-${Date.now()}`, "button");
    await expect(ada.page.getByTestId("locked-alarm")).toContainText("Ny alarm");
    await expect(ada.page.getByText("Nordmann")).toHaveCount(0);
    await look(ada);
    await ada.typeCode("7392");
    await expect(ada.page.getByText("Koden var feil.")).toBeVisible();
    await ada.typeCode("7391");
  });

  await step("both phones show it", async () => {
    for (const phone of [ada, bo]) {
      await expect(phone.alert(kari)).toContainText("Trygghetsalarm");
      await expect(phone.alert(kari)).toContainText("Svarer ikke på toveis tale.");
    }
    await ada.picture("2-alert");
    await look(ada);
  });

  await step("Bo declines, Ada accepts, Bo sees it taken", async () => {
    await bo.decline(kari, "For langt unna");
    await expect(bo.page.getByTestId("settled-alert")).toContainText("Du har avslått");
    await ada.accept(kari);
    await expect(bo.page.getByTestId("settled-alert")).toContainText(`Tatt av ${here.ada.name}`);
    await expect(ada.page.getByTestId("arrival")).toContainText("igjen");
    await bo.picture("3-taken");
    await ada.picture("4-visit");
    await look(ada);
  });

  for (const kind of ["stairwell", "flat"] as const) {
    await step(`Ada slides the ${kind} open`, async () => {
      await ada.slideOpen(kind);
      await ada.expectOutcome(kind, "opened");
      await ada.door(kind).scrollIntoViewIfNeeded();
      await ada.picture(kind === "stairwell" ? "5-stairwell-open" : "6-flat-open");
    });
  }

  await step("she checks in, and out", async () => {
    await ada.page.getByTestId("check-in").tap();
    await expect(ada.page.getByTestId("arrival")).toContainText("Sjekket inn");
    await ada.page.getByTestId("hub").scrollIntoViewIfNeeded();
    await ada.picture("7-checked-in");
    await ada.page.getByTestId("check-out").tap();
    await expect(ada.page.getByTestId("arrival")).toContainText("Sjekket ut");
  });

  await step("ending before the flat is locked is warned of", async () => {
    await ada.page.getByTestId("finish").tap();
    await expect(ada.page.getByRole("dialog")).toContainText("er ikke meldt låst");
    await ada.page.getByRole("button", { name: "Tilbake til besøket" }).tap();
  });

  await step("she locks the flat and ends the visit", async () => {
    await ada.door("flat").getByRole("button", { name: /^Lås / }).tap();
    await ada.expectOutcome("flat", "locked");
    await look(ada);
    await ada.page.getByTestId("finish").tap();
    const anyway = ada.page.getByTestId("finish-anyway");
    await expect(anyway.or(ada.heading("Mine besøk i dag"))).toBeVisible();
    // The stairwell locks behind her by itself: whether its lock has told so is the lock's affair.
    if (await anyway.isVisible()) await anyway.tap();
  });

  await step("the visit stands in the list, and everything is sent", async () => {
    await expect(ada.heading("Mine besøk i dag")).toBeVisible();
    const row = ada.page.getByTestId("visit-row");
    await expect(row).toContainText(kari);
    await expect(row).toContainText("Avsluttet");
    await ada.expectEverythingSent();
    await ada.picture("8-today");
    await bo.expectEverythingSent();
    await look(ada);
  });

  await step("the bolts moved once for each slide, and no more", async () => {
    expect(await movements(here, KARI.locks.flat)).toEqual(["unlocked", "locked"]);
    const stairwell = await movements(here, KARI.locks.stairwell);
    expect(stairwell.filter((what) => what === "unlocked")).toHaveLength(1);
  });
  expect(complaints).toEqual([]);
});
