// From a key in the search field to the painted results, against a key in a field without listeners.
import { FREE_FRAMES, importGoods, PRODUCTS, test } from './bench';
import { interleaved, SAMPLES, tell } from './measure';
import { emptyField } from './peers';
import { seededGoods, seededKeystrokes } from './seeded';
import { idle, throttle, timedKey } from './stopwatch';

test.use({ launchOptions: FREE_FRAMES });

test('a letter typed to its results painted, 100 000 products', async ({ till, page }) => {
  await importGoods(till);
  const search = page.getByLabel('Find a product');
  const field = await emptyField(page);
  const typed = seededKeystrokes(seededGoods(PRODUCTS), 10_000);
  for (const rate of [1, 6]) {
    await throttle(page, rate);
    let at = 0;
    const pair = await interleaved(
      SAMPLES,
      async () => {
        const text = typed[at++] ?? '';
        await search.fill(text.slice(0, -1));
        await idle(page);
        return await timedKey(page, text.slice(-1), 'till:search');
      },
      async () => {
        await field.focus();
        await idle(page);
        return await timedKey(page, 'x', 'event');
      },
    );
    const slower = rate === 1 ? '' : ` (${rate}× slower)`;
    tell(`keystroke → results painted, 100 000 products${slower}`, pair, {
      at: 'p95',
      atMost: 1.3,
    });
  }
});
