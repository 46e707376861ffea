/** Six digits that nobody has thought of. Of a byte, what is over a whole number of tens is thrown away: each digit is as likely. */
export function randomPin(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (bytes) => crypto.getRandomValues(bytes)): string {
  let pin = "";
  while (pin.length < 6) {
    const fair = random(new Uint8Array(8)).filter((byte) => byte < 250);
    pin += Array.from(fair, (byte) => String(byte % 10)).join("");
  }
  return pin.slice(0, 6);
}
