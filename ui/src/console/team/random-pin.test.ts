import { describe, expect, it } from "vitest";
import { randomPin } from "./random-pin";

describe("a PIN that nobody has thought of", () => {
  it("has six digits, and leaves out what would make some likelier", () => {
    let calls = 0;
    const bytes = [
      [255, 254, 253, 252, 251, 250, 249, 0],
      [1, 12, 23, 34, 45, 56, 67, 78],
    ];
    expect(randomPin(() => Uint8Array.from(bytes[calls++] ?? []))).toBe("901234");
    expect(randomPin()).toMatch(/^\d{6}$/);
  });
});
