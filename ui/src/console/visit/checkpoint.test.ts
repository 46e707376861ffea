import { describe, expect, it } from "vitest";
import { readCheckpoint } from "./checkpoint";

describe("a checkpoint", () => {
  it("tells whose log, how long it was, and the hash over all of it", () => {
    const note = "stasjon.example/log\n42\nq83v\n\n— stasjon.example/log 3q2+7w==\n";
    expect(readCheckpoint(note)).toEqual({ origin: "stasjon.example/log", size: 42, root: "q83v" });
  });
  it("is none when a line is not what it should be", () => {
    for (const note of ["", "a", "a\n12", "a\n-1\nr", "a\n1e3\nr", "a\n012\nr", "a\n9999999999999999\nr"]) {
      expect(readCheckpoint(note), note).toBeNull();
    }
  });
});
