import { expect, it } from "vitest";
import { press } from "./typed";

it("takes digits, gives them back, and nothing else", () => {
  const typed = ["2", "5", "x", "Tab", "8", "Backspace", "0", "٣"].reduce(press, "");
  expect(typed).toBe("250");
  expect(press("", "Backspace")).toBe("");
  expect(press("12345678", "9")).toBe("12345678");
});
