/** Two falling tones, made by the phone itself, and a buzz. */
let audio: AudioContext | undefined;

/** A sound that could not be made for so long is not made any more. */
const STALE_MS = 3000;

/**
 * Browsers let a page make sound only after a touch or a key, and the system may take the sound away again: each touch
 * gets it back. Call once, at start.
 */
export function allowSoundAfterGesture(): void {
  const allow = (): void => {
    audio ??= new AudioContext();
    if (audio.state !== "running") audio.resume().catch(() => undefined);
  };
  for (const gesture of ["pointerup", "click", "keydown"] as const) addEventListener(gesture, allow, { passive: true });
}

/** Makes a new alarm heard and felt, as far as the phone lets it. */
export function ring(): void {
  if (navigator.userActivation?.hasBeenActive && "vibrate" in navigator) navigator.vibrate([400, 150, 400]);
  audio ??= new AudioContext();
  void play(audio);
}

/** Waits for the sound to be allowed, which may be at the next touch, minutes from now. */
async function play(on: AudioContext): Promise<void> {
  const asked = performance.now();
  try {
    await on.resume();
  } catch {
    return;
  }
  if (performance.now() - asked > STALE_MS) return;
  for (let beat = 0; beat < 3; beat += 1) {
    tone(on, 880, on.currentTime + beat * 0.7);
    tone(on, 660, on.currentTime + beat * 0.7 + 0.25);
  }
}

function tone(on: AudioContext, hertz: number, at: number): void {
  const source = on.createOscillator();
  const loudness = on.createGain();
  source.frequency.value = hertz;
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(0.4, at + 0.02);
  loudness.gain.linearRampToValueAtTime(0, at + 0.22);
  source.connect(loudness).connect(on.destination);
  source.start(at);
  source.stop(at + 0.25);
}
