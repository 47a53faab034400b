// The message while a restored relay waits for other tills, in both languages.
import { afterEach, expect, test } from 'vitest';
import { askForCode } from '$lib/state/relay/code-request.svelte';
import type { CodeSource } from '$lib/state/relay/code-source';
import { language, setLanguage } from '$lib/ui/text/current.svelte';
import { noCodeTitle, noCodeWhy } from '../../src/routes/shared/override/no-code-words';

const UNTIL = Date.parse('2026-11-21T10:00:00Z');

const source: CodeSource = {
  request: () => Promise.resolve({ kind: 'tills-awaited', tills: ['Kiosk', 'Bar'], until: UNTIL }),
  submit: () => expect.fail('nothing to submit'),
  resend: () => expect.fail('nothing to send again'),
  look: () => Promise.resolve(null),
  cancel: () => undefined,
};

const before = language.current;
afterEach(() => setLanguage(before));

test.each([
  ['en', 'Do not wait'],
  ['ru', 'Не ждать'],
] as const)(
  'it names the tills and what to do, and the way without a code is open: %s',
  async (code, button) => {
    await setLanguage(code);
    const request = askForCode(source, () => expect.fail('confirmed'));
    await expect.poll(() => request.current?.kind).toBe('no-code');
    const asked = request.current;
    if (asked?.kind !== 'no-code') throw new Error('no code to go without');
    const said = noCodeWhy(asked, 'sell-on-account');
    expect(said).toContain('Kiosk, Bar');
    expect(said).toContain(button);
    expect(noCodeTitle(asked)).not.toBe('');
    request.close();
  },
);
