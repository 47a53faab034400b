// The routes of the journal: uploads with a signed watermark, downloads, and flags.
import * as z from 'zod/mini';
import {
  AROUND_ENTRY_BYTES,
  ENTRY_BYTES,
  flagsReply,
  journalUpload,
  journalUploadReply,
  UPLOAD_BYTES,
  UPLOAD_ENTRIES,
} from '$lib/contract/journal-upload';
import {
  DOWNLOAD_BYTES,
  DOWNLOAD_ENTRIES,
  DOWNLOAD_WAIT_MS,
  journalPage,
  type Cursor,
} from '$lib/contract/shop-journal';
import { hash, id } from '$lib/contract/values';
import { headOfUpload, signWatermark, verifyHead } from '$lib/proof/journal-head';
import { malformed } from '../http/json-body';
import { Refused } from '../http/request';
import {
  atMost,
  byPhone,
  cursor,
  OWN_JOURNAL,
  replies,
  reply,
  route,
  text,
  type Route,
} from '../http/route';
import { pageAfter, START_OF_ORDER } from './download';
import { takeUpload } from './ingest';
import type { Relay } from '../context';
import { flagsAfter } from '../store/flags';
import { noteDownloaded, noteRemovalKnown, tillById, type TillRow } from '../store/tills';

/** A carried-over entry contains another, which may contain another in turn. */
const DEPTH = 40;
const SHOWN = 200;

/** The journal: uploaded, downloaded, and what was found in it. */
export const journalRoutes = (relay: Relay): Route[] => [
  route('POST /journal', {
    id: 'uploadJournal',
    summary: 'Upload journal entries',
    description: `At most ${UPLOAD_ENTRIES} entries; several together below ${UPLOAD_BYTES} bytes. \`headSigned\` holds the signature over the canonical JSON of \`journalHeadClaim\` for the last entry, and its \`at\`, null where the till has later entries; \`watermark\` is a compact JWS (ES256) whose payload is the schema \`watermark\`. \`cards\` are kept where an entry of this upload names them by \`recordHash\`. Uploading again is safe. Without a session only a revoked till is let in, by its signature.`,
    access: { kind: 'optional-session' },
    body: journalUpload,
    bounds: (c) => ({
      pruned: 'entries',
      bytes:
        (c.get('till') as TillRow | undefined) === undefined
          ? UPLOAD_BYTES
          : ENTRY_BYTES + AROUND_ENTRY_BYTES,
      depth: DEPTH,
    }),
    replies: replies(journalUploadReply, {
      kept: 200,
      gap: 409,
      fork: 409,
      quarantined: 409,
      'wrong-signature': 403,
      'other-till': 403,
      'too-large': 413,
    }),
  }).handle(async ({ till: bySession, body: sent }) => {
    const { entries, headSigned } = sent;
    const named = entries.map((entry) => ofTill.safeParse(entry).data?.till);
    const till = await senderOf(
      relay,
      named.find((one) => one !== undefined),
      bySession,
    );
    const head = headOfUpload(entries);
    const { shopId: shop } = relay;
    const { at, signature } = headSigned;
    const claim = { purpose: 'journal-head', shop, till: till.id, ...head, at } as const;
    if (!(await verifyHead(claim, signature, till.publicKey)))
      return { kind: named.some((one) => one !== till.id) ? 'other-till' : 'wrong-signature' };
    await relay.recordContact(till.id);
    const taken = await takeUpload(relay, till, sent);
    // a till uploads without a session only after it was refused as removed, so it knows of its removal
    if (till.revokedAt !== null && till.removalKnownAt === null)
      await noteRemovalKnown(relay.db, till.id, relay.now());
    if (taken.kind !== 'kept') {
      relay.log({ event: 'journal-refused', till: till.id, because: taken.kind });
      return taken;
    }
    const watermark = await signWatermark(taken.mark, relay.key.privateKey, relay.key.kid);
    return { kind: 'kept', watermark };
  }),
  route('GET /journal', {
    id: 'downloadJournal',
    summary: 'Download the shop’s order: the entries of all tills and of the relay',
    description: `At most ${DOWNLOAD_ENTRIES} entries; several together below ${DOWNLOAD_BYTES} bytes. The till’s own come as marks. \`checkpoint\` is a compact JWS (ES256) whose payload is the schema \`checkpoint\`, at the last of the entries.`,
    access: OWN_JOURNAL,
    query: {
      after: text('`<epoch>.<order>` of the last checkpoint, with its `hash`. Without: all.'),
      hash: text('`logHash` of the last checkpoint.'),
      limit: atMost(DOWNLOAD_ENTRIES, 'Entries of one page; 0: as many as there may be.'),
      wait: atMost(DOWNLOAD_WAIT_MS, 'How long to wait where there is no entry yet, ms.'),
    },
    replies: replies(journalPage, { journal: 200, 'other-epoch': 409 }),
  }).handle(async ({ c, till: asking, query }) => {
    const { id: till } = asking;
    const after = pointOf(query);
    const { wait, limit } = query;
    const most = { entries: limit || DOWNLOAD_ENTRIES, bytes: DOWNLOAD_BYTES };
    const page = await pageAfter(relay, till, after, most);
    const known = page.kind === 'journal' ? after.order : page.common;
    await noteDownloaded(relay.db, asking, known);
    if (wait === 0 || page.kind !== 'journal' || page.entries.length > 0) return page;
    const { signal } = c.req.raw;
    await relay.arrivals.beyond({ till, order: after.order, ms: wait, signal });
    if ((await tillById(relay.db, till))?.revokedAt !== null)
      throw new Refused(401, { kind: 'revoked' });
    return pageAfter(relay, till, after, most);
  }),
  route('GET /journal/flags', {
    id: 'listJournalFlags',
    summary: 'What the relay found in the journals of all tills',
    access: byPhone('settings', 'view-reports'),
    query: { after: cursor('`cursor` of the last flag that is known.') },
    replies: [reply(200, flagsReply)],
  }).handle(async ({ query: { after } }) => {
    const rows = await flagsAfter(relay.db, after, SHOWN + 1);
    return {
      kind: 'journal-flags',
      flags: rows.slice(0, SHOWN),
      more: rows.length > SHOWN,
    };
  }),
];

/** The till's place in the shop's order: `after=<epoch>.<order>` and `hash`; throws `malformed`. */
function pointOf(query: { readonly after: string | null; readonly hash: string | null }): Cursor {
  if (query.after === null) return START_OF_ORDER;
  const [, epoch, order] = /^([1-9]\d{0,14})\.([1-9]\d{0,14})$/.exec(query.after) ?? [];
  if (epoch === undefined) throw malformed('after');
  const logHash = hash.safeParse(query.hash).data;
  if (logHash === undefined) throw malformed('hash');
  return { epoch: Number(epoch), order: Number(order), logHash };
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
