// The three sounds of the till, made with Web Audio.
// The screen always shows the same information.

export type Sound = 'scan' | 'refusal' | 'saved';

/** `at` and `length` in seconds, `at` from the start of the sound. */
export type Note = { readonly hz: number; readonly at: number; readonly length: number };

export const NOTES: Readonly<Record<Sound, readonly Note[]>> = {
  // one short click
  scan: [{ hz: 1760, at: 0, length: 0.05 }],
  // two low notes
  refusal: [
    { hz: 196, at: 0, length: 0.14 },
    { hz: 147, at: 0.18, length: 0.22 },
  ],
  // one rising pair
  saved: [
    { hz: 659, at: 0, length: 0.09 },
    { hz: 988, at: 0.1, length: 0.16 },
  ],
};

const VOLUME = 0.2;
/** Fade-in and fade-out, s: without it a note clicks. */
const FADE = 0.008;

export class Sounds {
  readonly #isOn: () => boolean;
  readonly #open: () => AudioContext;
  #context: AudioContext | null = null;

  /** `open` is called at the first sound: browsers play none before the user has touched the page. */
  constructor(isOn: () => boolean, open: () => AudioContext = () => new AudioContext()) {
    this.#isOn = isOn;
    this.#open = open;
  }

  /** Plays the sound, unless sounds are off or the device has none. */
  play(sound: Sound): void {
    if (!this.#isOn()) return;
    try {
      const context = (this.#context ??= this.#open());
      // suspended since before the first touch, or since the tablet slept
      if (context.state === 'suspended') context.resume().catch(() => undefined);
      for (const note of NOTES[sound]) this.#note(context, note);
    } catch {
      // no audio device, too many contexts, or one the browser has closed: the screen shows the same information
      this.#context = null;
    }
  }

  #note(context: AudioContext, { hz, at, length }: Note): void {
    const from = context.currentTime + at;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.type = 'triangle';
    tone.frequency.value = hz;
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(VOLUME, from + FADE);
    volume.gain.setValueAtTime(VOLUME, from + length - FADE);
    volume.gain.linearRampToValueAtTime(0, from + length);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + length);
  }
}
