const HOUR = 3_600_000;

/** Between which times the station has taken the dispatch whose first entry it stored at `began`. */
export function whichVisit(began: string): { from: string; to: string } {
  const at = Date.parse(began);
  return { from: new Date(at - HOUR).toISOString(), to: new Date(at + HOUR).toISOString() };
}
