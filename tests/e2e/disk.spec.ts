// Damaged records: a lost database, a sale flushed but not stored, a full disk.
// What was shown as saved is there, and what was not saved is reported.
import type { Locator, Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { expect, test } from '../support/e2e';
import {
  launch,
  LEVELDB,
  loseDatabases,
  shutDatabases,
  spoilDatabases,
  withProfile,
} from '../support/profile';
import { breakDisk, damageTable, mendDisk, rowsOf, snapshotOf, tamper } from '../support/till-disk';
import { TillPage } from '../support/till-page';

const salesOf = async (till: TillPage) =>
  (await rowsOf(till.page, 'sales')).map((row) => Number(row['number'])).sort((a, b) => a - b);

test(
  'after the browser loses the database, every sale, the customers and the goods are restored, and the till says so',
  { tag: '@service-worker' },
  async ({ relay }) => {
    await withProfile(async (profile) => {
      const first = await launch(profile);
      const till = new TillPage(first.page, () => relay.url);
      await till.openShop();
      await till.sellForCash('Ground coffee, 250 g');
      await till.next();
      await till.sellForCash('Carrier bag');
      const before = await rowsOf(first.page, 'journal');
      await first.context.close();
      loseDatabases(profile);

      const second = await launch(profile);
      const again = new TillPage(second.page, () => relay.url);
      await again.open();
      await again.signIn();
      await expect(second.page.getByText(/The browser lost the till’s records/)).toBeVisible();
      // the journal file may have lost its end as well, so numbers are skipped and none is printed twice
      await expect(second.page.getByText(/the next receipt is no. 1-001003;/)).toBeVisible();
      const [skipped, ...others] = (await rowsOf(second.page, 'journal')).toReversed();
      expect(others.toReversed()).toEqual(before);
      expect(skipped).toMatchObject({ act: 'numbers-skipped', body: { from: 3, to: 1002 } });
      expect(await salesOf(again)).toEqual([1, 2]);
      await again.sellForCash('Ground coffee, 250 g');
      expect(await salesOf(again)).toEqual([1, 2, 1003]);
      expect(await rowsOf(second.page, 'customers')).not.toEqual([]);

      // nobody has dismissed it yet
      const message = second.page
        .getByRole('status')
        .filter({ hasText: 'The browser lost the till’s records' });
      await again.open();
      await again.signIn();
      await message.getByRole('button', { name: 'OK' }).click();
      await expect(message).toHaveCount(0);
      await again.open();
      await again.signIn();
      await expect(again.chip).toBeVisible();
      await expect(message).toHaveCount(0);
      await second.context.close();
    });
  },
);

test(
  'a database that cannot be opened any more is rebuilt in another place, also if that happens to it again @long',
  { tag: '@service-worker' },
  async ({ relay }) => {
    await withProfile(async (profile) => {
      const numbersOn = async (page: Page) => {
        const { sales } = await snapshotOf(page, ['sales']);
        return sales.map((row) => Number(row['number'])).sort((a, b) => a - b);
      };
      const first = await launch(profile, LEVELDB);
      const till = new TillPage(first.page, () => relay.url);
      await till.openShop();
      await till.sellForCash('Carrier bag');
      await first.context.close();
      const numbers = [1];
      for (const losses of [1, 2]) {
        shutDatabases(profile);
        const { context, page } = await launch(profile, LEVELDB);
        const again = new TillPage(page, () => relay.url);
        await again.open();
        await again.signIn();
        await expect(page.getByText(/The browser lost the till’s records/)).toBeVisible();
        expect(await numbersOn(page)).toEqual(numbers);
        await again.sellForCash('Ground coffee, 250 g');
        numbers.push(numbers.at(-1)! + 1001);
        expect(await numbersOn(page), `after ${losses}`).toEqual(numbers);
        await context.close();
      }
    });
  },
);

test('a receipt shown as not saved is still open after a reload, and nothing is recorded @long', async ({
  till,
  page,
}) => {
  await till.openShop();
  await till.ring('Carrier bag');
  await till.pay();
  await till.button('Exact').click();
  // the disk must have the payment before it stops accepting writes
  await expect
    .poll(() => rowsOf(page, 'drafts'))
    .toMatchObject([{ receipt: { tenders: [{ kind: 'cash' }] } }]);
  await breakDisk(page, 'writing');
  await till.accept();
  await expect(page.getByRole('alertdialog')).toContainText('The receipt is NOT saved');

  await till.open();
  await till.signIn();
  await expect(till.chip).toBeVisible();
  expect(await rowsOf(page, 'sales')).toEqual([]);
  await expect(page.getByText('just before the till stopped')).toHaveCount(0);
  await till.accept();
  await expect(till.saved).toBeVisible();
  expect(await salesOf(till)).toEqual([1]);
});

/** From the next act on the database accepts nothing and answers nothing, so nobody knows whether the act is stored. */
function loseAnswers(page: Page): Promise<void> {
  return page.evaluate(() => {
    const own = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, 'add') ?? {};
    const refuse = () => {
      throw new DOMException('refused by a story', 'UnknownError');
    };
    Object.defineProperty(IDBObjectStore.prototype, 'add', {
      ...own,
      value: () => {
        for (const method of ['get', 'openCursor', 'put', 'getAll'] as const)
          Object.defineProperty(IDBObjectStore.prototype, method, { ...own, value: refuse });
        return refuse();
      },
    });
  });
}

/** Pays for a receipt; the till does not know afterwards whether it is saved. */
async function payUnanswered(till: TillPage): Promise<void> {
  await till.ring('Carrier bag');
  await till.pay();
  await till.button('Exact').click();
  await loseAnswers(till.page);
  await till.accept();
  await expect(till.page.getByRole('alertdialog')).toContainText(
    'It is not known whether the receipt is saved',
  );
}

/**
 * Replaces a text in the journal file, its last occurrence or each. Leaves the till's page, because the till holds the file
 * open.
 */
async function damageJournal(
  page: Page,
  which: 'last' | 'each',
  [text, other]: readonly [string, string],
): Promise<void> {
  await page.goto(new URL('/tablets.html', page.url()).href);
  const replace = () =>
    page.evaluate(
      async ([which, text, other]) => {
        const root = await navigator.storage.getDirectory();
        for await (const entry of (await root.getDirectoryHandle('counterfoil')).values()) {
          if (entry.kind !== 'file' || !entry.name.endsWith('.journal')) continue;
          const parts = (await (await entry.getFile()).text()).split(text);
          const last = parts.pop() ?? '';
          if (parts.length === 0) continue;
          const writable = await entry.createWritable();
          await writable.write(`${parts.join(which === 'each' ? other : text)}${other}${last}`);
          await writable.close();
        }
      },
      [which, text, other] as const,
    );
  // the previous page releases the file when its worker has ended
  await expect(replace).toPass();
}

test('a receipt that may be saved says so, cannot be left, and the next start asks whether it counts', async ({
  till,
  page,
}) => {
  await till.openShop();
  // the first act opens the shift
  await till.sellForCash('Carrier bag');
  await till.next();
  await payUnanswered(till);
  const dialog = page.getByRole('alertdialog');
  await dialog.getByRole('button', { name: 'Back' }).click();
  await expect(dialog).toContainText('the next start asks whether the receipt counts');

  await till.open();
  await expect(page.getByText('Does receipt no. 1-000002 count?')).toBeVisible();
  await till.button('It does not count').click();
  await till.signIn();
  await expect(till.chip).toBeVisible();
  expect(await salesOf(till)).toEqual([1]);
  await till.accept();
  await expect(till.saved).toBeVisible();
  expect(await salesOf(till)).toEqual([1, 2]);
});

test('a sale given up after it could not be stored is not restored @long', async ({
  till,
  page,
}) => {
  await till.openShop();
  await till.ring('Carrier bag');
  await till.pay();
  await till.button('Exact').click();
  await breakDisk(page, 'writing');
  await till.accept();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Back' }).click();
  await mendDisk(page);
  await till.toReceipt();
  await till.lock();

  await till.open();
  await till.signIn();
  await expect(till.chip).toBeVisible();
  expect(await rowsOf(page, 'sales')).toEqual([]);
  await expect(page.getByText('just before the till stopped')).toHaveCount(0);
});

test('records that the browser loses while the till is in use come back with the next sale @long', async ({
  till,
  page,
}) => {
  await till.openShop();
  await till.sellForCash('Carrier bag');
  await till.next();
  await tamper(page, 'journal', (rows) => rows.slice(0, -1), 'instead');
  await tamper(page, 'sales', () => [], 'instead');
  await till.ring('Ground coffee, 250 g');
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  await expect(page.getByText('Receipt no. 1-000001 was saved just before')).toBeVisible();
  expect(await salesOf(till)).toEqual([1, 2]);
});

test(
  'little room is shown in amber, hardly any in red, and enough room not at all @long',
  { tag: '@service-worker' },
  async ({ relay }) => {
    await withProfile(async (profile) => {
      // against fingerprinting, Chromium reports a fixed quota to every page; without that feature it reports the quota set
      // here
      const { context, page } = await launch(profile, ['--disable-features=StaticStorageQuota']);
      const till = new TillPage(page, () => relay.url);
      await till.openShop();
      const session = await context.newCDPSession(page);
      const { usage = 0 } = await page.evaluate(() => navigator.storage.estimate());
      const leave = (bytes: number) =>
        session.send('Storage.overrideQuotaForOrigin', {
          origin: new URL(relay.url).origin,
          quotaSize: Math.max(1, Math.round(usage + bytes)),
        });
      await leave(150_000_000);
      await till.sellForCash('Carrier bag');
      await expect(page.getByText('There is little room on the device')).toBeVisible();
      await till.next();
      await leave(30_000_000);
      await till.sellForCash('Carrier bag');
      await expect(page.getByText('The device is running out of room')).toBeVisible();
      await till.next();
      await leave(900_000_000);
      await till.sellForCash('Carrier bag');
      await expect(page.getByText('The device is running out of room')).toHaveCount(0);
      expect(await salesOf(till)).toEqual([1, 2, 3]);
      await context.close();
    });
  },
);

test(
  'a start that a full disk has stopped goes on by itself once there is room @long',
  { tag: '@service-worker' },
  async ({ relay }) => {
    await withProfile(async (profile) => {
      const first = await launch(profile);
      const till = new TillPage(first.page, () => relay.url);
      await till.openShop();
      await till.sellForCash('Carrier bag');
      await first.context.close();
      // it must be rebuilt from the journal file, but there is no free space for it
      loseDatabases(profile);

      const { context, page } = await launch(profile, ['--disable-features=StaticStorageQuota']);
      const session = await context.newCDPSession(page);
      const leave = (quotaSize: number) =>
        session.send('Storage.overrideQuotaForOrigin', {
          origin: new URL(relay.url).origin,
          quotaSize,
        });
      await leave(1);
      const again = new TillPage(page, () => relay.url);
      await again.open();
      await expect(page.getByText('by itself as soon as there is room')).toBeVisible();
      await expect(again.button('Reload')).toBeVisible();
      await leave(900_000_000);
      await again.signIn();
      expect(await salesOf(again)).toEqual([1]);
      await context.close();
    });
  },
);

/** The old page can still be signed in to until the new one is loaded. */
async function rebuild(page: Page, button: Locator): Promise<void> {
  await Promise.all([page.waitForEvent('load'), button.click()]);
}

const DAMAGED = 'The till’s database is damaged.';

test('a till that can no longer count PINs says so at the sign-in, and is rebuilt there from the journal file @long', async ({
  till,
  page,
}) => {
  await till.openShop();
  await till.sellForCash('Carrier bag');
  await till.next();
  await till.lock();
  await damageTable(page, 'pinFailures', 'writing');
  await till.tryToSignIn();
  await expect(page.getByRole('status').filter({ hasText: DAMAGED })).toContainText(
    'Everything that was saved is in the journal file beside the database.',
  );
  await rebuild(page, till.button('Rebuild from the journal file'));
  await till.signIn();
  await expect(page.getByText(/They came back from the journal file/)).toBeVisible();
  await till.sellForCash('Ground coffee, 250 g');
  const { sales } = await snapshotOf(page, ['sales']);
  expect(sales.map((row) => Number(row['number'])).sort((a, b) => a - b)).toEqual([1, 1002]);
});

test('customers that cannot be read are said to be unread, not missing, and the till offers to rebuild @long', async ({
  till,
  page,
}) => {
  await till.openShop();
  await till.ring('Carrier bag');
  await damageTable(page, 'customers', 'reading');
  await till.button('Choose a customer').click();
  await expect(till.dialog).toContainText('The records could not be read');
  await expect(till.dialog).not.toContainText('Nothing found');
  await till.dialog.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('status').filter({ hasText: DAMAGED })).toBeVisible();
  // the receipt can still be paid for
  await till.pay();
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  await till.next();
  await rebuild(page, till.button('Rebuild from the journal file'));
  await till.signIn();
  await expect(page.getByText(DAMAGED)).toHaveCount(0);
  const { sales } = await snapshotOf(page, ['sales']);
  expect(sales.map((row) => Number(row['number']))).toEqual([1]);
});

test('a sale of which a damaged database does not say whether it is saved is asked about while it is rebuilt @long', async ({
  till,
  page,
}) => {
  await till.openShop();
  await till.sellForCash('Carrier bag');
  await till.next();
  await payUnanswered(till);
  const dialog = page.getByRole('alertdialog');
  await dialog.getByRole('button', { name: 'Rebuild from the journal file' }).click();
  // the till's number is in the journal file, too
  await expect(page.getByText('Does receipt no. 1-000002 count?')).toBeVisible();
  await till.button('It counts').click();
  await till.signIn();
  const { sales } = await snapshotOf(page, ['sales']);
  expect(sales.map((row) => Number(row['number'])).sort((a, b) => a - b)).toEqual([1, 2]);
});

test('a full disk in use is not called damage @long', async ({ till, page }) => {
  await till.openShop();
  await till.ring('Carrier bag');
  await till.pay();
  await till.button('Exact').click();
  await breakDisk(page, 'writing');
  await till.accept();
  await expect(page.getByRole('alertdialog')).toContainText('The device is out of space');
  await expect(page.getByText(DAMAGED)).toHaveCount(0);
});

test('a browser that cannot store records says so at once, and nothing starts', async ({
  till,
  page,
}) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('not in a private window', 'SecurityError');
    };
  });
  await till.open();
  await expect(page.getByText('not a private one')).toBeVisible();
  await expect(page.getByRole('button', { name: 'English' })).toHaveCount(0);
});

test(
  'a database that the browser dropped as unreadable, with no journal file, is reported @long',
  { tag: '@service-worker' },
  async ({ relay }) => {
    await withProfile(async (profile) => {
      const first = await launch(profile);
      await new TillPage(first.page, () => relay.url).openShop();
      await first.context.close();
      spoilDatabases(profile);

      const { context, page } = await launch(profile);
      await new TillPage(page, () => relay.url).open();
      await expect(page.getByText('were damaged and are gone')).toBeVisible();
      await context.close();
    });
  },
);

test('a damaged line of a sale that only the journal file has is named, and the till sells on with other numbers @long', async ({
  till,
  page,
}) => {
  await till.openShop();
  await till.sellForCash('Carrier bag');
  await till.next();
  await payUnanswered(till);
  await damageJournal(page, 'last', ['"act":"sale"', '"act":"s@le"']);

  await till.open();
  await till.signIn();
  await expect(page.getByText('The journal file has lines that cannot be read')).toBeVisible();
  expect(await salesOf(till)).toEqual([1]);
  // the receipt is still open, because it was never shown as saved
  await till.button('Exact').click();
  await till.accept();
  await till.expectSaved();
  expect(await salesOf(till)).toEqual([1, 3]);
});

test(
  'a device with a damaged journal and no database says so, shows what can be read, and starts over only on purpose @long',
  { tag: '@service-worker' },
  async ({ relay }) => {
    await withProfile(async (profile) => {
      const first = await launch(profile);
      const till = new TillPage(first.page, () => relay.url);
      await till.openShop();
      await till.sellForCash('Carrier bag');
      await damageJournal(first.page, 'each', ['"kind":"head"', '"kind":"h@ad"']);
      await first.context.close();
      loseDatabases(profile);

      const { page, context } = await launch(profile);
      const again = new TillPage(page, () => relay.url);
      const title = page.getByRole('heading', { name: 'A damaged journal lies on this device' });
      await again.open();
      await expect(title).toBeVisible();
      await expect(page.getByText('Language · Язык')).toBeHidden();
      await again.button('Read what can be read').click();
      await expect(page.getByRole('table', { name: 'Receipts' }).getByRole('row')).toHaveCount(1);
      const download = page.waitForEvent('download');
      await again.button('Save as a file').click();
      const saved = await readFile(await (await download).path(), 'utf8');
      const acts = saved
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { act: string }).act);
      expect(acts.at(-1)).toBe('sale');
      await again.button('Connect again as a new till').click();
      await again.dialog.getByRole('button', { name: 'Cancel' }).click();
      await again.open();
      await expect(title).toBeVisible();
      await again.button('Connect again as a new till').click();
      await again.dialog.getByRole('button', { name: 'Connect again as a new till' }).click();
      await expect(page.getByText('Language · Язык')).toBeVisible();
      expect((await journalFiles(page)).filter((name) => name.includes('.aside-'))).toHaveLength(1);
      // the device is a new till from now on
      await again.open();
      await expect(page.getByText('Language · Язык')).toBeVisible();
      await context.close();
    });
  },
);

/** Names of the till's journal files. */
function journalFiles(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const names: string[] = [];
    const folder = await root.getDirectoryHandle('counterfoil');
    for await (const { name } of folder.values()) names.push(name);
    return names;
  });
}

test(
  'a lost database beside a journal file cut in its first lines asks to connect the till again, and begins no first run @long',
  { tag: '@service-worker' },
  async ({ relay }) => {
    await withProfile(async (profile) => {
      const first = await launch(profile);
      const till = new TillPage(first.page, () => relay.url);
      await till.openShop();
      await cutJournal(first.page, 900);
      await first.context.close();
      loseDatabases(profile);

      const { page, context } = await launch(profile);
      await new TillPage(page, () => relay.url).open();
      await expect(page.getByRole('heading', { name: 'Connect this till again' })).toBeVisible();
      await expect(page.getByText(/There the file breaks off: at least/)).toBeVisible();
      await expect(page.getByText(/You can sell/)).toBeHidden();
      await context.close();
    });
  },
);

/** Cuts off the journal file after this many bytes. Leaves the till's page, because the till holds the file open. */
async function cutJournal(page: Page, length: number): Promise<void> {
  await page.goto(new URL('/tablets.html', page.url()).href);
  const cut = () =>
    page.evaluate(async (length) => {
      const root = await navigator.storage.getDirectory();
      for await (const entry of (await root.getDirectoryHandle('counterfoil')).values()) {
        if (entry.kind !== 'file' || !entry.name.endsWith('.journal')) continue;
        const whole = await entry.getFile();
        const writable = await entry.createWritable();
        await writable.write(whole.slice(0, length));
        await writable.close();
      }
    }, length);
  // the previous page releases the file when its worker has ended
  await expect(cut).toPass();
}

test(
  'a backup restored over a damaged journal says what it lacks, sells on with other numbers, and keeps the damaged file @long',
  { tag: '@service-worker' },
  async ({ relay }) => {
    await withProfile(async (profile) => {
      const first = await launch(profile);
      const till = new TillPage(first.page, () => relay.url);
      await till.openShop();
      await till.sellForCash('Carrier bag');
      await till.next();
      await till.goTo('settings/data');
      const download = first.page.waitForEvent('download');
      await till.button('Save a backup').click();
      const backup = await readFile(await (await download).path());
      await till.goTo('till');
      await till.sellForCash('Ground coffee, 250 g');
      await damageJournal(first.page, 'each', ['"kind":"head"', '"kind":"h@ad"']);
      await first.context.close();
      loseDatabases(profile);

      const { page, context } = await launch(profile);
      const again = new TillPage(page, () => relay.url);
      const title = page.getByRole('heading', { name: 'A damaged journal lies on this device' });
      await again.open();
      await again.button('Read what can be read').click();
      await expect(page.getByRole('table', { name: 'Receipts' }).getByRole('row')).toHaveCount(2);
      await again.button('Restore from a backup').click();
      const file = { name: 'a.backup', mimeType: 'application/octet-stream', buffer: backup };
      await again.dialog.locator('input[type=file]').setInputFiles(file);
      await expect(again.dialog).toContainText(
        'The damaged journal holds what is not in the backup: 1',
      );
      // there is no till to back up
      await expect(again.dialog.getByRole('button', { name: 'Save what is here now' })).toHaveCount(
        0,
      );
      await again.button('Replace everything').click();

      await again.signIn();
      await expect(again.chip).toBeVisible();
      expect(await salesOf(again)).toEqual([1]);
      await again.sellForCash('Carrier bag');
      await again.next();
      const [, number] = await salesOf(again);
      expect(number).toBeGreaterThan(1002);
      await again.goTo('journal/check');
      await expect(page.getByText('The journal is whole')).toBeVisible();
      await expect(page.getByText('has to be connected again').first()).toBeVisible();

      await again.open();
      await again.signIn();
      await expect(again.chip).toBeVisible();
      await expect(title).toHaveCount(0);
      expect(await salesOf(again)).toEqual([1, number]);
      expect((await journalFiles(page)).filter((name) => name.includes('.aside-'))).toHaveLength(1);
      await context.close();
    });
  },
);
