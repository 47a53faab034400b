// Personal records of uploads: customers' cards and authorised persons.
// Stored where an entry names them, given to the shop's tills.
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { cardsRequest, type CardsReply } from '$lib/contract/customer';
import {
  personalRecord,
  placed,
  type JournalUpload,
  type PersonalRecord,
} from '$lib/contract/journal-upload';
import { sealRecord } from '$lib/proof/record';
import { needSession } from '../http/auth';
import { body } from '../http/json-body';
import type { Env } from '../http/request';
import { flatMapInTurn } from '../in-turn';
import type { Relay } from '../context';
import { addRecord, recordOf } from '../store/cards';
import { entryAt } from '../store/journal';
import { recordsIn, THIS_VERSION } from './stored-entries';

/** Records, each by the hash that an entry names it by. */
export type RecordsByHash = ReadonlyMap<string, PersonalRecord>;

/** The cards and persons of an upload that fit the schema. */
export async function readRecords({
  cards = [],
}: Pick<JournalUpload, 'cards'>): Promise<RecordsByHash> {
  const read = cards.flatMap((each) => personalRecord.safeParse(each).data ?? []);
  return new Map(
    await Promise.all(read.map(async (each) => [await sealRecord(each), each] as const)),
  );
}

const naming = z.looseObject({ seq: placed.shape.seq, act: z.string() });

/** Acts of this version that name records. An act of a later version may name some, too. */
const NAMING: ReadonlySet<string> = new Set([
  ...['customer-saved', 'customers-imported', 'carried-over'],
  ...['authorised-person-added', 'authorised-person-removed'],
]);
const mayName = (act: string): boolean => NAMING.has(act) || !THIS_VERSION.acts.has(act);

/**
 * Stores the records that stored entries of this upload name. Ignores all others, so that no till can fill the disk. Runs in
 * the transaction that stores the upload.
 */
export async function keepRecords(
  relay: Pick<Relay, 'db' | 'cipher'>,
  till: string,
  { entries }: Pick<JournalUpload, 'entries'>,
  records: RecordsByHash,
): Promise<void> {
  if (records.size === 0) return;
  for (const entry of entries) {
    const at = naming.safeParse(entry).data;
    if (at === undefined || !mayName(at.act)) continue;
    for (const { customer, hash } of recordsIn(await entryAt(relay.db, till, at.seq))) {
      const record = records.get(hash);
      if (record !== undefined) await addRecord(relay, { hash, customer, record });
    }
  }
}

/** `POST /cards`: for any till of the shop, as every entry is. */
export function cardRoutes(relay: Relay): Hono<Env> {
  return new Hono<Env>().post('/cards', needSession, body(cardsRequest), async (c) => {
    const { hashes } = c.req.valid('json');
    const cards = await flatMapInTurn([...new Set(hashes)], async (hash) => {
      const held = await recordOf(relay, hash);
      return held === null ? [] : [{ hash, ...held }];
    });
    return c.json({ kind: 'cards', cards } satisfies CardsReply, 200);
  });
}
