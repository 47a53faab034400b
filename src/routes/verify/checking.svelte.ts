// One run of the verification: progress, result, and names of customers in it.
import type { EnrolledTill, FormerTill } from '$lib/storage/schema/records';
import type { TillDb } from '$lib/storage/database/db';
import { customersByIds } from '$lib/storage/customers/customers';
import { storageErrorKind, type StorageErrorKind } from '$lib/storage/storage-error';
import { verify, type Verification } from '$lib/storage/audit/verification';
import { ProofJudge } from '$lib/storage/journal/proof-judge';

type Names = Readonly<Record<string, string>>;

type Stage =
  | { readonly kind: 'walking'; readonly done: number; readonly of: number }
  | { readonly kind: 'stopped' }
  | {
      readonly kind: 'walked';
      readonly verification: Verification;
      /** Names by customer id, of those with a card here. */
      readonly names: Names;
    }
  | { readonly kind: 'unreadable'; readonly because: StorageErrorKind };

export class Checking {
  readonly #db: TillDb;
  readonly #till: EnrolledTill;
  readonly #former: readonly FormerTill[];
  #stage = $state.raw<Stage>({ kind: 'stopped' });
  #stop = new AbortController();

  constructor(db: TillDb, till: EnrolledTill, former: readonly FormerTill[]) {
    this.#db = db;
    this.#till = till;
    this.#former = former;
  }

  get stage(): Stage {
    return this.#stage;
  }

  stop(): void {
    this.#stop.abort();
  }

  async start(): Promise<void> {
    this.#stop.abort();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#stage = { kind: 'walking', done: 0, of: 0 };
    try {
      // a judge caches every grant, so one judge per entry limits memory
      const judge = (entry: Parameters<ProofJudge['judge']>[0]) =>
        new ProofJudge(this.#till, this.#former).judge(entry);
      const onprogress = (done: number, of: number) =>
        (this.#stage = { kind: 'walking', done, of });
      const verification = await verify(this.#db, this.#till, judge, { signal, onprogress });
      const names = verification && (await this.#namesIn(verification));
      // stopped or restarted meanwhile: ignore this result
      if (signal !== this.#stop.signal) return;
      this.#stage =
        verification && names && !signal.aborted
          ? { kind: 'walked', verification, names }
          : { kind: 'stopped' };
    } catch (error) {
      if (signal !== this.#stop.signal) return;
      this.#stage = { kind: 'unreadable', because: storageErrorKind(error) };
    }
  }

  async #namesIn({ findings, differences }: Verification): Promise<Names> {
    const named = [
      ...differences.map(({ customer }) => customer),
      ...findings.flatMap((each) => ('customer' in each ? [each.customer] : [])),
    ];
    const cards = await customersByIds(this.#db, named);
    return Object.fromEntries(cards.map(({ id, name }) => [id, name]));
  }
}
