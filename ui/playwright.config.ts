import { defineConfig } from "@playwright/test";

/** A phone's screen, and a browser that talks to nobody by itself. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results/playwright",
  forbidOnly: true,
  retries: 0,
  reporter: [["list"]],
  use: {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    locale: "nb-NO",
    timezoneId: "Europe/Oslo",
    contextOptions: { reducedMotion: "reduce" },
    screenshot: "only-on-failure",
    launchOptions: {
      // Chromium without what draws windows: the same engine for two thirds of the work.
      executablePath: process.env["TERSKEL_CHROMIUM"] ?? "/usr/bin/chromium-headless-shell",
      args: [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-domain-reliability",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
  projects: [
    // Every screen, from fixed views, on the built interface.
    { name: "screens", testMatch: "screens.spec.ts", fullyParallel: true, timeout: 120_000 },
    // The console: every screen and what can be done on it, from fixed answers.
    { name: "console", testMatch: "console.spec.ts", fullyParallel: true, timeout: 120_000 },
    // The job by tapping, on the real engine: `cargo xtask test` starts it and says where it is.
    { name: "story", testMatch: "story.spec.ts", timeout: 120_000, expect: { timeout: 20_000 } },
    // On the same stage, when the story is over: the lead at a desk.
    {
      name: "console-story",
      testMatch: "console-story.spec.ts",
      dependencies: ["story"],
      timeout: 120_000,
      expect: { timeout: 20_000 },
      use: { viewport: { width: 1280, height: 800 }, hasTouch: false },
    },
  ],
});
