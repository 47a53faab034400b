// The PIN dialogue serves one act: neither its elevation nor its code counts for another act.
import { expect, test } from 'vitest';
import type { ElevationReply } from '$lib/contract/till';
import { Elevation } from '$lib/state/elevation.svelte';
import { view } from '../domain/checkout-fixtures';
import { OWNER, POLICY } from '../domain/fixtures';

function owner() {
  const operator = POLICY.operators.find(({ id }) => id === OWNER);
  if (operator === undefined) expect.fail('no owner');
  return operator;
}

test('an act that starts while the dialogue serves another is refused, and may ask later', async () => {
  let elevated = false;
  const done: string[] = [];
  const elevation = new Elevation(
    {
      elevate: () => {
        elevated = true;
        return Promise.resolve({ kind: 'elevated', until: 1 });
      },
    },
    { operator: owner() },
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

test('a code sent for a dialogue that was closed meanwhile is not asked for in the next one', async () => {
  const { channel, phoneMasked, codeLength, sentAt, expiresAt, resendAt } = view;
  let answer: (reply: ElevationReply) => void = () => undefined;
  const elevate = () => new Promise<ElevationReply>((resolve) => (answer = resolve));
  const elevation = new Elevation({ elevate }, { operator: owner() }, () => sentAt);
  const act = () => Promise.resolve({ kind: 'elevation-needed' });
  const first = elevation.run('see-tills', act);
  await expect.poll(() => elevation.asked?.purpose).toBe('see-tills');
  const typed = elevation.submitPin('1234');
  elevation.close();
  await first;
  const second = elevation.run('remove-till', act);
  await expect.poll(() => elevation.asked?.purpose).toBe('remove-till');
  answer({
    kind: 'code-sent',
    checksLeft: 5,
    sendsLeft: 2,
    channel,
    phoneMasked,
    codeLength,
    sentAt,
    expiresAt,
    resendAt,
  });
  await typed;
  expect(elevation.code).toBe(null);
  elevation.close();
  await second;
});
