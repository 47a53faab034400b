// Polls the relay for the state of its notices, after an upload and while one is waiting.
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { TillDb } from '$lib/storage/database/db';
import { noticesDue } from '$lib/storage/customers/notices';
import { tillIdentity } from '$lib/storage/till/till';
import { fetchNotices } from '$lib/sync/notices';

/** A waiting message is asked about no more often than the connection is. */
const EVERY_MS = 12_000;

export class NoticePoller {
  readonly #db: TillDb;
  readonly #client: Pick<RelayClient, 'notices'>;
  readonly #everyMs: number;
  #version = $state(0);
  #fetching = false;
  /** The relay may have told something since the last fetch; at a start nobody knows. */
  #missed = true;
  /** `performance.now()`. */
  #asked = -Infinity;

  constructor(db: TillDb, client: Pick<RelayClient, 'notices'>, everyMs = EVERY_MS) {
    this.#db = db;
    this.#client = client;
    this.#everyMs = everyMs;
  }

  /** Changes with every fetch: who shows notices reads them again. */
  get version(): number {
    return this.#version;
  }

  /** The relay has the journal: it may have begun to write, also of acts somebody has looked at already. */
  async journalSent(): Promise<void> {
    this.#missed = true;
    if (!this.#fetching) await this.#fetch();
  }

  /** The relay has answered something; the fetch's own exchanges are answers, too. */
  async answered(): Promise<void> {
    if (this.#fetching || performance.now() - this.#asked < this.#everyMs) return;
    await this.#fetch();
  }

  async #fetch(): Promise<void> {
    this.#fetching = true;
    this.#asked = performance.now();
    try {
      const till = await tillIdentity(this.#db);
      if (till === null || !(this.#missed || (await noticesDue(this.#db)))) return;
      // before the asking: what is sent meanwhile is asked for again
      this.#missed = false;
      if (await fetchNotices(this.#db, this.#client, till.id)) this.#version += 1;
      else this.#missed = true;
    } catch {
      this.#missed = true;
      // news only: a disk that refuses says so at the next act, and the next answer of the relay brings it again
    } finally {
      this.#fetching = false;
    }
  }
}
