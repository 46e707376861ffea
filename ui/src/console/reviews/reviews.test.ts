import { describe, expect, it } from "vitest";
import type { LockStatus } from "../station/types";
import { reviewsIn } from "./reviews";

const lock: LockStatus = { id: "l", family: "danalock", device_id: "1", doors: ["Flat"], warnings: [] };
const opening = { lock: "l", doors: ["Flat"], by: "Ada", stored_at: "2026-01-16T21:00:00Z" };
const certificate = { fingerprint: "aa", first_seen_at: "2026-01-01T00:00:00Z" };

describe("what waits for a look", () => {
  it("is each opening that nobody told of, two of one lock apart", () => {
    const reviews = reviewsIn({ locks: [lock], unexplained: [opening, opening] });
    expect(new Set(reviews.map(({ key }) => key)).size).toBe(2);
  });
  it("is a certificate that has changed, and none that has not", () => {
    const changed = { ...lock, id: "m", certificate: { ...certificate, other: "bb" } };
    const reviews = reviewsIn({ locks: [lock, { ...lock, certificate }, changed], unexplained: [] });
    expect(reviews).toMatchObject([{ kind: "certificate", key: "m", seen: "aa", other: "bb" }]);
  });
});
