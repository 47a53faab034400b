// The PIN dialogue serves one act: another act that starts meanwhile is not done with its elevation.
import { expect, test } from 'vitest';
import { Elevation } from '$lib/state/elevation.svelte';
import { OWNER, POLICY } from '../domain/fixtures';

test('an act that starts while the dialogue serves another is refused, and may ask later', async () => {
  const operator = POLICY.operators.find(({ id }) => id === OWNER);
  if (operator === undefined) expect.fail('no owner');
  let elevated = false;
  const done: string[] = [];
  const elevation = new Elevation(
    {
      elevate: () => {
        elevated = true;
        return Promise.resolve({ kind: 'elevated', until: 1 });
      },
    },
    { operator },
    () => 0,
  );
  const act = (name: string) => () => {
    if (!elevated) return Promise.resolve({ kind: 'elevation-needed' });
    done.push(name);
    return Promise.resolve({ kind: 'ok' });
  };
  const first = elevation.run('see-tills', act('first'));
  await expect.poll(() => elevation.asked?.purpose).toBe('see-tills');
  const second = await elevation.run('remove-till', act('second'));
  expect(second).toEqual({ kind: 'elevation-needed' });
  await elevation.submitPin('1234');
  expect(await first).toEqual({ kind: 'ok' });
  expect(done).toEqual(['first']);
  elevated = false;
  const again = elevation.run('remove-till', act('second'));
  await expect.poll(() => elevation.asked?.purpose).toBe('remove-till');
  elevation.close();
  expect(await again).toEqual({ kind: 'elevation-needed' });
});
