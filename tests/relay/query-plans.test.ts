// What the relay reads where a table grows with every sale, code and message: never all of its rows.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepChallenges } from '../../relay/store/challenges';
import { othersAfter } from '../../relay/store/journal';
import { openDatabase } from '../../relay/store/open-database';
import { scoped } from '../../relay/store/scoped';
import { offerEnrolment } from '../../relay/tills/tokens';
import { ask, debtRequest, DEMO_PHONE, START } from '../support/challenge-requests';
import { codeIn, messagesAt } from '../support/demo-phone';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { seededRandom } from '../support/seeded-random';
import { TillClient } from '../support/till-client';
import { cashSale, onAccountSale, overrideBy, TillJournal } from '../support/till-journal';

const GROWING: ReadonlySet<string> = new Set([
  ...['journal', 'journal_originals', 'journal_steps', 'journal_debts', 'journal_acts'],
  ...[
    'sales',
    'sale_products',
    'product_prices',
    'sale_sums',
    'sale_numbers',
    'flags',
    'cards',
    'phones',
  ],
  ...['challenges', 'sendings', 'outbox', 'outbox_recipients'],
]);

const prepare = Reflect.get(Sqlite.prototype, 'prepare');
const asked = new Set<string>();
let relay: RunningRelay;

/** A relay that answered what tills ask every day, and was then started again. Keeps the text of all its statements. */
beforeAll(async () => {
  Sqlite.prototype.prepare = function (this: Sqlite.Database, sql: string) {
    asked.add(sql);
    return prepare.call(this, sql);
  } as typeof prepare;
  const clock = makeClock(START);
  relay = await startRelay({ now: clock.now });
  const till = await TillClient.ready(relay.url, clock.now);
  const journal = new TillJournal(till, clock.now);
  await journal.enrolled();
  const customer = uuidv7();
  await journal.sale(cashSale({ customer, total: 30_000 }));
  await journal.sale(
    onAccountSale({ customer, onAccount: 5_000 }, overrideBy(till.ownerId, 5_000)),
  );
  expect((await journal.upload()).status).toBe(200);
  const request = { customer: { id: uuidv7(), phone: DEMO_PHONE } };
  const { journalHead } = journal;
  const id = uuidv7();
  expect((await ask(till, debtRequest({ ...request, journalHead }), id)).status).toBe(201);
  const code = codeIn((await messagesAt(relay.url))[0]?.text ?? '');
  expect((await till.call('POST', `/challenges/${id}/checks`, { code })).json.kind).toBe(
    'verified',
  );
  const other = await TillClient.make(relay.url, clock.now);
  await other.enrol((await offerEnrolment(relay.relay)).token, {}, { name: 'Касса 2' });
  await other.signIn();
  expect((await other.call('GET', '/health')).status).toBe(200);
  await till.elevate();
  expect((await till.call('GET', '/tills')).status).toBe(200);
  await relay.relay.outbox.round();
  await relay.relay.snapshots.round();
  await sweepChallenges(relay.relay.db, START);
  await relay.restart();
  await relay.relay.start();
});
afterAll(async () => {
  Sqlite.prototype.prepare = prepare;
  await relay.stop();
});

/** A statement that was run and contains all these words. */
const statement = (...words: readonly string[]): string | undefined =>
  [...asked].find((sql) => words.every((word) => sql.includes(word)));

/** The steps of SQLite's plan for a statement. */
function planOf(sql: string): readonly string[] {
  const names = [...new Set([...sql.matchAll(/@(\w+)/g)].map(([, name = '']) => name))];
  const values = Object.fromEntries(names.map((name): [string, number] => [name, 1]));
  const positional = (sql.match(/\?/g) ?? []).map(() => 1);
  const steps = relay.file
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...positional, ...(names.length > 0 ? [values] : []));
  return (steps as { detail: string }[]).map(({ detail }) => detail);
}

/** The table that a name in a plan stands for. */
const tableOf = (name: string, sql: string): string =>
  GROWING.has(name) ? name : (new RegExp(`(\\w+) (?:AS )?${name}\\b`).exec(sql)?.[1] ?? name);

/** One row from an end of an index. */
const ONE_END = /\bORDER BY \w+(?: DESC)?\s+LIMIT 1\b|\bSELECT MAX\(|\bCOALESCE\(MAX\(/;

test('no statement of an upload, a code, a round or a start reads all rows of a table that grows', () => {
  const partial = new Set(
    relay.file
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'`)
      .pluck()
      .all() as string[],
  );
  const reading = [...asked].flatMap((sql) => {
    if (!/^\s*(?:SELECT|WITH|UPDATE|DELETE|INSERT)\b/.test(sql) || ONE_END.test(sql)) return [];
    return planOf(sql)
      .filter((step) => {
        const [, name = '', index = '', by = null] =
          /^(?:SCAN|SEARCH) (\w+)(?: USING (?:COVERING )?(?:INDEX (\w+)|(?:INTEGER )?PRIMARY KEY))?(?: \((.*)\))?/.exec(
            step,
          ) ?? [];
        const isRest = by === 'shop=? AND shop_order>?' && !sql.includes('LIMIT');
        // nearly all challenges of a shop are confirmed
        const isAllConfirmed = by === 'shop=? AND state=?' && sql.includes("'verified'");
        const isWhole = by === null || by === 'shop=?' || isRest || isAllConfirmed;
        return isWhole && !partial.has(index) && GROWING.has(tableOf(name, sql));
      })
      .map((step) => `${step}: ${sql}`);
  });
  expect(asked.size).toBeGreaterThan(150);
  expect(reading).toEqual([]);
});

test('the codes to be erased are found without reading all confirmed challenges', () => {
  const sql = statement('DELETE FROM challenge_codes', 'ended_at') ?? '';
  expect(planOf(sql).filter((step) => step.includes('challenges_by_state'))).toEqual([]);
});

test('whether a silent till has an open shift is found without reading its sales', () => {
  const sql = statement("'shift-opened'", 'seen_at') ?? '';
  expect(planOf(sql).join('\n')).toContain('INDEX journal_of_shifts (shop=? AND till=?)');
});

test('what a till has not downloaded is counted by reading a few of its own entries', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-store-'));
  const connection = openDatabase(join(folder, 'relay.db'));
  let reads = 0;
  const db = scoped(
    { ...connection, value: (...asked) => ((reads += 1), connection.value(...asked)) },
    'shop',
  );
  const random = seededRandom(1);
  const held = new Map<string, number>();
  const rows: { readonly till: string; readonly receivedAt: number }[] = [];
  const add = `INSERT INTO journal (shop, shop_order, till, seq, hash, at, act, entry, not_understood, received_at, verdict, log_hash)
    VALUES (@shop, @order, @till, @seq, '', 0, 'sale', '', 0, @receivedAt, 'accepted', '')`;
  for (let order = 1; order <= 300; order += 1) {
    // long parts of one till, as tills upload that were away
    const till = random() < 0.9 ? (rows.at(-1)?.till ?? 'a') : random() < 0.5 ? 'a' : 'b';
    const seq = (held.get(till) ?? 0) + 1;
    held.set(till, seq);
    rows.push({ till, receivedAt: order * 10 });
    await db.run(add, { order, till, seq, receivedAt: order * 10 });
  }
  for (const till of ['a', 'b', 'none'])
    for (let after = 0; after <= rows.length; after += 1) {
      const others = rows.slice(after).filter((row) => row.till !== till);
      const expected = { entries: others.length, since: others[0]?.receivedAt ?? null };
      reads = 0;
      expect(await othersAfter(db, { after, till }), `${till} ${after}`).toEqual(expected);
      expect(reads).toBeLessThan(20);
    }
  connection.close();
  rmSync(folder, { recursive: true });
});
