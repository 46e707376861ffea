import { beforeEach, expect, it, vi } from "vitest";
import type { AlertView, Engine, View } from "../kit/engine";
import type { Phone } from "./phone.svelte";

vi.mock("../kit/sound/ring", () => ({ ring: () => undefined }));

const view = (more: object = {}): View =>
  ({
    session: { workerName: "Ada" },
    lock: { state: "open" },
    status: { signInNeeded: false, wallAheadS: 0 },
    alerts: [],
    visit: null,
    ...more,
  }) as unknown as View;
const locked = (alerts: AlertView[] = []): View => view({ lock: { state: "locked" }, alerts });
const alarm = { id: "a", taken: false, declined: false, unanswered: false } as AlertView;

let phone: Phone;
let show: (view: View) => void;
beforeEach(async () => {
  vi.stubGlobal("document", new EventTarget());
  const { Phone } = await import("./phone.svelte");
  phone = new Phone({ views: (shown: typeof show) => (show = shown) } as unknown as Engine);
});

it("whoever unlocks to see an alarm sees it, unless a visit is going on", () => {
  show(view());
  phone.screen = "today";
  show(locked());
  show(view());
  expect(phone.screen).toBe("today");
  show(locked([alarm]));
  show(view({ alerts: [alarm] }));
  expect(phone.screen).toBe("alerts");
  show(view({ visit: { id: "v" } }));
  show(locked([alarm]));
  show(view({ alerts: [alarm], visit: { id: "v" } }));
  expect(phone.screen).toBe("visit");
});

it.each([
  ["signs out", view({ session: null, lock: null })],
  ["is followed by another", view({ session: { workerName: "Bo" } })],
])("nothing of where a worker was is left when she %s", (_, next) => {
  show(view({ visit: { id: "v" } }));
  phone.lookAt({ at: "home", home: { resident: "r", name: "Kari", address: "Storgata 14" } });
  phone.tell({ told: "Bo has been given access to Kari" });
  show(next);
  expect([phone.screen, phone.accessPlace, phone.accessNews]).toEqual(["alerts", { at: "homes" }, null]);
});

it("what came of an access is told until the lead has looked elsewhere, and to nobody after a sign-out", () => {
  const told = { told: "Bo has been given access" };
  show(view());
  phone.tell(told);
  phone.lookAt({ at: "homes" });
  expect(phone.accessNews, "told while another screen was looked at").toEqual(told);
  phone.lookAt({ at: "phones" });
  expect(phone.accessNews).toBeNull();
  show(view({ session: null, lock: null }));
  phone.tell(told);
  expect(phone.accessNews, "an answer that came late").toBeNull();
});
