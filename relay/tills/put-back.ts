// Finds that the relay was put back from an older copy, and sends nothing again that it may have sent.
// A copy does not know that it is one: tills keep the relay's own signed watermarks, and show the last at each sign-in.
import type { Watermark } from '$lib/contract/journal-upload';
import { UPLOAD_ENTRIES } from '$lib/contract/journal-upload';
import type { SessionRequest } from '$lib/contract/till';
import { DAY_MS } from '$lib/domain/account';
import { verifyWatermark } from '$lib/proof/journal-head';
import type { Relay } from '../context';
import { headOf } from '../store/journal';
import { keepSignedHead, noteHad, noteWatermark, watermarkAt } from '../store/journal-progress';
import { markPutBack, newestMessage } from '../store/outbox';
import { addSummaryItem, dropItemsOf, newestItem } from '../store/summaries';
import { lastInContact, tillById } from '../store/tills';
import { inTransaction } from '../store/transaction';

type Parts = Pick<Relay, 'db' | 'now' | 'log'>;

/** A watermark that this relay signed for a till, and the last entry that the till offered. */
type OwnWord = { readonly mark: Watermark; readonly offered: number };

/** What a till shows as the relay's word; null: this relay did not sign it for that till. */
export async function ownWord(
  { key, shopId }: Pick<Relay, 'key' | 'shopId'>,
  till: string,
  { watermark, offered }: NonNullable<SessionRequest['acknowledged']>,
): Promise<OwnWord | null> {
  const mark = await verifyWatermark(watermark, key.publicJwk);
  return mark?.till === till && mark.shop === shopId ? { mark, offered } : null;
}

/**
 * Compares the relay's word with what it knows of having signed. If it signed later than it knows, it was put back: what
 * waits since before then may have been sent, and so may what this till is about to upload again. Of the entries after
 * its watermark a till may have offered one upload whose answer was lost. Runs inside the caller's transaction.
 */
export async function takeOwnWord(
  parts: Parts,
  till: string,
  { mark, offered }: OwnWord,
): Promise<void> {
  const { db, log } = parts;
  const { seq, hash, at } = mark;
  const held = (await headOf(db, till))?.seq ?? 0;
  if (at <= (await watermarkAt(db, till)) && seq <= held) return;
  await noteWatermark(db, till, at);
  await noteHad(db, till, Math.max(seq, Math.min(offered, seq + UPLOAD_ENTRIES)));
  // another entry at that place is a fork, as under a head that the till signed
  if (seq > held) await keepSignedHead(db, till, { seq, hash, at: 0 });
  const untold = await markUntil(parts, at);
  log({ event: 'relay-put-back', till, held, had: seq, untold });
}

/** The same without a till's word, by whoever put the copy back: nothing that waits now is sent. */
export async function putBack(parts: Parts): Promise<number> {
  return inTransaction(parts, (parts) => markUntil(parts, parts.now()));
}

async function markUntil({ db, now }: Parts, until: number): Promise<number> {
  const messages = await markPutBack(db, { after: 0, until }, now());
  const untold = messages + (await dropItemsOf(db, { after: 0, until }));
  await addSummaryItem(db, { kind: 'put-back', untold }, now());
  return untold;
}

/** Does `work`; `isOf`: as an act of before the relay was put back, of which all may have been told. In the caller's transaction. */
export async function asPutBack(
  { db, now }: Pick<Parts, 'db' | 'now'>,
  isOf: boolean,
  work: () => Promise<void>,
): Promise<void> {
  if (!isOf) return work();
  const message = await newestMessage(db);
  const item = await newestItem(db);
  await work();
  const until = Number.MAX_SAFE_INTEGER;
  const messages = await markPutBack(db, { after: message, until }, now());
  const untold = messages + (await dropItemsOf(db, { after: item, until }));
  if (untold > 0) await addSummaryItem(db, { kind: 'put-back', untold }, now());
}

/**
 * Says since when, ms, a message must have been queued to be sent; 0: any. After a start older ones wait for a word from each
 * till that was in contact on the last day before, as that may show that they were sent; for a day at most.
 */
export function openDoubt({ db, now }: Pick<Parts, 'db' | 'now'>): () => Promise<number> {
  const openedAt = now();
  let awaited: readonly string[] | null = null;
  return async () => {
    awaited ??= await lastInContact(db, openedAt);
    if (now() >= openedAt + DAY_MS) awaited = [];
    const silent: string[] = [];
    for (const till of awaited)
      if (((await tillById(db, till))?.seenAt ?? openedAt) < openedAt) silent.push(till);
    awaited = silent;
    return silent.length === 0 ? 0 : openedAt;
  };
}
