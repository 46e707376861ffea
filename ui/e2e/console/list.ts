import type { Page } from "@playwright/test";
import { ANSWERS, DISPATCH, KARI, NOTHING } from "./answers";
import { problem, type Fixed, type Stage } from "./stage";

/** A screen to look at: where it is, what the station answers besides, and how one gets there. */
export interface Picture {
  name: string;
  hash: string;
  signedOut?: boolean;
  answers?: [string, Fixed][];
  go?: (page: Page, stage: Stage) => Promise<void>;
}

const signIn = async (page: Page): Promise<void> => {
  await page.locator("input[name=staff-number]").fill("100");
  await page.locator("input[name=pin]").fill("96321");
  await page.locator("button[type=submit]").click();
  await page.getByRole("alert").locator(".ds-alert").waitFor();
};
const locked = problem(429, "locked_out", { retry_after_s: 272 });

/** Every screen, in the states that look different. */
export const PICTURES: Picture[] = [
  { name: "01-sign-in", hash: "", signedOut: true },
  { name: "02-locked-out", hash: "", signedOut: true, answers: [["POST /v1/lead-session", locked]], go: signIn },
  { name: "03-homes", hash: "#/homes" },
  { name: "04-home", hash: `#/homes/${KARI}` },
  {
    name: "05-take-away",
    hash: `#/homes/${KARI}`,
    go: (page) => page.getByTestId("permissions").getByRole("button").first().click(),
  },
  { name: "06-give-once", hash: `#/homes/${KARI}/give/once` },
  {
    name: "07-give-period-with-hours",
    hash: `#/homes/${KARI}/give/period`,
    go: async (page) => {
      await page.locator("[data-field=hours] button").click();
      await page.locator("button[type=submit]").click();
    },
  },
  { name: "08-inside", hash: `#/homes/${KARI}/inside` },
  { name: "09-visits", hash: "#/visits" },
  {
    name: "10-visit",
    hash: `#/visits/${DISPATCH}`,
    go: async (page) => {
      await page.locator("summary").nth(6).click();
      await page.getByTestId("inclusion").waitFor();
    },
  },
  { name: "11-locks", hash: "#/locks", go: (page) => page.locator("summary").first().click() },
  { name: "12-reviews", hash: "#/reviews" },
  {
    name: "22-reviews-without-locks",
    hash: "#/reviews",
    answers: [["GET /v1/locks", problem(500, "internal")]],
    go: (page) => page.getByTestId("review").first().waitFor(),
  },
  { name: "13-team", hash: "#/team" },
  {
    name: "17-phone-lost",
    hash: "#/team",
    go: async (page) => {
      await page.getByTestId("team").getByRole("button").first().click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "18-new-pin",
    hash: "#/team",
    go: async (page) => {
      await page.getByTestId("team").getByRole("listitem").first().getByRole("button").last().click();
      // Each time another one.
      await page.getByRole("dialog").locator("input").fill("864208");
    },
  },
  { name: "19-continuity", hash: "#/team/continuity" },
  {
    name: "20-continuity-meanwhile",
    hash: "#/team/continuity",
    answers: [["PUT /v1/team/continuity", problem(409, "conflict", { field: "instead_of" })]],
    go: async (page) => {
      await page.locator("textarea").fill("Ring nabolaget.");
      await page.locator("button[type=submit]").click();
      await page.getByTestId("meanwhile").waitFor();
    },
  },
  { name: "14-nothing-yet", hash: `#/homes/${KARI}`, answers: NOTHING },
  {
    name: "15-unreachable",
    hash: "#/locks",
    answers: [["GET /v1/locks", problem(500, "internal")]],
  },
  {
    name: "16-sign-in-again",
    hash: `#/homes/${KARI}/give/once`,
    answers: [["POST /v1/permissions", problem(401, "unauthenticated")]],
    go: async (page) => {
      await page.locator("input[type=radio]").first().check();
      await page.locator("button[type=submit]").click();
      await page.getByRole("dialog").waitFor();
    },
  },
];

/** Sets what the station says on a screen. */
export function prepare(stage: Stage, picture: Pick<Picture, "answers">): void {
  stage.answers.clear();
  for (const [asked, answer] of [...ANSWERS, ...(picture.answers ?? [])]) stage.answers.set(asked, answer);
}
