// Damage to one copy of the journal on the disk loses no acknowledged sale; damage to both is shown.
// The till reports it before it gives another number.
import { disk } from '$lib/ui/text/en/errors';
import { damagedJournal } from '$lib/ui/text/en/first-run';
import { signIn } from '$lib/ui/text/en/operators';
import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { OWNER } from '../support/till-page';
import { seededRandom } from '../support/seeded-random';
import { openBrowser, STORES, type Browser, type Store } from './browser';
import { COPIES, salesIn, type Copy } from './copies';
import { damage, DAMAGES, namesOf, refuseWrites } from './damage';
import { roundsOf, SCALE, SEED } from './scale';
import { Shop, withFolder } from './shop';
import { asksToConnect, saysLost, saysRebuilt, untold, type Missing } from './said';
import { stopSelling } from './seller';
import { Tally } from './tally';
import { diskOf, doubledIn } from './whole';

/** Sales on the disk before the damage; a push makes fewer, because they take longer than the damage. */
const ENOUGH = SCALE === 'long' ? 20 : 8;
/** Longest time from the start of a damaged till to its kill, ms: while it recovers, or is rebuilt. */
const MOMENT_MS = 2500;

/** How long a till that sells nothing may look for what it lost, ms. */
const FOUND_MS = 20_000;

type Strike = (profile: string, store: Store, random: () => number) => string[];

/** Draws one of several. */
const one = <T>(all: readonly T[], random: () => number): T =>
  all[Math.floor(random() * all.length)] ?? all[0]!;

/** Damages each copy by itself, at different places and in different ways. */
const strike =
  (...copies: readonly Copy[]): Strike =>
  (profile, _, random) =>
    copies.map((copy) => damage(profile, copy, one(DAMAGES, random), random));

/** The database cannot be opened, or is gone. */
const lose: Strike = (profile, store, random) => [
  damage(profile, 'database', 'gone', random, MAIN_FILE[store]),
];

/** The file that holds the newest rows. */
const NEWEST: Record<Store, RegExp> = { LevelDB: /\.log$/, SQLite: /^[A-Z2-7]{40,}$/ };
const MAIN_FILE: Record<Store, RegExp> = { LevelDB: /^MANIFEST/, SQLite: /^[A-Z2-7]{40,}$/ };
/** LevelDB's own files; there is a table (`.ldb`) once the database has been opened again. */
const OWN_FILES = [/^CURRENT$/, /^MANIFEST/, /\.log$/, /\.ldb$/];

type Blow = {
  /** The value of `COUNTERFOIL_BLOW` that runs only this damage. */
  readonly name: string;
  readonly strike: Strike;
  /** How many copies are damaged. */
  readonly struck: 1 | 2;
  /** What happens after the damage: the till sells on, is killed while it recovers, or is only looked at. */
  readonly then: 'sells-on' | 'is-killed' | 'is-looked-at';
};

/** One of these in each round, in turn … */
const BLOWS: readonly Blow[] = [
  { name: 'database', strike: strike('database'), struck: 1, then: 'sells-on' },
  { name: 'file', strike: strike('file'), struck: 1, then: 'sells-on' },
  // goods and customers may be lost, so there is nobody to sell on account to
  { name: 'both', strike: strike(...COPIES), struck: 2, then: 'is-looked-at' },
];

/** … and after them one of these. */
const AIMED: readonly Blow[] = [
  {
    name: 'rows',
    strike: (profile, store, random) => [
      store === 'SQLite'
        ? damage(profile, 'database', 'row turned', random, MAIN_FILE.SQLite)
        : damage(profile, 'database', one(DAMAGES, random), random, one(ownFiles(profile), random)),
    ],
    struck: 1,
    then: 'sells-on',
  },
  {
    name: 'recovery',
    strike: (...at) => (at[2]() < 0.5 ? lose(...at) : strike('database')(...at)),
    struck: 1,
    then: 'is-killed',
  },
  // numbers of lost sales must not be given again
  {
    name: 'lost',
    strike: (profile, store, random) => [
      ...lose(profile, store, random),
      damage(profile, 'file', 'tail cut', random),
    ],
    struck: 2,
    then: 'sells-on',
  },
  // the database opens without its newest rows, and the file lacks them, too
  {
    name: 'ends',
    strike: (profile, store, random) => [
      damage(profile, 'database', 'cut anywhere', random, NEWEST[store]),
      damage(profile, 'file', one(['gone', 'tail cut', 'cut in half'], random), random),
    ],
    struck: 2,
    then: 'is-looked-at',
  },
];

const ownFiles = (profile: string): RegExp[] =>
  OWN_FILES.filter((name) => namesOf(profile, 'database').some((each) => name.test(each)));

function blowOf(round: number, place: number): Blow {
  const only = process.env['COUNTERFOIL_BLOW'];
  if (only !== undefined) {
    const named = [...BLOWS, ...AIMED].find(({ name }) => name === only);
    if (named === undefined) throw new Error(`no blow is called ${only}`);
    return named;
  }
  // each store begins with other kinds, so that the few rounds of a push meet all
  const turn = round + 2 * (1 - place);
  const aimed = SEED + place + Math.floor(turn / (BLOWS.length + 1));
  return BLOWS[turn % (BLOWS.length + 1)] ?? AIMED[aimed % AIMED.length]!;
}

for (const [place, store] of STORES.entries()) {
  const rounds = roundsOf({ push: 1, long: 120 });
  const tag = store === 'LevelDB' ? '' : ' @long';
  test(`after damage ${rounds} times, a till on ${store} loses nothing that either copy has, and reports what it lost${tag}`, async () => {
    test.setTimeout(300_000 + rounds * 90_000);
    const tally = new Tally(`damage is mended or reported (${store})`);
    const random = seededRandom(SEED + place);
    await tally.over(async () => {
      await withFolder(async (folder) => {
        const before = join(folder, 'founded');
        const started = await foundedShop(before, store, tally);
        const { shop } = started;
        const relay = join(folder, 'relay');
        try {
          await shop.saveRelay(relay);
          for (let round = 0; round < rounds; round++) {
            const profile = join(folder, `damaged-${round}`);
            copyProfile(before, profile);
            const blow = blowOf(round, place);
            const done = `${blow.strike(profile, store, random).join(', ')}; ${blow.then}`;
            console.log(done);
            await shop.putRelayBack(relay);
            await tally.acknowledged.onCopy(async () => {
              const heard: string[] = [];
              // the till has to report its losses without the relay, and sells nothing
              if (blow.name === 'ends') await shop.relay.kill();
              if (blow.then === 'is-killed')
                heard.push(await killInRecovery(shop, profile, random));
              await lookAt(started, profile, blow, heard);
            });
            tally.rounds += 1;
            tally.expectNothingWrong(done);
          }
        } finally {
          await shop.dispose();
        }
      });
    });
  });
}

test('a LevelDB that cannot be opened is replaced and rebuilt from the file, and selling goes on @long', async () => {
  test.setTimeout(300_000);
  const tally = new Tally('a database that cannot be opened is replaced (LevelDB)');
  await tally.over(async () => {
    await withFolder(async (folder) => {
      const profile = join(folder, 'profile');
      const { shop } = await foundedShop(profile, 'LevelDB', tally);
      try {
        damage(profile, 'database', 'gone', seededRandom(SEED), /^MANIFEST/);
        const first = await openBrowser(profile, shop.store);
        await shop.open(first);
        await shop.enter(first);
        await expect.poll(async () => saysRebuilt(await first.page.innerText('body'))).toBe(true);
        await shop.sell(first);
        await first.kill();

        const again = await openBrowser(profile, shop.store);
        await shop.open(again);
        await shop.signIn(again);
        await shop.compareUnion(again.page);
        await sellOn(shop, again, 'cut-off');
        tally.rounds += 1;
        await again.kill();
        tally.expectNothingWrong('at the end');
      } finally {
        await shop.dispose();
      }
    });
  });
});

// on a push the till is also killed in such a rebuild, below
test('an SQLite database that opens but cannot be read is rebuilt from the file on request, and selling goes on @long', async () => {
  test.setTimeout(300_000);
  const tally = new Tally('a database that cannot be read is rebuilt (SQLite)');
  await tally.over(async () => {
    await withFolder(async (folder) => {
      const profile = join(folder, 'profile');
      const { shop } = await foundedShop(profile, 'SQLite', tally);
      try {
        damage(profile, 'database', 'page size changed', seededRandom(SEED), /^[A-Z2-7]{40,}$/);
        const first = await openBrowser(profile, shop.store);
        await shop.open(first);
        await expect(first.page.locator('body')).toContainText(disk.damagedText);
        await first.page.getByRole('button', { name: disk.rebuild }).click();
        await expect(first.page.getByRole('group', { name: 'PIN' })).toBeVisible();
        await shop.enter(first);
        await shop.sell(first);
        await first.kill();

        const again = await openBrowser(profile, shop.store);
        await shop.signIn(again);
        await shop.compareUnion(again.page);
        await sellOn(shop, again, 'cut-off');
        tally.rounds += 1;
        await again.kill();
        tally.expectNothingWrong('at the end');
      } finally {
        await shop.dispose();
      }
    });
  });
});

for (const [table, where] of [
  ['pinFailures', 'at the sign-in'],
  ['sales', 'at a sale'],
] as const)
  test(`an SQLite database found damaged ${where} is rebuilt there from the file, and selling goes on @long`, async () => {
    test.setTimeout(300_000);
    const tally = new Tally(`a database found damaged ${where} is rebuilt (SQLite)`);
    await tally.over(async () => {
      await withFolder(async (folder) => {
        const profile = join(folder, 'profile');
        const { shop } = await foundedShop(profile, 'SQLite', tally);
        try {
          refuseWrites(profile, table);
          const browser = await openBrowser(profile, shop.store);
          await shop.open(browser);
          const sellAgain = async () => {
            tally.compareSales((await salesIn(browser.page)).database, shop.customers);
            await sellOn(shop, browser, 'cut-off');
          };
          const isRebuilt = await orRebuilt(shop, browser, shop.enter(browser), sellAgain);
          if (table === 'pinFailures') expect(isRebuilt).toBe(true);
          else
            expect(
              await orRebuilt(shop, browser, sellOn(shop, browser, 'connected'), sellAgain),
            ).toBe(true);
          tally.rounds += 1;
          await browser.kill();
          tally.expectNothingWrong('at the end');
        } finally {
          await shop.dispose();
        }
      });
    });
  });

const REBUILDS = roundsOf({ push: 1, long: 60 });
test(`killed ${REBUILDS} times while it is rebuilt on request, a till on SQLite loses nothing @long`, async () => {
  test.setTimeout(300_000 + REBUILDS * 60_000);
  const tally = new Tally('a rebuild on request goes on after a kill (SQLite)');
  const random = seededRandom(SEED);
  await tally.over(async () => {
    await withFolder(async (folder) => {
      const before = join(folder, 'founded');
      const { shop } = await foundedShop(before, 'SQLite', tally);
      const relay = join(folder, 'relay');
      try {
        await shop.saveRelay(relay);
        for (let round = 0; round < REBUILDS; round += 1) {
          const profile = join(folder, `rebuilt-${round}`);
          copyProfile(before, profile);
          damage(profile, 'database', 'page size changed', random, MAIN_FILE.SQLite);
          await shop.putRelayBack(relay);
          await tally.acknowledged.onCopy(async () => {
            const kills = await killInRebuild(shop, profile, random);
            const again = await openBrowser(profile, shop.store);
            await shop.open(again);
            await saidBy(again.page);
            await shop.enter(again);
            const { database } = await salesIn(again.page);
            tally.compareSales(database, shop.customers);
            await sellOn(shop, again, 'cut-off');
            await again.kill();
            tally.expectNothingWrong(`${kills}, round ${round + 1}`);
          });
          tally.rounds += 1;
        }
      } finally {
        await shop.dispose();
      }
    });
  });
});

for (const store of STORES)
  test(`control: a till on ${store} that reads nothing back from its file loses the sales of a damaged database`, async () => {
    test.setTimeout(300_000);
    const tally = new Tally(`control: a till without repair, damage (${store})`, {
      kind: 'control',
    });
    await tally.over(async () => {
      await withFolder(async (profile) => {
        const { shop } = await foundedShop(profile, store, tally);
        try {
          lose(profile, store, seededRandom(SEED));
          const browser = await openBrowser(profile, shop.store, 'unrepaired');
          await shop.open(browser);
          await saidBy(browser.page);
          const { database } = await salesIn(browser.page);
          tally.compareSales(database, shop.customers);
          tally.rounds += 1;
          await browser.kill();
        } finally {
          await shop.dispose();
        }
      });
      expect(tally.lost.size, 'the harness does not see a loss').toBeGreaterThan(0);
    });
  });

/** `founded`: entry and receipt number of each sale, by its id. */
type Founded = { readonly shop: Shop; readonly founded: ReadonlyMap<string, Missing> };

/** A shop with sales, its browser closed normally. */
async function foundedShop(profile: string, store: Store, tally: Tally): Promise<Founded> {
  const { shop, browser } = await Shop.found(profile, store, tally);
  await shop.sell(browser);
  await expect.poll(() => tally.acknowledged.here.size).toBeGreaterThanOrEqual(ENOUGH);
  // checked here, because a message that is always shown would prove nothing
  const said = await browser.page.innerText('body');
  expect(saysRebuilt(said) || saysLost(said) || asksToConnect(said)).toBe(false);
  expect(untold(said, [{ seq: 1, number: 1 }])).not.toEqual([]);
  await stopSelling(browser.page);
  const { sales } = await diskOf(browser.page);
  const founded = new Map(
    sales.map(({ id, seq, number }) => [String(id), { seq: Number(seq), number: Number(number) }]),
  );
  await browser.context.close();
  if (SCALE === 'long') {
    // LevelDB writes its first table when it is opened again
    const again = await openBrowser(profile, store);
    await shop.open(again);
    await again.context.close();
  }
  return { shop, founded };
}

/** Copies the profile of a browser that does not run. */
function copyProfile(from: string, to: string): void {
  const filter = (path: string) => !basename(path).startsWith('Singleton');
  cpSync(from, to, { recursive: true, filter });
}

/** Presses the button of the damaged till, and kills it soon after. Returns when, in words. */
async function killInRebuild(shop: Shop, profile: string, random: () => number): Promise<string> {
  const { page, kill } = await openBrowser(profile, shop.store);
  await shop.open({ page, kill, context: page.context() });
  const rebuild = page.getByRole('button', { name: disk.rebuild });
  await expect(rebuild).toBeVisible();
  const afterMs = random() * MOMENT_MS;
  await rebuild.click();
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  await kill();
  return `killed ${Math.round(afterMs)} ms after it was asked for`;
}

/** Starts the damaged till, and kills it while it recovers. Returns what it showed until then. */
async function killInRecovery(shop: Shop, profile: string, random: () => number): Promise<string> {
  const browser = await openBrowser(profile, shop.store);
  const opening = shop.open(browser).catch(() => undefined);
  // the time of the kill is under test, so nothing is awaited before it
  await new Promise((resolve) => setTimeout(resolve, random() * MOMENT_MS));
  const shown = await browser.page.innerText('body').catch(() => '');
  await browser.kill();
  await opening;
  return shown;
}

/**
 * Opens the damaged till. Sales may be missing only if both copies were damaged, and the till must report that now or have
 * reported it before (`heard`).
 */
async function lookAt(
  { shop, founded }: Founded,
  profile: string,
  { struck, then }: Blow,
  heard: readonly string[],
): Promise<void> {
  const { tally } = shop;
  const browser = await openBrowser(profile, shop.store);
  try {
    await shop.open(browser);
    const { page } = browser;
    const first = await saidBy(page, async () => {
      await shop.relay.kill();
      await shop.relay.start();
    });
    const said = [...heard, first];
    const asksToSignIn = first.includes(OWNER.name);
    if (asksToSignIn) {
      await orRebuilt(shop, browser, shop.enter(browser));
      await expect(page.locator('[data-status]')).toBeVisible();
      said.push(await page.innerText('body'));
    }
    const { database } = await salesIn(page);
    // if its draft is still there, the sale is saved again with the next number
    const isThere = (sale: string) => {
      const body = database.get(sale);
      return body !== undefined && (struck === 1 || body.number === founded.get(sale)?.number);
    };
    const missing = [...tally.acknowledged.here].filter((sale) => !isThere(sale));
    const lost = missing.map((sale) => ({ sale, ...founded.get(sale)! }));
    // missing entries are found after the sign-in, in the database or with the relay's help
    if (struck > 1 && asksToSignIn && then === 'is-looked-at')
      await expect(async () => {
        said.push(await page.innerText('body'));
        expect(untold(said.join('\n'), lost)).toEqual([]);
      })
        .toPass({ timeout: FOUND_MS })
        .catch(() => undefined);
    const all = said.join('\n');
    if (struck > 1 && missing.length > 0) {
      const silent = untold(all, lost);
      for (const { sale, seq, number } of silent)
        tally.torn.push(`silent: entry ${seq}, number ${number}, ${sale}: ${all}`);
      tally.acknowledged.reportedLost(missing);
    } else tally.compareSales(database, shop.customers);
    // if both copies were damaged, acts other than sales may be lost
    if (struck === 1 && saysLost(all))
      tally.torn.push(`nothing is lost, and the screen says: ${all}`);
    if (!asksToSignIn || then === 'is-looked-at') return void (await shop.compareUnion(page));
    // a till that has lost entries differs from the relay, and cannot upload before it is connected again
    const mayUpload = missing.length === 0 && then !== 'is-killed' && !asksToConnect(all);
    const sold = sellOn(shop, browser, mayUpload ? 'connected' : 'cut-off');
    await orRebuilt(shop, browser, sold, async () => {
      tally.compareSales((await salesIn(page)).database, shop.customers);
      await sellOn(shop, browser, 'cut-off');
    });
  } finally {
    await browser.kill();
  }
}

/**
 * Does the work, and rebuilds the database if the till offers it meanwhile: a database of which a few pages are damaged can open
 * and fail at the first act that needs one of them. Then the owner signs in again, and `again` is done. Returns whether it was
 * rebuilt.
 */
async function orRebuilt(
  shop: Shop,
  browser: Browser,
  work: Promise<void>,
  again: () => Promise<void> = () => Promise.resolve(),
): Promise<boolean> {
  const { page } = browser;
  const failed = await work.then(
    () => null,
    (error: unknown) => ({ error }),
  );
  if (!(await rebuiltIfOffered(page))) {
    if (failed !== null) throw failed.error;
    return false;
  }
  console.log(
    `rebuilt where the till found the damage (${failed === null ? 'selling' : 'stopped'})`,
  );
  await shop.enter(browser);
  await expect.poll(async () => saysRebuilt(await page.innerText('body'))).toBe(true);
  await again();
  return true;
}

/** Presses the button with which the till in use offers to rebuild its database. Returns whether there was one. */
async function rebuiltIfOffered(page: Page): Promise<boolean> {
  const offered = page.getByRole('button', { name: disk.rebuild });
  if (!(await offered.first().isVisible())) return false;
  await stopSelling(page);
  const inDialog = page.getByRole('alertdialog').getByRole('button', { name: disk.rebuild });
  await expect(async () => {
    if (await inDialog.isVisible()) return inDialog.click({ timeout: 1000 });
    await page.keyboard.press('Escape');
    await offered.first().click({ timeout: 1000 });
  }).toPass();
  return true;
}

/** After the damage: sales go on, no number is given twice, and what can be uploaded is uploaded. */
async function sellOn(shop: Shop, browser: Browser, relay: 'connected' | 'cut-off'): Promise<void> {
  const { tally } = shop;
  const disk = await shop.sellOn(browser);
  await shop.compareUnion(browser.page);
  for (const twice of doubledIn(disk)) tally.doubled.add(twice);
  if (relay === 'cut-off') return;
  shop.lookAt(disk);
  expect(await shop.expectUploaded(browser, disk)).toBe('uploaded');
}

/**
 * The text of the screen once it asks for a PIN, to set up a shop, to be connected again, or for help. A database that cannot be
 * read is first rebuilt, as its screen asks. `connect`: the till then gets the rules from the relay.
 */
async function saidBy(
  page: Page,
  connect: () => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  const pad = page.getByRole('group', { name: 'PIN' });
  const firstRun = page.getByRole('button', { name: 'English' });
  const trouble = page.getByText('Not saved');
  // the database and the file's newest policy are lost, so key and rules have to come from the relay
  const cutOff = page.getByRole('button', { name: 'Connect again' });
  const damaged = page.getByRole('heading', { name: damagedJournal.title });
  const shown = pad.or(firstRun).or(trouble).or(cutOff).or(damaged);
  const rebuild = page.getByRole('button', { name: disk.rebuild });
  const noRules = page.getByRole('heading', { name: signIn.noPolicyTitle });
  await expect(shown.or(rebuild).or(noRules).first(), 'nothing to press').toBeVisible();
  if (await noRules.isVisible()) {
    await connect();
    await expect(shown.or(rebuild).first(), 'no rules come').toBeVisible();
  }
  if (await rebuild.isVisible()) {
    await rebuild.click();
    await expect(shown.first(), 'nothing to press after the rebuild').toBeVisible();
  }
  return page.innerText('body');
}
