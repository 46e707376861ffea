/** A worker of the demo municipality, and the phone that is theirs, which nobody has enrolled. */
export interface Worker {
  /** Where the phone's engine serves its door and these screens. */
  url: string;
  /** A one-time code for that phone. */
  code: string;
  staff_number: string;
  pin: string;
  /** As others see it. */
  name: string;
}

/** Where the real parts are that the story runs on: the line that `terskel-stage` prints. */
export interface Place {
  station: string;
  /** The simulator's own account of what its bolts did. */
  control: string;
  centre_token: string;
  /** Who leads the team. */
  lead: { staff_number: string; pin: string };
  ada: Worker;
  bo: Worker;
}

/** Who presses her alarm: a resident of the demo street. */
export const KARI = {
  number: "1001",
  name: "Kari Nordmann",
  locks: { stairwell: "0192a1b2-c300-7c98-8e22-76e919af8041", flat: "0192a1b2-c300-70a1-bc77-509b8bfd037c" },
};

/** Reads `TERSKEL_STAGE`, as the test command sets it. */
export function place(): Place {
  const line = process.env["TERSKEL_STAGE"];
  if (!line) throw new Error('the story needs TERSKEL_STAGE, the line that terskel-stage prints; "cargo xtask test" sets it');
  return JSON.parse(line) as Place;
}

/** What the response centre does: posts a dispatch to the station. */
export async function raise(at: Place, reference: string, cause: string): Promise<void> {
  const response = await fetch(new URL("/v1/dispatches", at.station), {
    method: "POST",
    headers: { authorization: `Bearer ${at.centre_token}`, "content-type": "application/json" },
    body: JSON.stringify({
      reference,
      resident_number: KARI.number,
      cause,
      raised_at: new Date().toISOString(),
      note: "Svarer ikke på toveis tale.",
    }),
  });
  if (!response.ok) throw new Error(`the station refused the dispatch: ${response.status} ${await response.text()}`);
}

/** What a lock's bolt has done, as the lock itself counts it. */
export async function movements(at: Place, lock: string): Promise<string[]> {
  const response = await fetch(`${at.control}/devices/${lock}`);
  if (!response.ok) throw new Error(`the simulator does not know this lock: ${response.status}`);
  const device = (await response.json()) as { movements: { what: string }[] };
  return device.movements.map(({ what }) => what);
}
