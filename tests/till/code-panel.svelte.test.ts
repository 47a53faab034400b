// The panel for a code: count-downs never too long, boxes and keys that never move, long waits.
import { createRawSnippet, flushSync } from 'svelte';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
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
  const codes: string[] = [];
  const reply = () => new Promise<ReplyToTill>((resolve) => waiting.push(resolve));
  const source: CodeSource = {
    request: reply,
    resend: reply,
    submit: (_, code) => {
      codes.push(code);
      return reply();
    },
    look: () => Promise.resolve(null),
    cancel: () => undefined,
  };
  const request = askForCode(source, () => undefined);
  const screen = await render(CodePanel, { request });
  const { container } = screen;
  const answer = (reply: ReplyToTill) => waiting.shift()?.(reply);
  /** What the panel says as soon as the reply is there. */
  const shown = async (view: AwaitingCode) => {
    answer(view);
    await expect.poll(() => request.current).toMatchObject({ view });
    flushSync();
    return container.textContent;
  };
  return { request, shown, answer, codes, screen };
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

test('after a wrong code and Send again the boxes are empty, and what is typed is the next code', async () => {
  const { request, shown, answer, codes, screen } = await asking(NOW);
  await shown({ ...view, resendAt: NOW });
  const field = screen.getByLabelText(/^Code from the message/);
  await userEvent.keyboard('111111');
  await expect.poll(() => codes).toEqual(['111111']);
  answer({ kind: 'wrong-code', checksLeft: 4 });
  await expect.element(screen.getByText(/That code is not right/)).toBeVisible();
  await screen.getByRole('button', { name: 'Send again' }).click();
  await expect.element(field).toHaveValue('');
  await shown({ ...view, sentAt: NOW + 1, resendAt: NOW + 1 });
  await expect.element(field).toHaveFocus();
  await userEvent.keyboard('222222');
  await expect.poll(() => codes).toEqual(['111111', '222222']);
  request.close();
});

const ways = ['en', 'ru'].flatMap((language) => [1280, 390].map((width) => ({ language, width })));

test.each(ways)(
  'neither boxes nor keypad move, whatever is said: $language, $width wide',
  async ({ language, width }) => {
    await page.viewport(width, 800);
    await setLanguage(language as 'en' | 'ru');
    till.clock.setByRelay(NOW);
    const waiting: ((reply: ReplyToTill) => void)[] = [];
    const reply = () => new Promise<ReplyToTill>((resolve) => waiting.push(resolve));
    const source: CodeSource = {
      request: reply,
      resend: reply,
      submit: reply,
      look: () => Promise.resolve(null),
      cancel: () => undefined,
    };
    const request = askForCode(source, () => undefined);
    const acts = createRawSnippet(() => ({ render: () => '<button>Something else</button>' }));
    // as the dialogue says it: the longer the message is under way, the more lines
    const head = createRawSnippet<[AwaitingCode, number]>((of) => ({
      render: () => `<p>${'under way '.repeat(20 * (1 + of().earlier.length))}</p>`,
    }));
    const { container } = await render(CodePanel, { request, head, acts });
    waiting.shift()?.(view);
    await expect.poll(() => container.querySelector('input')).not.toBeNull();
    const top = () =>
      ['input', '.keys button'].map(
        (part) => container.querySelector(part)?.getBoundingClientRect().top,
      );
    const place = top();
    expect(place).not.toContain(undefined);

    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const checking = request.submit('123456');
      flushSync();
      expect(top()).toEqual(place);
      vi.advanceTimersByTime(3_000);
      flushSync();
      expect(request.slow).toBe(true);
      expect(top()).toEqual(place);
      waiting.shift()?.({ kind: 'wrong-code', checksLeft: 4 });
      await checking;
      flushSync();
      expect(container.querySelector('[role=status], .callout, [class*=bad]')).not.toBeNull();
      expect(top()).toEqual(place);
    } finally {
      vi.useRealTimers();
    }
    const earlier = [{ channel: 'sms', codeLength: 6, delivery: 'failed', sentAt: NOW }] as const;
    const resent = request.resend(null);
    waiting.shift()?.({ ...view, earlier: [...earlier], sendsLeft: 0, demo: true });
    await resent;
    flushSync();
    expect(top()).toEqual(place);
    request.close();
  },
);

test('while the shop server is silent, the panel says after 3 s what it waits for', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const source: CodeSource = {
      request: () => new Promise<ReplyToTill>(() => undefined),
      resend: () => Promise.reject(new Error('not sent')),
      submit: () => Promise.reject(new Error('no code')),
      look: () => Promise.resolve(null),
      cancel: () => undefined,
    };
    const request = askForCode(source, () => undefined);
    const { container } = await render(CodePanel, { request });
    expect(container.textContent).toContain('This usually takes a couple of seconds');
    vi.advanceTimersByTime(3_000);
    flushSync();
    expect(container.textContent).toContain('The shop server has not answered yet');
    request.close();
  } finally {
    vi.useRealTimers();
  }
});
