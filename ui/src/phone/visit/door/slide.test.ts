import { describe, expect, it } from "vitest";
import { dragged, held, isEnd, isEnough, keyed } from "./slide";

describe("a slide by finger", () => {
  it("follows the finger and stays on its track", () => {
    expect(dragged(20, 120, 200)).toBe(0.5);
    expect(dragged(20, 500, 200)).toBe(1);
    expect(dragged(20, 0, 200)).toBe(0);
  });
  it("counts from four fifths of the track on", () => {
    expect(isEnough(dragged(0, 159, 200))).toBe(false);
    expect(isEnough(dragged(0, 160, 200))).toBe(true);
  });
  it("never counts on a track without length", () => {
    expect(isEnough(dragged(0, 300, 0))).toBe(false);
  });
});

describe("a slide by keyboard", () => {
  it("takes four arrows to the end, and a stray one opens nothing", () => {
    let position = 0;
    for (let press = 1; press <= 4; press += 1) {
      position = keyed(position, "ArrowRight") ?? 0;
      expect(isEnd(position)).toBe(press === 4);
    }
    expect(keyed(0.5, "ArrowLeft")).toBe(0.25);
    expect(keyed(0.5, "Home")).toBe(0);
    expect(keyed(0.5, "a")).toBeUndefined();
  });
  it("takes ten beats of a held key", () => {
    let position = 0;
    let beats = 0;
    while (!isEnd(position) && beats < 20) {
      position = held(position);
      beats += 1;
    }
    expect(beats).toBe(10);
  });
});
