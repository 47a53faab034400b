// The routes of the journal: uploads with a signed watermark, downloads, and flags.
import { Hono, type Context } from 'hono';
import * as z from 'zod/mini';
import {
  AROUND_ENTRY_BYTES,
  ENTRY_BYTES,
  journalUpload,
  UPLOAD_BYTES,
  type FlagsReply,
  type JournalUploadReply,
} from '$lib/contract/journal-upload';
import {
  DOWNLOAD_BYTES,
  DOWNLOAD_ENTRIES,
  DOWNLOAD_WAIT_MS,
  type Cursor,
  type JournalPage,
} from '$lib/contract/shop-journal';
import { hash, id } from '$lib/contract/values';
import { headOfUpload, signWatermark, verifyHead } from '$lib/proof/journal-head';
import { mayHaveSession, needElevation, needOwnJournal, needSession } from '../http/auth';
import { body, cursorOf, malformed } from '../http/json-body';
import { Refused, type Env } from '../http/request';
import { pageAfter, START_OF_ORDER } from './download';
import { takeUpload } from './ingest';
import type { Relay } from '../context';
import { flagsAfter } from '../store/flags';
import { noteDownloaded, noteRemovalKnown, tillById, type TillRow } from '../store/tills';

/** A carried-over entry contains another, which may contain another in turn. */
const DEPTH = 40;
const SHOWN = 200;

/** `POST /journal`, `GET /journal`, `GET /journal/flags`. */
export function journalRoutes(relay: Relay): Hono<Env> {
  const upload = body(journalUpload, (c) => ({
    pruned: 'entries',
    bytes:
      (c.get('till') as TillRow | undefined) === undefined
        ? UPLOAD_BYTES
        : ENTRY_BYTES + AROUND_ENTRY_BYTES,
    depth: DEPTH,
  }));
  return new Hono<Env>()
    .post('/journal', mayHaveSession, upload, async (c) => {
      const sent = c.req.valid('json');
      const { entries, headSigned } = sent;
      const named = entries.map((entry) => ofTill.safeParse(entry).data?.till);
      const till = await senderOf(
        relay,
        named.find((one) => one !== undefined),
        c.get('till'),
      );
      const head = headOfUpload(entries);
      const claim = {
        ...({ purpose: 'journal-head', shop: relay.shopId, till: till.id } as const),
        ...head,
        at: headSigned.at,
      };
      if (!(await verifyHead(claim, headSigned.signature, till.publicKey))) {
        const kind = named.some((one) => one !== till.id) ? 'other-till' : 'wrong-signature';
        return c.json({ kind } satisfies JournalUploadReply, 403);
      }
      await relay.recordContact(till.id);
      const taken = await takeUpload(relay, till, sent);
      // a till uploads without a session only after it was refused as removed, so it knows of its removal
      if (till.revokedAt !== null && till.removalKnownAt === null)
        await noteRemovalKnown(relay.db, till.id, relay.now());
      if (taken.kind !== 'kept') {
        relay.log({ event: 'journal-refused', till: till.id, because: taken.kind });
        return c.json(taken satisfies JournalUploadReply, 409);
      }
      const watermark = await signWatermark(taken.mark, relay.key.privateKey, relay.key.kid);
      return c.json({ kind: 'kept', watermark } satisfies JournalUploadReply, 200);
    })
    .get('/journal', needSession, needOwnJournal, async (c) => {
      const asking = c.get('till');
      const till = asking.id;
      const after = pointOf(c);
      const entries = Math.min(cursorOf(c, 'limit') || DOWNLOAD_ENTRIES, DOWNLOAD_ENTRIES);
      const wait = Math.min(cursorOf(c, 'wait'), DOWNLOAD_WAIT_MS);
      const read = () => pageAfter(relay, till, after, { entries, bytes: DOWNLOAD_BYTES });
      let page = await read();
      const known = page.kind === 'journal' ? after.order : page.common;
      await noteDownloaded(relay.db, asking, known);
      if (wait > 0 && page.kind === 'journal' && page.entries.length === 0) {
        await relay.arrivals.beyond({
          till,
          order: after.order,
          ms: wait,
          signal: c.req.raw.signal,
        });
        if ((await tillById(relay.db, till))?.revokedAt !== null)
          throw new Refused(401, { kind: 'revoked' });
        page = await read();
      }
      return c.json(page satisfies JournalPage, page.kind === 'journal' ? 200 : 409);
    })
    .get('/journal/flags', needSession, needElevation('settings', 'view-reports'), async (c) => {
      const rows = await flagsAfter(relay.db, cursorOf(c, 'after'), SHOWN + 1);
      const flags = rows.slice(0, SHOWN);
      const more = rows.length > SHOWN;
      return c.json({ kind: 'journal-flags', flags, more } satisfies FlagsReply, 200);
    });
}

/** The till's place in the shop's order: `after=<epoch>.<order>` and `hash`; throws `malformed`. */
function pointOf(c: Context<Env>): Cursor {
  const [after, logHash] = [c.req.query('after'), c.req.query('hash')];
  if (after === undefined) return START_OF_ORDER;
  const [, epoch, order] = /^([1-9]\d{0,14})\.([1-9]\d{0,14})$/.exec(after) ?? [];
  if (epoch === undefined) throw malformed('after');
  if (!hash.safeParse(logHash).success) throw malformed('hash');
  return { epoch: Number(epoch), order: Number(order), logHash: logHash ?? '' };
}

const ofTill = z.looseObject({ till: id });

/** The till of the session; without one, a revoked till that uploads its last entries, identified by its signature. */
async function senderOf(
  { db }: Relay,
  named: string | undefined,
  bySession: TillRow | undefined,
): Promise<TillRow> {
  if (bySession !== undefined) return bySession;
  const till = named === undefined ? null : await tillById(db, named);
  if (till === null) throw new Refused(401, { kind: 'unknown-till' });
  if (till.revokedAt === null) throw new Refused(401, { kind: 'session-unknown' });
  return till;
}
