/** Alarms that are heard, made by WebAudio. Browsers allow sound only after a person has touched the page. */

export type Tone = "own" | "own-change" | "other" | "end" | "real";

/** Frequency (Hz; 0 is a pause) and length (s) of each note. */
const NOTES: Record<Tone, readonly [number, number][]> = {
  own: [[880, 0.18], [0, 0.06], [1175, 0.18], [0, 0.12], [880, 0.18], [0, 0.06], [1175, 0.18], [0, 0.12], [880, 0.18], [0, 0.06], [1175, 0.3]],
  "own-change": [[880, 0.15], [0, 0.05], [1175, 0.25]],
  other: [[660, 0.12], [0, 0.1], [660, 0.12]],
  end: [[660, 0.2], [0, 0.04], [440, 0.35]],
  real: [[988, 0.35], [740, 0.35], [988, 0.35], [740, 0.35], [988, 0.35], [740, 0.35]],
}; // prettier-ignore
const MUTED = "nadhir-muted";
const LOUD = 0.25;

export class Sound {
  private context: AudioContext | null = null;
  private until = 0;
  private off = localStorage.getItem(MUTED) === "1";

  constructor() {
    const wake = () => void this.wake();
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, wake, { capture: true });
  }

  get muted(): boolean {
    return this.off;
  }

  set muted(off: boolean) {
    this.off = off;
    localStorage.setItem(MUTED, off ? "1" : "0");
  }

  /** Nobody has touched the page yet, so it cannot be heard. */
  get blocked(): boolean {
    return this.context?.state !== "running";
  }

  /** Plays one after the other what is asked for at once; a real event is heard even when the rest is muted. */
  play(tone: Tone): void {
    const context = this.context;
    if (!context || (this.off && tone !== "real")) return;
    let at = Math.max(context.currentTime + 0.02, this.until);
    for (const [frequency, length] of NOTES[tone]) {
      if (frequency > 0) note(context, frequency, at, length);
      at += length;
    }
    this.until = at + 0.2;
  }

  private async wake(): Promise<void> {
    this.context ??= new AudioContext();
    if (this.context.state === "suspended") await this.context.resume();
  }
}

function note(context: AudioContext, frequency: number, at: number, length: number): void {
  const oscillator = new OscillatorNode(context, { type: "triangle", frequency });
  const gain = new GainNode(context, { gain: 0 });
  // Short ramps: an oscillator that starts or stops at once clicks.
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(LOUD, at + 0.015);
  gain.gain.setValueAtTime(LOUD, at + length - 0.03);
  gain.gain.linearRampToValueAtTime(0, at + length);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + length);
}
