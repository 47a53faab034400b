// Sounds of the till differ for a scan, a refusal and a sale, and are off if switched off.
import { expect, test } from 'vitest';
import { NOTES, Sounds, type Sound } from '$lib/devices/sounds';

/** Loudness in steps of 50 ms, rendered by the real Web Audio. */
async function rendered(play: (sounds: Sounds) => void, isOn = () => true): Promise<number[]> {
  const rate = 8000;
  const context = new OfflineAudioContext(1, rate / 2, rate);
  play(new Sounds(isOn, () => context as unknown as AudioContext));
  const samples = (await context.startRendering()).getChannelData(0);
  return Array.from({ length: 10 }, (_, n) =>
    Math.max(...samples.slice(n * 400, (n + 1) * 400).map(Math.abs)),
  );
}

test.for<[Sound, boolean[]]>([
  ['scan', [true, false, false, false]],
  ['refusal', [true, true, true, true]],
  ['saved', [true, true, true, true]],
])('%s has the right length and is never loud', async ([sound, heard]) => {
  const loudness = await rendered((sounds) => sounds.play(sound));
  expect(loudness.slice(0, heard.length).map((level) => level > 0.05)).toEqual(heard);
  expect(Math.max(...loudness)).toBeLessThan(0.3);
});

test('a refusal is low and falling, a sale is rising', () => {
  const [first, second] = NOTES.refusal.map(({ hz }) => hz);
  const [low, high] = NOTES.saved.map(({ hz }) => hz);
  expect([first, second].every((hz) => (hz ?? 999) < 250)).toBe(true);
  expect(high).toBeGreaterThan(low ?? 0);
});

test('with sounds off nothing is played, and no audio is opened', async () => {
  const loudness = await rendered(
    (sounds) => sounds.play('refusal'),
    () => false,
  );
  expect(Math.max(...loudness)).toBe(0);
  new Sounds(
    () => false,
    () => {
      throw new Error('opened');
    },
  ).play('scan');
});

test('a device without sound goes on selling', () => {
  const sounds = new Sounds(
    () => true,
    () => {
      throw new Error('no audio device');
    },
  );
  expect(() => sounds.play('saved')).not.toThrow();
});

test('audio that fails does not stop a scan, and is opened again', () => {
  let opened = 0;
  const sounds = new Sounds(
    () => true,
    () => {
      opened += 1;
      const broken = {
        state: 'closed',
        createOscillator: () => {
          throw new DOMException('closed', 'InvalidStateError');
        },
      };
      return broken as unknown as AudioContext;
    },
  );
  expect(() => sounds.play('scan')).not.toThrow();
  sounds.play('scan');
  expect(opened).toBe(2);
});
