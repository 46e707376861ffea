/** Two falling tones, made by the phone itself, and a buzz. Silent until the person has touched the screen once. */
let audio: AudioContext | undefined;

/** Browsers let a page make sound only after a touch or a key. Call once, at start. */
export function allowSoundAfterGesture(): void {
  const allow = (): void => {
    audio ??= new AudioContext();
    void audio.resume();
  };
  addEventListener("pointerdown", allow, { once: true });
  addEventListener("keydown", allow, { once: true });
}

/** Makes a new alarm heard and felt, as far as the phone lets it. */
export function ring(): void {
  if (navigator.userActivation?.hasBeenActive && "vibrate" in navigator) navigator.vibrate([400, 150, 400]);
  if (audio?.state !== "running") return;
  for (let beat = 0; beat < 3; beat += 1) {
    tone(audio, 880, audio.currentTime + beat * 0.7);
    tone(audio, 660, audio.currentTime + beat * 0.7 + 0.25);
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
