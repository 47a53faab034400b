// Personal records of uploads: customers' cards and authorised persons.
// Stored where an entry names them, given to the shop's tills.
import * as z from 'zod/mini';
import { cardsReply, cardsRequest } from '$lib/contract/customer';
import {
  MOST_CARDS,
  type Card,
  personalRecord,
  placed,
  type JournalUpload,
  type PersonalRecord,
} from '$lib/contract/journal-upload';
import { rulesOf } from '$lib/domain/acts';
import { isPersonRecord } from '$lib/domain/shop-cards';
import { sealRecord } from '$lib/proof/record';
import { OWN_JOURNAL, reply, route, type Route } from '../http/route';
import { flatMapInTurn } from '../in-turn';
import type { Relay } from '../context';
import { keepCardSalt } from '../store/card-salts';
import { addRecord, hasCard, recordOf } from '../store/cards';
import { forgottenOf } from '../store/forgotten';
import { entryAt } from '../store/journal';
import { phoneOf } from '../store/phones';
import { recordsIn } from './stored-entries';

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

/** Whether an act may name records, as acts of a later version and carried-over entries may. */
const mayName = (act: string): boolean => {
  const rules = rulesOf(act);
  return rules === null || act === 'carried-over' || rules.cards !== undefined;
};

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
      if (record === undefined) continue;
      if (!isPersonRecord(record)) await takeSaltOfCard(relay, customer, record);
      await addRecord(relay, { hash, customer, record });
    }
  }
}

/**
 * Takes the secret of a customer's first card, in place of one that was only named beside a number or a code: a till that names one
 * first must not lock the customer out. A number that has answered keeps the secret it answered with.
 */
async function takeSaltOfCard(
  relay: Pick<Relay, 'db' | 'cipher'>,
  customer: string,
  { cardSalt }: Card,
): Promise<void> {
  if ((await forgottenOf(relay.db, customer)) !== null) return;
  if (await hasCard(relay.db, customer)) return;
  if ((await phoneOf(relay.db, customer))?.proven === true) return;
  await keepCardSalt(relay, { customer, cardSalt });
}

/** Cards for any till of the shop, as every entry is. */
export const cardRoutes = (relay: Relay): Route[] => [
  route('POST /cards', {
    id: 'getCards',
    summary: 'Get the cards of customers and their authorised persons that entries name',
    description: `At most ${MOST_CARDS} hashes, each the \`recordHash\` or \`personRecordHash\` of an entry of any till. What the relay does not have is left out.`,
    access: OWN_JOURNAL,
    body: cardsRequest,
    replies: [reply(200, cardsReply)],
  }).handle(async ({ body: { hashes } }) => {
    const cards = await flatMapInTurn([...new Set(hashes)], async (hash) => {
      const held = await recordOf(relay, hash);
      return held === null ? [] : [{ hash, ...held }];
    });
    return { kind: 'cards', cards };
  }),
];
