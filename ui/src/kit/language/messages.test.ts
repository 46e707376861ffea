import { describe, expect, it } from "vitest";
import { compareMessages } from "../../../scripts/messages.mjs";

describe("the check of the messages", () => {
  const good = { nb: { hello: "Hei {name}" }, sv: { hello: "Hej {name}" } };

  it("passes when every language has every message", () => {
    expect(compareMessages(good)).toEqual([]);
  });
  it("names what is missing or empty", () => {
    expect(compareMessages({ nb: { hello: "Hei" }, sv: {} })).toEqual(['sv has no "hello"']);
    expect(compareMessages({ nb: {}, sv: { hello: "Hej" } })).toEqual(['nb has no "hello"']);
    expect(compareMessages({ nb: { hello: "Hei" }, sv: { hello: " " } })).toEqual(['sv has no "hello"']);
  });
  it("names a parameter that a language lost", () => {
    expect(compareMessages({ nb: { hello: "Hei {name}" }, sv: { hello: "Hej" } })).toHaveLength(1);
  });
});
