// The browser is killed around the moment it says "saved", again and again: each sale is there whole or not at all, and none that was shown as saved is missing.
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumLaunch } from '../../browser.config';
import { expect, test } from '../support/e2e';
import { snapshotOf, type Row } from '../support/till-disk';
import { TillPage } from '../support/till-page';

const ROUNDS = Number(process.env['COUNTERFOIL_KILL_ROUNDS'] ?? 50);
const SEED = Number(process.env['COUNTERFOIL_KILL_SEED'] ?? Date.now() % 1_000_000);

/** mulberry32: the same moments for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A browser's process and all that came of it, read from the system's own list. */
function familyOf(root: number): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='])
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const family = [root];
  for (const pid of family)
    for (const [child, parent] of rows)
      if (child !== undefined && parent === pid && !family.includes(child)) family.push(child);
  return family;
}

/** Ends a browser as a power cut would end the tablet's. */
async function killTree(profile: string): Promise<void> {
  const main = await mainProcess(profile);
  for (const pid of familyOf(main)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // gone with its parent
    }
  }
}

/** The browser process of a profile: the one with the profile on its command line and no `--type`. */
async function mainProcess(profile: string): Promise<number> {
  for (const line of execFileSync('ps', ['-eo', 'pid=']).toString().split('\n')) {
    const pid = Number(line.trim());
    if (!pid) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const words = command.split('\0');
    if (
      words.includes(`--user-data-dir=${profile}`) &&
      !words.some((word) => word.startsWith('--type='))
    )
      return pid;
  }
  throw new Error('the browser is not running');
}

async function launch(profile: string): Promise<{ context: BrowserContext; page: Page }> {
  const context = await chromium.launchPersistentContext(profile, {
    ...chromiumLaunch,
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
  });
  const page = context.pages()[0] ?? (await context.newPage());
  return { context, page };
}

/** Sells a point's worth and more to one customer without end, as fast as the till lets it, and tells of each sale the moment it stands on the screen as saved. */
async function sellWithoutEnd(page: Page): Promise<void> {
  await page.evaluate(() => {
    const tell = (window as unknown as { shownAsSaved: (id: string) => void }).shownAsSaved;
    const press = (text: RegExp, within: ParentNode = document) => {
      const found = [...within.querySelectorAll('button')].find(
        (each) => text.test(each.textContent) && !each.disabled,
      );
      found?.click();
    };
    let last = '';
    const step = () => {
      const saved = document.querySelector<HTMLElement>('[data-saved]');
      if (saved) {
        const id = saved.dataset['saved'] ?? '';
        if (id !== last) {
          last = id;
          tell(id);
        }
        press(/Next customer/);
      } else if (document.querySelector('dialog[open]'))
        press(/Vera Lugova/, document.querySelector('dialog[open]') ?? document);
      else if (
        [...document.querySelectorAll('button')].some((each) =>
          /Choose a customer/.test(each.textContent),
        )
      )
        press(/Choose a customer/);
      else if (document.querySelector('.kinds')) {
        press(/^\s*Save the receipt/);
        press(/^\s*Exact/);
      } else if (document.querySelector('[data-newest]')) press(/^\s*Pay/);
      else press(/Ground coffee/, document.querySelector('.tiles') ?? document);
    };
    new MutationObserver(step).observe(document.body, {
      subtree: true,
      childList: true,
      attributes: true,
    });
    step();
  });
}

type Disk = Readonly<Record<'sales' | 'journal' | 'balances' | 'accountEntries' | 'stock', Row[]>>;

function diskOf(page: Page): Promise<Disk> {
  return snapshotOf(page, ['sales', 'journal', 'balances', 'accountEntries', 'stock']);
}

type SaleBody = {
  readonly sale: string;
  readonly accounts: readonly { customer: string; account: string; delta: number }[];
  readonly stock: readonly { product: string; delta: number }[];
};

/** What of the disk does not follow from its own journal; empty where all is whole. */
function tornIn({ sales, journal, balances, accountEntries, stock }: Disk): string[] {
  const torn: string[] = [];
  journal.forEach((entry, place) => {
    if (entry['seq'] !== place + 1)
      torn.push(`a gap in the journal before ${String(entry['seq'])}`);
    if (place > 0 && entry['prevHash'] !== journal[place - 1]?.['hash'])
      torn.push(`entry ${String(entry['seq'])} does not follow`);
  });
  const entries = journal.filter((entry) => entry['act'] === 'sale');
  const bodies = entries.map((entry) => entry['body'] as SaleBody);
  if (new Set(bodies.map(({ sale }) => sale)).size !== bodies.length) torn.push('a sale twice');
  const sold = new Map(entries.map((entry) => [(entry['body'] as SaleBody).sale, entry['hash']]));
  if (sales.length !== sold.size) torn.push(`${sales.length} sales, ${sold.size} entries`);
  for (const sale of sales)
    if (sold.get(String(sale['id'])) !== sale['hash'])
      torn.push(`sale ${String(sale['id'])} alone`);
  const left = new Map<string, number>();
  for (const { product, delta } of bodies.flatMap((body) => body.stock))
    left.set(product, (left.get(product) ?? 0) + delta);
  for (const row of stock)
    if ((left.get(String(row['product'])) ?? 0) !== row['delta'])
      torn.push(`stock of ${String(row['product'])}`);
  if ([...left.keys()].some((id) => !stock.some((row) => row['product'] === id)))
    torn.push('stock missing');
  const sums = new Map<string, number>();
  for (const row of accountEntries) {
    const key = `${String(row['customer'])} ${String(row['account'])}`;
    sums.set(key, (sums.get(key) ?? 0) + Number(row['delta']));
  }
  for (const row of balances)
    if (sums.get(`${String(row['customer'])} ${String(row['account'])}`) !== row['sum'])
      torn.push(`balance of ${String(row['customer'])}`);
  for (const entry of entries) {
    const { accounts } = entry['body'] as SaleBody;
    const kept = accountEntries.filter((row) => row['hash'] === entry['hash']);
    if (kept.length !== accounts.length) torn.push(`accounts of entry ${String(entry['seq'])}`);
  }
  return torn;
}

test(`${ROUNDS} times killed around "saved", no sale is torn and none shown as saved is lost`, async ({
  relay,
}) => {
  test.setTimeout(60_000 + ROUNDS * 12_000);
  console.log(`kill rounds: ${ROUNDS}, seed: ${SEED} (COUNTERFOIL_KILL_SEED)`);
  const next = random(SEED);
  const profile = mkdtempSync(join(tmpdir(), 'counterfoil-kill-'));
  const shown = new Set<string>();
  try {
    let { context, page } = await launch(profile);
    const till = (on: Page) => new TillPage(on, () => relay.url);
    await till(page).firstRun();
    for (let round = 0; round < ROUNDS; round++) {
      let told = 0;
      const killAfter = 1 + Math.floor(next() * 3);
      let reached: () => void = () => undefined;
      const enough = new Promise<void>((resolve) => (reached = resolve));
      await page.exposeFunction('shownAsSaved', (id: string) => {
        shown.add(id);
        told += 1;
        if (told === killAfter) reached();
      });
      await sellWithoutEnd(page);
      await enough;
      // a moment between this "saved" and well into the next sale
      // (the moment of the blow is what is tried here; nothing is awaited by it)
      const moment = next() * 120;
      await new Promise((resolve) => setTimeout(resolve, moment));
      const gone = new Promise((resolve) => context.once('close', resolve));
      await killTree(profile);
      await gone;

      ({ context, page } = await launch(profile));
      await till(page).open();
      await till(page).signIn();
      const disk = await diskOf(page);
      expect(tornIn(disk), `round ${round}, seed ${SEED}`).toEqual([]);
      const kept = new Set(disk.sales.map((sale) => String(sale['id'])));
      const lost = [...shown].filter((id) => !kept.has(id));
      expect(lost, `round ${round}, seed ${SEED}: shown as saved and lost`).toEqual([]);
    }
    expect(shown.size).toBeGreaterThanOrEqual(ROUNDS);
    // the eyes that found nothing torn do see it
    const whole = await diskOf(page);
    for (const table of ['sales', 'journal', 'accountEntries', 'stock'] as const)
      expect(tornIn({ ...whole, [table]: whole[table].slice(0, -1) }), table).not.toEqual([]);
    const [first, ...others] = whole.balances;
    const moved = { ...first, sum: Number(first?.['sum']) + 1 };
    expect(tornIn({ ...whole, balances: [moved, ...others] })).not.toEqual([]);
    await context.close();
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
});
