// Keeps the news of the relay's messages about acts without a code fresh: after the journal has gone up, and while a message waits.
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { TillDb } from '$lib/storage/db';
import { noticesDue } from '$lib/storage/notices';
import { tillIdentity } from '$lib/storage/till';
import { fetchNotices } from '$lib/sync/notices';

/** A waiting message is asked about no more often than the connection is. */
const EVERY_MS = 12_000;

export class NoticeNews {
  readonly #db: TillDb;
  readonly #client: Pick<RelayClient, 'notices'>;
  #heard = $state(0);
  #fetching = false;
  /** `performance.now()`. */
  #asked = -EVERY_MS;

  constructor(db: TillDb, client: Pick<RelayClient, 'notices'>) {
    this.#db = db;
    this.#client = client;
  }

  /** Changes with every fetch: who shows notices reads them again. */
  get heard(): number {
    return this.#heard;
  }

  /** The relay has the journal: it may have begun to write. */
  async journalSent(): Promise<void> {
    if (!this.#fetching) await this.#fetch();
  }

  /** The relay has answered something; the fetch's own exchanges are answers, too. */
  async answered(): Promise<void> {
    if (this.#fetching || performance.now() - this.#asked < EVERY_MS) return;
    await this.#fetch();
  }

  async #fetch(): Promise<void> {
    this.#fetching = true;
    this.#asked = performance.now();
    try {
      const till = await tillIdentity(this.#db);
      if (till === null || !(await noticesDue(this.#db))) return;
      if (await fetchNotices(this.#db, this.#client, till.id)) this.#heard += 1;
    } catch {
      // news only: a disk that refuses says so at the next act, and the next answer of the relay brings it again
    } finally {
      this.#fetching = false;
    }
  }
}
