// The calls by which a till downloads the shop's order, made by the page or by a worker.
import * as z from 'zod/mini';
import { cardsReply } from '$lib/contract/customer';
import { ENTRY_BYTES } from '$lib/contract/journal-upload';
import {
  DOWNLOAD_BYTES,
  journalPage,
  sumsReply,
  type Cursor,
  type SumsStated,
} from '$lib/contract/shop-journal';
import { noChunk, snapshotReply, SNAPSHOT_CHUNK_BYTES } from '$lib/contract/snapshot';
import type { Send } from './session';

/** One entry of the largest size and the other entries of a page, characters. */
const LARGEST_PAGE = DOWNLOAD_BYTES + ENTRY_BYTES;

/** One chunk of the largest size; a single row in it may be an entry of the largest size. */
const LARGEST_CHUNK = SNAPSHOT_CHUNK_BYTES + ENTRY_BYTES;

const chunkReply = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('bytes'),
    bytes: z.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array),
  }),
  noChunk,
]);

export class OrderClient {
  readonly #send: Send;

  /** `signed`: sends with the till's bearer token. */
  constructor(signed: Send) {
    this.#send = signed;
  }

  /** The entries after `after` in the shop's order; null: from the first. `waitMs`: how long the relay may wait for a new one. */
  journal(after: Cursor | null, waitMs: number) {
    const point =
      after === null ? {} : { after: `${after.epoch}.${after.order}`, hash: after.logHash };
    const query = new URLSearchParams({ ...point, wait: String(waitMs) }).toString();
    return this.#send({
      method: 'GET',
      path: `/journal?${query}`,
      reply: journalPage,
      timeoutMs: waitMs + 30_000,
      largest: LARGEST_PAGE,
    });
  }

  /** Whether the relay's sums are the same at a point of the order. Slow: the relay adds up all entries up to it. */
  compareSums(stated: SumsStated) {
    const call = { method: 'POST', path: '/journal/sums', body: stated } as const;
    return this.#send({ ...call, reply: sumsReply, timeoutMs: 60_000 });
  }

  /** The newest snapshot of the shop's order, for a till that has downloaded nothing. */
  snapshot() {
    return this.#send({ method: 'GET', path: '/snapshot', reply: snapshotReply });
  }

  /** A chunk of a snapshot, gzip; the caller compares the hash. */
  snapshotChunk(hash: string) {
    return this.#send({
      method: 'GET',
      path: `/snapshot/${hash}`,
      reply: chunkReply,
      mayBeBytes: true,
      timeoutMs: 60_000,
      largest: LARGEST_CHUNK,
    });
  }

  /** Cards that entries name by these hashes, at most `MOST_CARDS`; those that the relay lacks are left out. */
  cards(hashes: readonly string[]) {
    return this.#send({ method: 'POST', path: '/cards', reply: cardsReply, body: { hashes } });
  }
}
