// A code request over a scripted source: answered late, closed too early, and expired.
import { expect, test, vi } from 'vitest';
import type { AwaitingCode } from '$lib/contract/challenge';
import type { ReplyToTill } from '$lib/domain/consent/challenge-outcome';
import { askForCode } from '$lib/state/relay/code-request.svelte';
import { operatorCodeSource, type CodeSource } from '$lib/state/relay/code-source';
import { view } from '../domain/checkout-fixtures';

const CODE = '123456';

/** A source that replies when the test asks for it; `calls`: the requests it received. */
function byHand() {
  const calls: string[] = [];
  let answer: (reply: ReplyToTill) => void = () => undefined;
  const call = (what: string) => {
    calls.push(what);
    return new Promise<ReplyToTill>((resolve) => (answer = resolve));
  };
  const source: CodeSource = {
    request: () => call('request'),
    submit: () => call('submit'),
    resend: (_, channel) => call(`resend ${channel}`),
    look: () => Promise.resolve(null),
    cancel: () => calls.push('cancel'),
  };
  return { calls, source, answer: (reply: ReplyToTill) => answer(reply) };
}

test('a request closed before its reply is cancelled again when the reply arrives', async () => {
  const { calls, source, answer } = byHand();
  const request = askForCode(source, () => expect.fail('confirmed'));
  request.close();
  answer(view);
  await expect.poll(() => calls).toEqual(['request', 'cancel', 'cancel']);
  expect(request.current?.kind).toBe('sending');
});

test('after a check without a reply the code is typed again, and the right one confirms once', async () => {
  const { calls, source, answer } = byHand();
  const confirmed: string[] = [];
  const request = askForCode(source, (challenge) => confirmed.push(challenge));
  const challenge = request.current?.challenge;
  answer(view);
  await expect.poll(() => request.current?.kind).toBe('awaiting-code');
  const first = request.submit(CODE);
  answer({ kind: 'unreachable' });
  await first;
  expect(request.current).toMatchObject({
    kind: 'no-code',
    because: { kind: 'unreachable' },
    view,
  });
  const second = request.submit(CODE);
  expect(request.current).toMatchObject({ kind: 'checking' });
  answer({ kind: 'verified', grant: 'a.b.c' });
  await second;
  expect(confirmed).toEqual([challenge]);
  expect(calls).toEqual(['request', 'submit', 'submit']);
  request.askAgain();
  expect(request.current?.kind).toBe('sending');
  expect(request.current?.challenge).not.toBe(challenge);
});

test('a code that is checked while the request is closed confirms nothing, and its consent is cancelled', async () => {
  const { calls, source, answer } = byHand();
  const request = askForCode(source, () => expect.fail('confirmed'));
  answer(view);
  await expect.poll(() => request.current?.kind).toBe('awaiting-code');
  const checking = request.submit(CODE);
  request.close();
  answer({ kind: 'verified', grant: 'a.b.c' });
  await checking;
  expect(calls).toEqual(['request', 'submit', 'cancel', 'cancel']);
  expect(request.current?.kind).toBe('checking');
});

test('a relay that accepts the request and never answers: after 3 s it is said, after 8 s another way is offered', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { calls, source, answer } = byHand();
    const request = askForCode(source, () => expect.fail('confirmed'));
    const challenge = request.current?.challenge;
    vi.advanceTimersByTime(2_999);
    expect(request.slow).toBe(false);
    vi.advanceTimersByTime(1);
    expect(request.slow).toBe(true);
    vi.advanceTimersByTime(4_999);
    expect(request.current?.kind).toBe('sending');
    vi.advanceTimersByTime(1);
    const because = { kind: 'unreachable' };
    expect(request.current).toEqual({ kind: 'no-code', challenge, because, view: null });
    expect([request.slow, request.unanswered]).toEqual([false, true]);
    // the reply comes after all: nothing is sent a second time
    answer(view);
    await vi.waitFor(() => expect(request.current?.kind).toBe('awaiting-code'));
    expect(request.current).toMatchObject({ challenge, view });
    expect([request.unanswered, calls]).toEqual([false, ['request']]);
    request.close();
  } finally {
    vi.useRealTimers();
  }
});

test('a check that is never answered offers another way after 8 s, and its late result confirms', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { calls, source, answer } = byHand();
    const confirmed: string[] = [];
    const request = askForCode(source, (id) => confirmed.push(id));
    answer(view);
    await vi.waitFor(() => expect(request.current?.kind).toBe('awaiting-code'));
    const checking = request.submit(CODE);
    vi.advanceTimersByTime(8_000);
    expect(request.current).toMatchObject({ kind: 'no-code', view });
    answer({ kind: 'verified', grant: 'a.b.c' });
    await checking;
    expect(confirmed).toEqual([request.current?.challenge]);
    expect(calls).toEqual(['request', 'submit']);
  } finally {
    vi.useRealTimers();
  }
});

test('a reply in time, or a closed dialogue, stops the clock', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { source, answer } = byHand();
    const request = askForCode(source, () => expect.fail('confirmed'));
    vi.advanceTimersByTime(4_000);
    answer(view);
    await vi.waitFor(() => expect(request.current?.kind).toBe('awaiting-code'));
    expect(request.slow).toBe(false);
    request.close();
    vi.advanceTimersByTime(60_000);
    expect(request.current?.kind).toBe('awaiting-code');
    const closed = askForCode(byHand().source, () => expect.fail('confirmed'));
    closed.close();
    vi.advanceTimersByTime(60_000);
    expect(closed.current?.kind).toBe('sending');
  } finally {
    vi.useRealTimers();
  }
});

test('a refused resend leaves the sent code valid, and says why', async () => {
  const { source, answer } = byHand();
  const request = askForCode(source, () => undefined);
  answer(view);
  await expect.poll(() => request.current?.kind).toBe('awaiting-code');
  const resent = request.resend('call');
  answer({ kind: 'limited', scope: 'phone', retryAt: 1 });
  await resent;
  expect(request.current).toMatchObject({ kind: 'no-code', because: { kind: 'limited' }, view });
});

test('a code to an operator’s phone ends by the clock, because the relay reports no state of it', async () => {
  const { channel, phoneMasked, codeLength, sentAt, expiresAt, resendAt }: AwaitingCode = view;
  let now = sentAt;
  const source = operatorCodeSource({
    now: () => now,
    send: () =>
      Promise.resolve({
        kind: 'code-sent',
        checksLeft: 5,
        sendsLeft: 2,
        channel,
        phoneMasked,
        codeLength,
        sentAt,
        expiresAt,
        resendAt,
      }),
  });
  const request = askForCode(source, () => expect.fail('confirmed'));
  await expect.poll(() => request.current?.kind).toBe('awaiting-code');
  now = expiresAt;
  await expect
    .poll(() => request.current)
    .toMatchObject({ kind: 'no-code', because: { kind: 'expired' }, view: null });
  request.askAgain();
  now = sentAt;
  await expect.poll(() => request.current?.kind).toBe('awaiting-code');
  request.close();
});
