// Polls the relay for the state of its notices, after an upload and while one is waiting.
import { tillIn } from '$lib/storage/database/meta';
import type { RelayClient } from '$lib/relay-client/relay-client';
import type { TillDb } from '$lib/storage/database/db';
import { noticesDue } from '$lib/storage/customers/notices';
import { fetchNotices } from '$lib/sync/till-news';

/** Polling interval while messages are waiting, ms; the same as for connectivity. */
const EVERY_MS = 12_000;

export class NoticePoller {
  readonly #db: TillDb;
  readonly #client: Pick<RelayClient, 'notices'>;
  readonly #everyMs: number;
  #version = $state(0);
  #fetching = false;
  /** Whether the relay may have news since the last fetch; true at a start. */
  #missed = true;
  /** Time of the last fetch, `performance.now()`. */
  #asked = -Infinity;

  constructor(db: TillDb, client: Pick<RelayClient, 'notices'>, everyMs = EVERY_MS) {
    this.#db = db;
    this.#client = client;
    this.#everyMs = everyMs;
  }

  /** Changes with every fetch, so that screens read the notices again. */
  get version(): number {
    return this.#version;
  }

  /** The relay has the journal, so it may have started to send notices, including those about reviewed acts. */
  async journalSent(): Promise<void> {
    this.#missed = true;
    if (!this.#fetching) await this.#fetch();
  }

  /** The relay has answered; also called for the exchanges of a fetch itself. */
  async answered(): Promise<void> {
    if (this.#fetching || performance.now() - this.#asked < this.#everyMs) return;
    await this.#fetch();
  }

  async #fetch(): Promise<void> {
    this.#fetching = true;
    this.#asked = performance.now();
    try {
      const till = await tillIn(this.#db);
      if (till === null || !(this.#missed || (await noticesDue(this.#db)))) return;
      // set it before the request, so that anything sent meanwhile is fetched again
      this.#missed = false;
      if (await fetchNotices(this.#db, this.#client, till.id)) this.#version += 1;
      else this.#missed = true;
    } catch {
      this.#missed = true;
      // display only: the next act reports a failing disk, and the next answer repeats the news
    } finally {
      this.#fetching = false;
    }
  }
}
