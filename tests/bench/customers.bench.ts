// Finding one of 100 000 customers: picker opened, three letters typed, each to its paint.
// Compared with an empty dialogue.
import { FREE_FRAMES, openLab, test } from './bench';
import { interleaved, SAMPLES, tell } from './measure';
import { emptyDialog, emptyField } from './peers';
import { seededCustomers } from './seeded';
import { idle, throttle, timedKey } from './stopwatch';

const CUSTOMERS = 100_000;

test.use({ launchOptions: FREE_FRAMES });

test('find a customer among 100 000', async ({ till, page }) => {
  await openLab(page);
  await page.evaluate((count) => window.lab.fillCustomers(count), CUSTOMERS);
  const field = await emptyField(page);
  await emptyDialog(page);
  const names = seededCustomers(CUSTOMERS).map(({ name }) => name.split(' ')[1] ?? '');
  for (const rate of [1, 6]) {
    await throttle(page, rate);
    let at = 0;
    const pair = await interleaved(
      SAMPLES,
      async () => {
        // nothing listens to its keys
        await field.blur();
        await idle(page);
        let took = await timedKey(page, 'F4', 'till:customers');
        for (const letter of (names[(at += 997)] ?? '').toLowerCase().slice(0, 3)) {
          took += await timedKey(page, letter, 'till:customers');
        }
        await page.keyboard.press('Escape');
        await till.dialog.waitFor({ state: 'hidden' });
        return took;
      },
      async () => {
        await field.focus();
        await idle(page);
        let took = await timedKey(page, 'Enter', 'event');
        for (const letter of 'xyz') took += await timedKey(page, letter, 'event');
        await page.keyboard.press('Escape');
        await till.dialog.waitFor({ state: 'hidden' });
        return took;
      },
    );
    const slower = rate === 1 ? '' : ` (${rate}× slower)`;
    tell(`customer found by three letters, 100 000${slower}`, pair, { atMost: 1.5 });
  }
});
