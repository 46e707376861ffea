import { svelte } from "@sveltejs/vite-plugin-svelte";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The team lead's console, which the station serves. */
export default defineConfig({
  root: here("src/console"),
  publicDir: here("public"),
  plugins: [svelte({ configFile: here("svelte.config.js") })],
  // Wherever the station stands: /console/, or below a path of a proxy in front of it.
  base: "./",
  build: {
    outDir: here("dist-console"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
