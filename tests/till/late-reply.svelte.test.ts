// A late reply to a request for a code: it takes no key of what is being typed instead.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { cleanup, render } from 'vitest-browser-svelte';
import { userEvent } from 'vitest/browser';
import type { ReplyToTill } from '$lib/domain/consent/challenge-outcome';
import { money } from '$lib/domain/values/money';
import { askForCode } from '$lib/state/relay/code-request.svelte';
import { till } from '$lib/state/till.svelte';
import { setLanguage } from '$lib/ui/text/current.svelte';
import OverrideForm from '../../src/routes/shared/override/OverrideForm.svelte';
import { view } from '../domain/checkout-fixtures';
import { CASHIER, openShop } from '../support/storage-shop';

beforeAll(async () => {
  await setLanguage('en');
  await openShop(till.db);
  await till.policy.load();
  till.signIn.enterAsNew(CASHIER);
});
afterAll(async () => {
  cleanup();
  till.signIn.lock();
  await till.db.delete({ disableAutoOpen: false });
  await till.policy.load();
  await setLanguage('ru');
});

/** A request without a reply for 8 s, so that other ways are offered. */
function overdue() {
  let answer: (reply: ReplyToTill) => void = () => undefined;
  const sent: string[] = [];
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const request = askForCode(
      {
        request: (challenge) => {
          sent.push(challenge);
          return new Promise((resolve) => (answer = resolve));
        },
        submit: () => Promise.reject(new Error('no code')),
        resend: () => Promise.reject(new Error('not sent')),
        look: () => Promise.resolve(null),
        cancel: () => undefined,
      },
      () => expect.fail('confirmed'),
    );
    vi.advanceTimersByTime(8_000);
    expect(request.current?.kind).toBe('no-code');
    return { request, sent, answer: (reply: ReplyToTill) => answer(reply) };
  } finally {
    vi.useRealTimers();
  }
}

/** The form in which a colleague types the first two digits of their PIN. */
async function colleagueTypes(request: ReturnType<typeof overdue>['request']) {
  const screen = await render(OverrideForm, {
    request,
    need: { action: 'sell-on-account', amount: money(5_000) },
    answerOf: () => ({ kind: 'no-right', groups: [] }) as const,
    ongo: () => expect.fail('went on'),
  });
  await screen.getByRole('button', { name: 'Call a colleague' }).click();
  await screen.getByRole('button', { name: /^senior-cashier/ }).click();
  await userEvent.keyboard('12');
  const dots = (typed: number) => screen.getByRole('img', { name: `${typed} of 6 entered` });
  await expect.element(dots(2)).toBeInTheDocument();
  return { screen, dots };
}

test('while a colleague types their PIN, the PIN stays, and the dialogue says that the code was sent', async () => {
  const { request, sent, answer } = overdue();
  const { screen, dots } = await colleagueTypes(request);
  answer(view);
  await expect.element(screen.getByText('The code was sent after all')).toBeVisible();
  expect(request.current?.kind).toBe('no-code');
  await userEvent.keyboard('3');
  await expect.element(dots(3)).toBeInTheDocument();

  await screen.getByRole('button', { name: 'Type the code' }).click();
  await expect.poll(() => request.current).toMatchObject({ kind: 'awaiting-code', view });
  expect(sent).toEqual([request.current?.challenge]);
  request.close();
  await screen.unmount();
});

test('once the PIN is closed, the reply that waited is taken', async () => {
  const { request, answer } = overdue();
  const { screen } = await colleagueTypes(request);
  answer({ kind: 'codes-stopped' });
  await expect.element(screen.getByText('The shop server has answered now.')).toBeVisible();
  expect([request.current?.kind, request.unanswered]).toEqual(['no-code', true]);
  await userEvent.keyboard('{Escape}');
  await expect.poll(() => request.current?.kind).toBe('stopped');
  expect([request.held, request.unanswered]).toEqual([null, false]);
  request.close();
  await screen.unmount();
});

test('a reply that was lost is no news while a PIN is typed', async () => {
  const { request, answer } = overdue();
  const { screen, dots } = await colleagueTypes(request);
  answer({ kind: 'unreachable' });
  await expect.poll(() => request.unanswered).toBe(false);
  expect(request.held).toBeNull();
  await expect.element(dots(2)).toBeInTheDocument();
  request.close();
  await screen.unmount();
});
