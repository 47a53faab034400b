// The count-downs beside a code: never longer than the code's whole life, or the whole pause.
import { flushSync } from 'svelte';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import type { AwaitingCode } from '$lib/contract/challenge';
import type { ReplyToTill } from '$lib/domain/consent/challenge-outcome';
import { askForCode } from '$lib/state/relay/code-request.svelte';
import type { CodeSource } from '$lib/state/relay/code-source';
import { till } from '$lib/state/till.svelte';
import { setLanguage } from '$lib/ui/text/current.svelte';
import CodePanel from '../../src/routes/shared/code/CodePanel.svelte';
import { view } from '../domain/checkout-fixtures';
import { NOW } from '../domain/fixtures';

// a busy machine may show it some seconds later
const WHOLE_LIFE = /for (5:00|4:5\d) /;
const WHOLE_PAUSE = /in 0:(30|2\d) /;

beforeEach(async () => {
  await setLanguage('en');
  return () => setLanguage('ru');
});
afterAll(() => till.clock.setByRelay(Date.now()));

/** Renders the panel; the test gives the replies to its requests. `sentAt`: the till's time when it asks for the code. */
async function asking(sentAt: number) {
  till.clock.setByRelay(sentAt);
  const waiting: ((reply: ReplyToTill) => void)[] = [];
  const reply = () => new Promise<ReplyToTill>((resolve) => waiting.push(resolve));
  const source: CodeSource = {
    ...{ request: reply, resend: reply, submit: () => Promise.reject(new Error('no code')) },
    ...{ look: () => Promise.resolve(null), cancel: () => undefined },
  };
  const request = askForCode(source, () => undefined);
  const { container } = await render(CodePanel, { request });
  /** What the panel says as soon as the reply is there. */
  const shown = async (answer: AwaitingCode) => {
    waiting.shift()?.(answer);
    await expect.poll(() => request.current).toMatchObject({ view: answer });
    flushSync();
    return container.textContent;
  };
  return { request, shown };
}

test('the panel was there for a while before the code: the whole life and pause, not a second more', async () => {
  const { request, shown } = await asking(NOW - 400);
  till.clock.setByRelay(NOW);
  const text = await shown(view);
  expect(text).toMatch(WHOLE_LIFE);
  expect(text).toMatch(WHOLE_PAUSE);
  request.close();
});

test('the relay’s time was a long way coming: the whole life and pause, not a second more', async () => {
  const { request, shown } = await asking(NOW - 900);
  const text = await shown(view);
  expect(text).toMatch(WHOLE_LIFE);
  expect(text).toMatch(WHOLE_PAUSE);
  request.close();
});

test('a message sent again starts the pause again, not a second more', async () => {
  const { request, shown } = await asking(NOW);
  await shown(view);
  const again = request.resend(null);
  till.clock.setByRelay(NOW + 30_000);
  const text = await shown({ ...view, sentAt: NOW + 31_000, resendAt: NOW + 61_000 });
  expect(text).toMatch(WHOLE_PAUSE);
  await again;
  request.close();
});
