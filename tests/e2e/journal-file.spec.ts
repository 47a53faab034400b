// The journal file fails while the till is in use: no act is called saved that is not.
// The next start restores the second copy.
import type { Page, Worker } from '@playwright/test';
import { expect, test } from '../support/e2e';
import { rowsOf } from '../support/till-disk';

test.beforeEach(async ({ till }) => {
  await till.openShop();
  await till.sellForCash('Carrier bag');
  await till.next();
});

const writerOf = (page: Page): Worker => {
  const worker = page.workers().find((each) => each.url().includes('journal-file'));
  if (worker === undefined) throw new Error('no worker keeps a journal file');
  return worker;
};

/** Number of sales in the file. */
const salesInFile = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    let found = 0;
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('counterfoil');
    for await (const entry of folder.values()) {
      if (entry.kind !== 'file' || !entry.name.endsWith('.journal')) continue;
      const text = await (await entry.getFile()).text();
      found += text.split('"act":"sale"').length - 1;
    }
    return found;
  });

const FAILURES: Record<string, (page: Page) => Promise<void>> = {
  'the disk refuses the file': (page) =>
    writerOf(page).evaluate(() => {
      // only a worker has this class
      const { FileSystemSyncAccessHandle: handle } = globalThis as unknown as {
        FileSystemSyncAccessHandle: { prototype: { write: () => never } };
      };
      handle.prototype.write = () => {
        throw new DOMException('refused by a story', 'NoModificationAllowedError');
      };
    }),
  'the worker that writes it dies': async (page) => {
    await writerOf(page).evaluate(
      () =>
        void setTimeout(() => {
          throw new Error('died in a story');
        }),
    );
  },
};

for (const [place, [failure, happens]] of Object.entries(FAILURES).entries()) {
  const tag = place === 0 ? '' : ' @long';
  test(`when ${failure}, the sale is first reported as not saved, then as saved without a second copy; the next start restores both copies${tag}`, async ({
    till,
    page,
  }) => {
    const alone = page.getByText('Sales are saved, but without a second copy');
    await happens(page);
    await till.ring('Ground coffee, 250 g');
    await till.pay();
    await till.button('Exact').click();
    await till.accept();
    const refused = page.getByRole('alertdialog');
    await expect(refused).toContainText('NOT saved');
    expect(await rowsOf(page, 'sales')).toHaveLength(1);
    await refused.getByRole('button', { name: 'Try again' }).click();
    await till.expectSaved();
    await till.next();
    await expect(alone).toBeVisible();
    expect(await rowsOf(page, 'sales')).toHaveLength(2);
    expect(await salesInFile(page)).toBe(1);

    await till.open();
    await till.signIn();
    await till.sellForCash('Carrier bag');
    await till.next();
    await expect(alone).toHaveCount(0);
    expect(await salesInFile(page)).toBe(3);
    await till.goTo('journal/check');
    await expect(page.getByText('The journal is whole')).toBeVisible();
  });
}
