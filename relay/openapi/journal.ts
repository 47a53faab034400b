// Operations about the journal: uploads, downloads, past sales, snapshots, findings.
import { cardsReply, cardsRequest } from '$lib/contract/customer';
import {
  flagsReply,
  journalUpload,
  journalUploadReply,
  MOST_CARDS,
  noticesReply,
  UPLOAD_BYTES,
  UPLOAD_ENTRIES,
} from '$lib/contract/journal-upload';
import {
  DOWNLOAD_BYTES,
  DOWNLOAD_ENTRIES,
  DOWNLOAD_WAIT_MS,
  journalPage,
  sumsReply,
  sumsStated,
} from '$lib/contract/shop-journal';
import { gateRefusal } from '$lib/contract/till';
import { noChunk, snapshotReply, snapshotRows, SNAPSHOT_CHUNK_BYTES } from '$lib/contract/snapshot';
import { SALES_A_MINUTE, SALES_PAGE, salesReply } from '$lib/contract/sale';
import { nameOf } from './components';
import { reply, replies, someReplies, type Operation, type Query } from './operation';
import { SESSION, cursor } from './parts';

const text = (name: string, description: string): Query => ({
  name,
  description,
  required: false,
  schema: { type: 'string' },
});

/** A larger number counts as `most`. */
const atMost = (name: string, most: number, description: string): Query => ({
  name,
  description: `${description} More than ${most} is ${most}.`,
  required: false,
  schema: { type: 'integer', minimum: 0, maximum: 999_999_999_999_999, default: 0 },
});

const SNAPSHOT_ROWS = Object.entries(snapshotRows)
  .map(([table, row]) => `\`${nameOf(row)}\` (\`${table}\`)`)
  .join(', ');

/** A till whose journal the relay keeps apart from the shop's gets nothing of the shop. */
const SET_ASIDE = someReplies(gateRefusal, { 'journal-set-aside': 409 });

export const journalOperations: readonly Operation[] = [
  {
    id: 'uploadJournal',
    method: 'post',
    path: '/journal',
    tag: 'journal',
    summary: 'Upload journal entries',
    description: `At most ${UPLOAD_ENTRIES} entries; several together below ${UPLOAD_BYTES} bytes. \`headSigned\` holds the signature over the canonical JSON of \`journalHeadClaim\` for the last entry, and its \`at\`, null where the till has later entries; \`watermark\` is a compact JWS (ES256) whose payload is the schema \`watermark\`. \`cards\` are kept where an entry of this upload names them by \`recordHash\`. Uploading again is safe. Without a session only a revoked till is let in, by its signature.`,
    access: { kind: 'optional-session' },
    request: journalUpload,
    replies: replies(journalUploadReply, {
      kept: 200,
      gap: 409,
      fork: 409,
      quarantined: 409,
      'wrong-signature': 403,
      'other-till': 403,
      'too-large': 413,
    }),
  },
  {
    id: 'downloadJournal',
    method: 'get',
    path: '/journal',
    tag: 'journal',
    summary: 'Download the shop’s order: the entries of all tills and of the relay',
    description: `At most ${DOWNLOAD_ENTRIES} entries; several together below ${DOWNLOAD_BYTES} bytes. The till’s own come as marks. \`checkpoint\` is a compact JWS (ES256) whose payload is the schema \`checkpoint\`, at the last of the entries.`,
    access: SESSION,
    query: [
      text('after', '`<epoch>.<order>` of the last checkpoint, with its `hash`. Without: all.'),
      text('hash', '`logHash` of the last checkpoint.'),
      atMost('limit', DOWNLOAD_ENTRIES, 'Entries of one page; 0: as many as there may be.'),
      atMost('wait', DOWNLOAD_WAIT_MS, 'How long to wait where there is no entry yet, ms.'),
    ],
    replies: [...replies(journalPage, { journal: 200, 'other-epoch': 409 }), ...SET_ASIDE],
  },
  {
    id: 'compareSums',
    method: 'post',
    path: '/journal/sums',
    tag: 'journal',
    summary: 'Compare the control sums of a till with those of the shop’s order',
    description:
      'Debt and points over all customers, of what counts up to `point`. That a till counts otherwise is in `GET /tills` until it says that it counts the same.',
    access: SESSION,
    request: sumsStated,
    replies: [
      ...replies(sumsReply, { 'sums-agree': 200, 'sums-differ': 200, 'sums-unknown': 409 }),
      ...SET_ASIDE,
    ],
  },
  {
    id: 'getCards',
    method: 'post',
    path: '/cards',
    tag: 'journal',
    summary: 'Get the cards of customers and their authorised persons that entries name',
    description: `At most ${MOST_CARDS} hashes, each the \`recordHash\` or \`personRecordHash\` of an entry of any till. What the relay does not have is left out.`,
    access: SESSION,
    request: cardsRequest,
    replies: [reply(200, cardsReply), ...SET_ASIDE],
  },
  {
    id: 'listSales',
    method: 'get',
    path: '/sales',
    tag: 'journal',
    summary: 'Find past sales of the shop, the newest first',
    description: `At most ${SALES_PAGE} entries, all that fit every filter. The entry of a sale that was carried over is the one that carries it.`,
    access: SESSION,
    elevationWhen: 'Without `number` and `hash`, with the right `view-reports`.',
    query: [
      text('number', 'As printed: `3-000123`.'),
      text('hash', 'Of the entry, or of the one that it carries over.'),
      text('customer', 'Id of the customer.'),
      text('product', 'Id of a product in it.'),
      text('total', 'Its sum, minor units: exactly, or as it was rounded for cash.'),
      cursor('from', 'Made then or later, ms.'),
      cursor('to', 'Made before, ms; 0: no bound.'),
      text('before', '`next` of the page before.'),
      atMost('limit', SALES_PAGE, 'Sales of one page; 0: as many as there may be.'),
    ],
    limits: [`${SALES_A_MINUTE} questions a minute per till (\`limited\`).`],
    replies: replies(salesReply, { sales: 200, limited: 429 }),
  },
  {
    id: 'getSnapshot',
    method: 'get',
    path: '/snapshot',
    tag: 'journal',
    summary: 'Get the manifest of the newest snapshot of the shop’s order',
    description:
      'For a till that has downloaded nothing: it takes the chunks, and then the entries after `order`. `manifest` is a compact JWS (ES256) whose payload is the schema `snapshotManifest`. Without a snapshot a till downloads all entries.',
    access: SESSION,
    replies: [...replies(snapshotReply, { snapshot: 200, 'no-snapshot': 404 }), ...SET_ASIDE],
  },
  {
    id: 'getSnapshotChunk',
    method: 'get',
    path: '/snapshot/:hash',
    tag: 'journal',
    summary: 'Get a chunk of a snapshot by the SHA-256 of its bytes',
    description: `Gzip of a line of JSON for each row, at most ${SNAPSHOT_CHUNK_BYTES} bytes before compression unless one row is larger. The rows of each table: ${SNAPSHOT_ROWS}.`,
    access: SESSION,
    replies: [reply(200, 'gzip'), reply(404, noChunk), ...SET_ASIDE],
  },
  {
    id: 'listJournalFlags',
    method: 'get',
    path: '/journal/flags',
    tag: 'journal',
    summary: 'What the relay found in the journals of all tills',
    access: { kind: 'elevation', level: 'phone', anyOf: ['settings', 'view-reports'] },
    query: [cursor('after', '`cursor` of the last flag that is known.')],
    replies: [reply(200, flagsReply)],
  },
  {
    id: 'listNotices',
    method: 'get',
    path: '/notices',
    tag: 'journal',
    summary: 'What became of the messages about acts without a code',
    access: SESSION,
    query: [cursor('since', '`cursor` of the last reply.')],
    replies: [reply(200, noticesReply)],
  },
];
