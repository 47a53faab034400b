// The page's client of the download worker: one download at a time, with the page's session.
import type { Bearer, ExchangeSeen } from '$lib/relay-client/session';
import type { TillDb } from '$lib/storage/database/db';
import { StorageError } from '$lib/storage/storage-error';
import type { DownloadOutcome } from './download';
import type { DownloadOrder, DownloadReport } from './messages';

/** The worker could not start, has ended, or was closed. The next download starts another one. */
export class DownloadStopped extends Error {}

/** The worker found the database damaged; the page's connection may not have met it. The next download starts another worker. */
export class DownloadDamaged extends StorageError {
  constructor() {
    super('failed');
  }
}

type Deps = {
  readonly db: TillDb;
  /** Origin of the relay: scheme, host and port. */
  readonly origin: string;
  readonly bearer: Bearer;
  readonly onexchange: ExchangeSeen;
  /** Only tests pass another worker. */
  readonly newWorker?: () => Worker;
  /** How long a worker may take to start, ms. */
  readonly patienceMs?: number;
};

const PATIENCE_MS = 30_000;

type Running = {
  readonly onapplied: () => Promise<void>;
  /** Resolves after all calls of `onapplied` so far. */
  applied: Promise<void>;
  readonly resolve: (outcome: DownloadOutcome) => void;
  readonly reject: (error: Error) => void;
};

// the bundler recognises only this exact expression
const newDownloadWorker = () =>
  new Worker(new URL('./worker/download.worker.ts', import.meta.url), { type: 'module' });

export class DownloadWorker {
  readonly #deps: Deps;
  #worker: Worker | null = null;
  #running: Running | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Calls `download` of `sync/download` in the worker, and starts the worker if there is none. Throws StorageError or
   * `DownloadStopped`; whatever was applied before stays.
   */
  async download(
    waitMs: number,
    onapplied: () => Promise<void> = () => Promise.resolve(),
  ): Promise<DownloadOutcome> {
    return new Promise((resolve, reject) => {
      // one call at a time: a new call ends the one in progress
      if (this.#running !== null) this.close();
      this.#running = { onapplied, applied: Promise.resolve(), resolve, reject };
      this.#worker ??= this.#start();
      this.#tell(this.#worker, { kind: 'download', waitMs });
    });
  }

  /** Ends the worker and its connection to the database. */
  close(): void {
    this.#stop(new DownloadStopped('closed'));
  }

  #start(): Worker {
    const { db, origin, newWorker = newDownloadWorker, patienceMs = PATIENCE_MS } = this.#deps;
    const worker = newWorker();
    const lifeLock = `${db.name}-download-${crypto.randomUUID()}`;
    const ended = (because: string) => {
      if (worker === this.#worker) this.#stop(new DownloadStopped(because));
    };
    worker.onerror = (event) => {
      // the rejection of the download reports it already
      event.preventDefault();
      ended(event.message);
    };
    const overdue = setTimeout(() => ended('does not start'), patienceMs);
    worker.onmessage = ({ data }: MessageEvent<DownloadReport>) => {
      clearTimeout(overdue);
      if (worker !== this.#worker) return;
      if (data.kind === 'alive') void navigator.locks.request(lifeLock, () => ended('ended'));
      else this.#take(data, worker);
    };
    const begin = { origin, database: db.name, bucket: db.home.bucket, lifeLock };
    this.#tell(worker, { kind: 'begin', ...begin });
    return worker;
  }

  #take(report: Exclude<DownloadReport, { kind: 'alive' }>, worker: Worker): void {
    const { bearer, onexchange } = this.#deps;
    const running = this.#running;
    switch (report.kind) {
      case 'token-wanted':
        bearer.token().then(
          (token) => {
            if (worker === this.#worker)
              this.#tell(worker, { kind: 'token', number: report.number, token });
          },
          (error: unknown) => this.#stop(new DownloadStopped(String(error))),
        );
        break;
      case 'token-dropped':
        bearer.drop(report.token);
        break;
      case 'exchanged':
        onexchange(report.outcome, performance.now() - report.elapsedMs);
        break;
      case 'applied':
        if (running !== null) {
          running.applied = running.applied.then(running.onapplied);
          // its error is handled at the end of the download
          running.applied.catch(() => undefined);
        }
        break;
      case 'ended':
        this.#running = null;
        running?.applied.then(() => running.resolve(report.outcome), running.reject);
        break;
      case 'disk-failed':
        // the next download opens a new connection
        this.#stop(report.isDamage ? new DownloadDamaged() : new StorageError(report.because));
        break;
      case 'failed':
        this.#stop(new DownloadStopped(report.because));
    }
  }

  #tell(worker: Worker, order: DownloadOrder): void {
    worker.postMessage(order);
  }

  #stop(error: Error): void {
    const running = this.#running;
    this.#worker?.terminate();
    this.#worker = null;
    this.#running = null;
    running?.reject(error);
  }
}
