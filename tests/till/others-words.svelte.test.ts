// The words beside a balance that may lack acts of other tills, in both languages.
import { afterEach, expect, test } from 'vitest';
import { language, setLanguage } from '$lib/ui/text/current.svelte';
import { missingWords } from '../../src/routes/shared/words/others-words';

const before = language.current;
afterEach(() => setLanguage(before));

const NOW = new Date(2026, 10, 20, 12, 30).getTime();
const at = (hour: number, minute: number) => new Date(2026, 10, 20, hour, minute).getTime();
const BAR = { name: 'Bar', since: at(11, 50) };

test.each([
  ['en', 'till “Bar” not heard since 11:50', 'without the other tills since 12:04'],
  ['ru', 'касса «Bar» не на связи с 11:50', 'без других касс с 12:04'],
] as const)(
  'a silent till is named, also where this one is up to date: %s',
  async (code, silent, since) => {
    await setLanguage(code);
    expect(missingWords({ since: undefined, silent: [] }, NOW)).toBeNull();
    expect(missingWords({ since: undefined, silent: [BAR] }, NOW)).toBe(silent);
    expect(missingWords({ since: at(12, 4), silent: [] }, NOW)).toBe(since);
    expect(missingWords({ since: at(12, 4), silent: [BAR] }, NOW)).toBe(`${since} · ${silent}`);
  },
);

test('a Russian sentence stays grammatical where the moment is yesterday’s', async () => {
  await setLanguage('ru');
  const tomorrow = NOW + 24 * 3_600_000;
  expect(missingWords({ since: at(12, 4), silent: [BAR] }, tomorrow)).toBe(
    'без других касс со вчерашнего дня, 12:04 · касса «Bar» не на связи со вчерашнего дня, 11:50',
  );
});
