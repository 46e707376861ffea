import { describe, expect, it } from "vitest";
import { chooseLocale } from "./locale";

describe("the language at first start", () => {
  it("is what the person chose before", () => {
    expect(chooseLocale("sv", ["en-GB"])).toBe("sv");
  });
  it("is Bokmål for every kind of Norwegian", () => {
    expect(chooseLocale(undefined, ["nn-NO", "en"])).toBe("nb");
    expect(chooseLocale(undefined, ["no"])).toBe("nb");
    expect(chooseLocale(undefined, ["nb-NO"])).toBe("nb");
  });
  it("is the first of the phone's languages that there is a text for", () => {
    expect(chooseLocale(undefined, ["pl-PL", "sv-FI", "en"])).toBe("sv");
  });
  it("is Bokmål when none fits", () => {
    expect(chooseLocale(undefined, ["pl", "constructor"])).toBe("nb");
    expect(chooseLocale(undefined, [])).toBe("nb");
  });
});
