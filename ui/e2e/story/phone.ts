import { expect, type Locator, type Page } from "@playwright/test";
import type { Worker } from "./place";

/** A phone in somebody's hand: what can be seen on it and tapped. The texts are Bokmål. */
export class PhoneInHand {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** A picture of the screen as it is, for the README. */
  async picture(name: string): Promise<void> {
    await this.page.screenshot({ path: `test-results/story/${name}.png` });
  }

  heading(name: string): Locator {
    return this.page.getByRole("heading", { level: 1, name });
  }

  async enrol(worker: Worker, station: string): Promise<void> {
    await this.page.goto(worker.url);
    await expect(this.heading("Ta telefonen i bruk")).toBeVisible();
    await this.page.getByLabel("Stasjonens adresse").fill(station);
    await this.page.getByLabel("Engangskode").fill(worker.code);
    await this.page.getByLabel("Navn på telefonen").fill(`Vest ${worker.staff_number}`);
    await this.page.getByRole("button", { name: "Ta i bruk" }).tap();
    await expect(this.heading("Logg inn")).toBeVisible();
  }

  async signIn(worker: Worker, pin = worker.pin): Promise<void> {
    await this.page.getByLabel("Ansattnummer").fill(worker.staff_number);
    await this.page.getByLabel("PIN-kode").fill(pin);
    await this.page.getByRole("button", { name: "Logg inn" }).tap();
  }

  /** The code for the shift: on a keypad, twice. */
  async chooseCode(code: string): Promise<void> {
    await expect(this.heading("Velg en kode for denne vakten")).toBeVisible();
    await this.typeCode(code);
    await expect(this.heading("Tast koden en gang til")).toBeVisible();
    await this.typeCode(code);
  }

  async typeCode(code: string): Promise<void> {
    for (const digit of code) await this.page.getByTestId(`key-${digit}`).tap();
    await this.page.getByTestId("keypad-done").tap();
  }

  /** Locks the app by its menu. */
  async lock(worker: Worker): Promise<void> {
    await this.page.getByRole("banner").getByRole("button", { name: worker.name }).tap();
    await this.page.getByTestId("lock-now").tap();
    await expect(this.heading("Låst")).toBeVisible();
  }

  async expectOnline(): Promise<void> {
    await expect(this.heading("Alarmer")).toBeVisible();
    await expect(this.page.getByTestId("status")).toContainText("På nett");
  }

  async expectEverythingSent(): Promise<void> {
    await expect(this.page.getByTestId("status")).toContainText("Alt er sendt");
  }

  alert(resident: string): Locator {
    return this.page.getByTestId("alert").filter({ has: this.page.getByRole("heading", { name: resident }) });
  }

  async decline(resident: string, reason: string): Promise<void> {
    await this.alert(resident).getByTestId("decline").tap();
    await this.page.getByRole("dialog").getByRole("button", { name: reason }).tap();
  }

  async accept(resident: string): Promise<void> {
    await this.alert(resident).getByTestId("accept").tap();
    await expect(this.heading(`Besøk hos ${resident}`)).toBeVisible();
  }

  door(kind: "stairwell" | "flat"): Locator {
    return this.page.locator(`[data-testid=door][data-kind=${kind}]`);
  }

  /** Drags the thumb of a door's slide from end to end with a finger. */
  async slideOpen(kind: "stairwell" | "flat"): Promise<void> {
    const thumb = this.door(kind).getByTestId("slide");
    await thumb.scrollIntoViewIfNeeded();
    const box = await thumb.boundingBox();
    if (box === null) throw new Error(`the ${kind} has no slide`);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    await this.page.mouse.move(x + 320, y, { steps: 8 });
    await this.page.mouse.up();
  }

  async expectOutcome(kind: "stairwell" | "flat", outcome: string): Promise<void> {
    await expect(this.door(kind).getByTestId("door-outcome")).toHaveAttribute("data-outcome", outcome);
  }

  async go(to: "Alarmer" | "Besøk" | "I dag"): Promise<void> {
    await this.page.getByRole("navigation").getByRole("button", { name: to }).tap();
  }
}
