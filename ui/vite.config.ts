import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  // The shell and the headless engine serve the same files from different roots.
  base: "./",
  build: { outDir: "dist", target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  // The app reads its own machine's zone; tests need one that is not UTC.
  test: { include: ["src/**/*.test.ts"], environment: "node", env: { TZ: "Europe/Oslo" } },
});
