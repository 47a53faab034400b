// The relay is killed repeatedly during uploads and notices, and keeps everything it acknowledged.
// No number gets a notice twice.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { v7 as uuidv7 } from 'uuid';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { noticesReply, type Notice } from '$lib/contract/journal-upload';
import { verifyWatermark } from '$lib/proof/journal-head';
import { businessDay } from '$lib/domain/values/business-day';
import { sizeOf } from '../support/cases';
import { smsruDraft } from '../support/challenges';
import { FakeSmsru } from '../support/fake-smsru';
import { TillClient, ZONE } from '../support/till-client';
import { onAccountSale, overrideBy, TillJournal } from '../support/till-journal';
import { withOwnersPhone } from '../support/second-factor';

// each kill falls at a random moment of an upload and its sends: many runs find what one does not
const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? sizeOf({ push: 4, long: 12 }));
/** More than are sent before the first kill. */
const OWING = Math.max(24, 2 * ROUNDS);
const SEED = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000_007);

// inside the project: the built file looks for the SQLite binding relative to itself
const BUILT = join('.cache', `relay-to-be-killed-${process.pid}`);
let dir: string;
let smsru: FakeSmsru;
let child: ChildProcess;

beforeAll(async () => {
  await build({
    configFile: 'vite.server.config.ts',
    logLevel: 'error',
    build: { outDir: BUILT, emptyOutDir: true },
  });
}, 60_000);
afterAll(() => rmSync(BUILT, { recursive: true, force: true }));
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'counterfoil-kill-'));
  smsru = await FakeSmsru.start();
});
afterEach(async () => {
  await kill();
  await smsru.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Starts the relay on the same data; resolves with its address once it answers there. */
async function start(port = 0): Promise<string> {
  child = spawn(process.execPath, [join(BUILT, 'main.js')], {
    env: { PATH: process.env['PATH'], COUNTERFOIL_PORT: String(port), COUNTERFOIL_DATA: dir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  return new Promise((resolve, reject) => {
    const read = (part: Buffer): void => {
      text += part.toString();
      const url = /http:\/\/localhost:\d+(?=\/)/.exec(text)?.[0];
      if (url !== undefined) resolve(url);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', () => reject(new Error(text)));
  });
}

async function kill(): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test(
  `after ${ROUNDS} kills (seed ${SEED}) nothing acknowledged is lost, and no number has two notices`,
  async () => {
    const random = randomFrom(SEED);
    const url = await start();
    const port = Number(new URL(url).port);
    const till = await TillClient.ready(url, Date.now, withOwnersPhone);
    await till.elevate();
    till.codes = () => smsru.last().code;
    await till.call('PUT', '/provider', smsruDraft(smsru));
    smsru.forget();
    const journal = new TillJournal(till, Date.now);
    await journal.enrolled();
    let acknowledged = 0;
    let sum = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const contacts = [];
      for (let i = 0; i < 4; i += 1) {
        // each act has its own sum, by which its message is recognized
        sum += 1;
        const customer = uuidv7();
        const phone = `+7925${String(1_000_000 + sum)}`;
        contacts.push({ customer, phone });
        await journal.sale(
          onAccountSale({ customer, onAccount: sum * 100 }, overrideBy(till.ownerId, sum * 100)),
        );
      }
      const owed = journal.entries.slice(acknowledged);
      const reply = journal.upload(owed, { contacts }).catch(() => null);
      // the moment of the kill is under test
      await pause(random() * 80);
      await kill();
      const mark = (await reply)?.json.watermark;
      await start(port);
      await till.signIn();
      if (typeof mark === 'string' && till.relayKey !== null)
        acknowledged = (await verifyWatermark(mark, till.relayKey))?.seq ?? acknowledged;
      // everything acknowledged is stored: the relay asks for no earlier entry
      const again = await journal.upload(journal.entries.slice(Math.max(0, acknowledged - 1)), {
        contacts,
      });
      expect(again.json.kind).toBe('kept');
      acknowledged = journal.head.seq;
    }
    const final = await whenFinal(till, sum);
    const delivered = countDelivered();
    expect(delivered.filter(([, times]) => times > 1)).toEqual([]);
    expect(final.map(({ state }) => state).filter((state) => state === 'failed')).toEqual([]);
    // a notice marked "sent" was sent: only "maybe sent" may be without a message
    const unsent = sum - delivered.length;
    const maybe = final.filter(({ state }) => state === 'maybe-sent').length;
    expect(unsent).toBeLessThanOrEqual(maybe);
    console.log(
      `killed ${ROUNDS}: ${sum} notices, ${delivered.length} sent, ${maybe} maybe, 0 twice`,
    );
  },
  60_000 + ROUNDS * 3000,
);

test(
  `over ${ROUNDS} kills (seed ${SEED}) each customer is reminded of their debt once at most`,
  async () => {
    const random = randomFrom(SEED + 1);
    const url = await start();
    const port = Number(new URL(url).port);
    const till = await TillClient.ready(url, Date.now, withOwnersPhone);
    await till.elevate();
    // notices are sent meanwhile, which have no sum
    till.codes = () => smsru.codes.at(-1) ?? '';
    await till.call('PUT', '/provider', smsruDraft(smsru));
    smsru.forget();
    const journal = new TillJournal(till, Date.now);
    await journal.enrolled();
    const contacts = [];
    for (let n = 1; n <= OWING; n += 1) {
      const customer = uuidv7();
      contacts.push({ customer, phone: `+7925${String(1_000_000 + n)}` });
      const given = overrideBy(till.ownerId, n * 100);
      await journal.sale(onAccountSale({ customer, onAccount: n * 100 }, given));
    }
    await journal.upload(journal.entries, { contacts });
    const day = Math.min(28, Number(businessDay(Date.now(), ZONE).slice(-2)));
    const reminders = { day, from: 1, fromHour: 0, toHour: 24 };
    const policy = await till.policy();
    const { version, notices } = policy;
    const next = { ...policy, version: version + 1, notices: { ...notices, reminders } };
    const changed = await till.putPolicy(version, next);
    expect(changed.json.kind).toBe('policy');
    for (let round = 0; round < ROUNDS; round += 1) {
      // the moment of the kill is under test
      await pause(random() * 80);
      await kill();
      await start(port);
      await till.signIn();
      // an upload wakes the queue
      void journal.upload(journal.entries.slice(-1)).catch(() => null);
      void journal.upload(journal.entries, { contacts }).catch(() => null);
    }
    const file = new Sqlite(join(dir, 'relay.db'), { readonly: true });
    const inState = (...states: string[]) =>
      file
        .prepare(
          `SELECT COUNT(*) FROM outbox_recipients WHERE room = 'reminder' AND state IN (${states.map(() => '?').join()})`,
        )
        .pluck()
        .get(...states) as number;
    await expect
      .poll(() => inState('sent', 'maybe-sent'), { timeout: 60_000, interval: 200 })
      .toBe(contacts.length);
    const maybe = inState('maybe-sent');
    file.close();
    const to = smsru.sends.flatMap(({ fields }) =>
      fields['msg']?.includes('ваш долг') === true ? [fields['to']] : [],
    );
    expect(new Set(to).size).toBe(to.length);
    expect(contacts.length - to.length).toBeLessThanOrEqual(maybe);
    console.log(`killed ${ROUNDS}: ${contacts.length} owe, ${to.length} reminded, 0 twice`);
  },
  60_000 + ROUNDS * 3000,
);

/** How many messages named each sum, by their text. */
function countDelivered(): [string, number][] {
  const delivered = new Map<string, number>();
  for (const { fields } of smsru.sends) {
    const text = fields['msg'] ?? '';
    if (text.includes('без кода')) delivered.set(text, (delivered.get(text) ?? 0) + 1);
  }
  return [...delivered];
}

async function whenFinal(till: TillClient, count: number): Promise<readonly Notice[]> {
  const notices = new Map<string, Notice>();
  let since = 0;
  await expect
    .poll(
      async () => {
        const reply = noticesReply.parse((await till.call('GET', `/notices?since=${since}`)).json);
        since = reply.cursor;
        for (const notice of reply.notices) notices.set(notice.entry, notice);
        return [...notices.values()].filter(({ state }) => state !== 'waiting').length;
      },
      { timeout: 30_000, interval: 200 },
    )
    .toBe(count);
  return [...notices.values()];
}
