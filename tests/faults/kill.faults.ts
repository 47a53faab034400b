// Browser and relay are killed while codes are sent, and sales and every other act of the day saved.
// The database's connection is lost, too.
// No saved sale is lost. A control that shows sales as saved too early must lose some.
import { tender } from '$lib/ui/text/en/till';
import { expect, test } from '@playwright/test';
import { seededRandom } from '../support/seeded-random';
import { loseConnection, openBrowser, STORES } from './browser';
import { ACTS, type ShownAct } from './errands';
import { roundsOf, SCALE, SEED } from './scale';
import { inShops, Shop, withFolder } from './shop';
import { Tally } from './tally';
import { differences, type ScreenOfSale } from './shown';
import { diskOf, doubledIn, salesOn, tornDayIn, tornIn, type Disk } from './whole';

/** Longest time from the first sale of a round to the kill, ms. The one round of a push is killed before that sale can be old. */
const MOMENT_MS = SCALE === 'long' ? 1500 : 300;
/** In one of this many rounds the connection to the database is lost before the kill. */
const CONNECTION_LOST_EVERY = 3;

for (const [place, store] of STORES.entries()) {
  const rounds = roundsOf({ push: 1, long: 500 });
  // a push kills on SQLite, where the connection is lost as well, and cuts the power on LevelDB
  const tag = store === 'SQLite' ? '' : ' @long';
  test(`after ${rounds} kills a till on ${store} has lost nothing it showed as saved${tag}`, async () => {
    test.setTimeout(300_000 + rounds * 20_000);
    const tally = new Tally(`a sale survives a kill and a lost connection (${store})`);
    const random = seededRandom(SEED + place);
    await tally.over(async () => {
      await inShops(tally, rounds, (some) => killOften(tally, some, random, place));
    });
  });
}

for (const store of STORES) {
  test(`control: a till on ${store} that shows sales as saved before they are loses them in a kill`, async () => {
    test.setTimeout(300_000);
    const tally = new Tally(`control: a hasty till, kill (${store})`, { kind: 'control' });
    await tally.over(async () => {
      await withFolder(async (profile) => {
        const { shop, browser } = await Shop.found(profile, store, tally);
        try {
          await browser.context.close();
          const hasty = await openBrowser(profile, store, 'hasty');
          await shop.signIn(hasty);
          await shop.sell(hasty);
          await hasty.kill();
          tally.rounds += 1;
          await (await shop.reopen(profile)).browser.kill();
        } finally {
          await shop.dispose();
        }
      });
      expect(tally.lost.size, 'the harness does not see a loss').toBeGreaterThan(0);
    });
  });
}

async function killOften(
  tally: Tally,
  rounds: number,
  random: () => number,
  place: number,
): Promise<void> {
  const store = STORES[place] ?? STORES[0];
  await withFolder(async (profile) => {
    const { shop, ...opened } = await Shop.found(profile, store, tally);
    const day: ShownAct[] = [];
    shop.day = day;
    let { browser } = opened;
    let disk = await diskOf(browser.page);
    try {
      for (let round = 0; round < rounds; round++) {
        await shop.sell(browser);
        // on a push in the only round of the second store
        if ((round + place) % CONNECTION_LOST_EVERY === 1) {
          await pause(random() * MOMENT_MS);
          const { here } = tally.acknowledged;
          const before = here.size;
          await loseConnection(browser);
          await expect.poll(() => here.size, 'no sale after it').toBeGreaterThan(before + 1);
        }
        // the times of the kills are under test, so nothing is awaited before them
        const restarted =
          random() < 0.5
            ? pause(random() * MOMENT_MS).then(() => shop.relay.restart())
            : Promise.resolve();
        await pause(random() * MOMENT_MS);
        await browser.kill();
        await restarted;
        tally.rounds += 1;
        ({ browser, disk } = await shop.reopen(profile));
        tally.expectNothingWrong(`round ${tally.rounds}`);
      }
      expectEyesToSee(disk, tally.acknowledged.screens, shop.customers);
      disk = await shop.sellOn(browser);
      shop.lookAt(disk);
      expectEyesToSeeDay(disk, day);
      expect(await shop.expectUploaded(browser, disk)).toBe('uploaded');
      tally.expectNothingWrong('at the end');
      await browser.context.close();
    } finally {
      await shop.dispose();
    }
  });
}

/** Proves that the checks, which found nothing wrong, would find a loss. */
function expectEyesToSee(
  disk: Disk,
  screens: readonly ScreenOfSale[],
  customers: ReadonlyMap<string, string>,
): void {
  for (const table of ['sales', 'accountEntries', 'stock'] as const)
    expect(tornIn({ ...disk, [table]: disk[table].slice(0, -1) }), table).not.toEqual([]);
  const last = disk.journal.findLastIndex(({ act }) => act === 'sale');
  expect(tornIn({ ...disk, journal: disk.journal.slice(0, last) })).not.toEqual([]);
  const [first, ...others] = disk.balances;
  const moved = { ...first, sum: Number(first?.['sum']) + 1 };
  expect(tornIn({ ...disk, balances: [moved, ...others] })).not.toEqual([]);
  const screen = screens.find(({ lines, figure }) => lines !== null && figure[0] === tender.paid);
  const body = screen === undefined ? undefined : salesOn(disk).get(screen.sale);
  if (screen === undefined || body === undefined) throw new Error('no sale is on the disk');
  expect(differences(screen, body, customers)).toEqual([]);
  for (const part of ['number', 'total', 'changeDue', 'onAccount', 'pointsEarned'] as const)
    expect(differences(screen, { ...body, [part]: body[part] + 1 }, customers), part).not.toEqual(
      [],
    );
  for (const part of ['tenders', 'lines', 'accounts', 'stock'] as const)
    expect(differences(screen, { ...body, [part]: [] }, customers), part).not.toEqual([]);
  expect(doubledIn({ ...disk, sales: [...disk.sales, ...disk.sales.slice(-1)] })).not.toEqual([]);
}

/** The same for the day's other acts. */
function expectEyesToSeeDay(disk: Disk, shown: readonly ShownAct[]): void {
  const without = (kind: string) =>
    disk.journal.toSpliced(
      disk.journal.findLastIndex(({ act }) => act === kind),
      1,
    );
  const { shifts, closedShifts } = disk;
  for (const less of [
    ...ACTS.map((act) => ({ journal: without(act) })),
    { closedShifts: closedShifts.slice(0, -1) },
    { returns: disk.returns.slice(0, -1) },
    { debts: disk.debts.map((row) => ({ ...row, left: Number(row['left']) + 1 })) },
    { shifts: shifts.map((row) => ({ ...row, closed: row['closed'] === null ? {} : null })) },
  ])
    expect(tornDayIn({ ...disk, ...less }, shown)).not.toEqual([]);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
