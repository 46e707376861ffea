/** How the log stood when the station last signed it. */
export interface Checkpoint {
  /** Whose log. */
  origin: string;
  /** How many entries it had. */
  size: number;
  /** The hash over all of them, base64. */
  root: string;
}

/** Reads the lines of a checkpoint (C2SP `tlog-checkpoint`). Its signature is for `terskel-verify` to check. */
export function readCheckpoint(note: string): Checkpoint | null {
  const [origin, size, root] = note.split("\n");
  if (!origin || !root || !/^(0|[1-9]\d{0,14})$/.test(size ?? "")) return null;
  return { origin, size: Number(size), root };
}
