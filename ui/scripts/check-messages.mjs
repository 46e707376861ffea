// Every message exists in every language, says something, and takes the same parameters. Anything else fails the build.
import { readFileSync } from "node:fs";
import { compareMessages } from "./messages.mjs";

const locales = ["nb", "sv", "en"];
const texts = Object.fromEntries(
  locales.map((locale) => [
    locale,
    JSON.parse(readFileSync(new URL(`../messages/${locale}.json`, import.meta.url), "utf8")),
  ]),
);
const faults = compareMessages(texts);
for (const fault of faults) console.error(`messages: ${fault}`);
if (faults.length > 0) process.exit(1);
