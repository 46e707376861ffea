import { describe, expect, it } from "vitest";
import { DAYS, wordDay, wordDays } from "./weekday";

describe("days of the week", () => {
  it("have the names of the language", () => {
    expect(DAYS.map((day) => wordDay(day, "en"))).toEqual(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]);
    expect(wordDay("Sun", "sv")).toBe("sön");
    expect(wordDay("Someday", "nb")).toBe("Someday");
  });
  it("that follow each other are a range, in whatever order they came", () => {
    expect(wordDays(["Wed", "Mon", "Tue"], "en")).toBe("Mon–Wed");
    expect(wordDays([...DAYS], "en")).toBe("Mon–Sun");
    expect(wordDays(["Fri", "Sat"], "en")).toBe("Fri, Sat");
    expect(wordDays(["Mon", "Wed", "Sun"], "en")).toBe("Mon, Wed, Sun");
    expect(wordDays(["Mon", "Mon", "Someday"], "en")).toBe("Mon, Mon, Someday");
  });
});
