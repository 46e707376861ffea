import { describe, expect, it } from "vitest";
import { troubleOf } from "./trouble";

describe("a problem of the station", () => {
  it("is known by its code, with field and time", () => {
    const problem = { type: "urn:terskel:problem:invalid", code: "invalid", field: "note", retry_after_s: 9, detail: "x" };
    expect(troubleOf(problem, 400)).toEqual({ code: "invalid", field: "note", seconds: 9 });
  });
  it("is told by the status when something else answered", () => {
    expect(troubleOf("<html>", 502)).toEqual({ code: "http_502" });
    expect(troubleOf(null, 500)).toEqual({ code: "http_500" });
    expect(troubleOf({ code: 5 }, 404)).toEqual({ code: "http_404" });
  });
});
