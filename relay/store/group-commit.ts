// Gives the one writing connection to one unit of work after another.
// Units that follow closely share a commit.
import type Sqlite from 'better-sqlite3';

/** Units per commit at most: bounds how long the first one waits. */
const MOST_UNITS = 100;

/** How long one unit may hold the connection while others wait for it, ms. */
export type HoldLimits = {
  /** After this time a warning is logged. */
  readonly slowMs: number;
  /** After this time every waiting unit is refused: the holder may itself wait for one of them, which would be a deadlock. */
  readonly stalledMs: number;
};
export const HOLD_LIMITS: HoldLimits = { slowMs: 1000, stalledMs: 10_000 };

/** The database was closed before the work was complete. */
export class Closed extends Error {}

export type Group = {
  /** Resolves when the caller alone holds the connection, inside the open group. */
  readonly enter: () => Promise<void>;
  /** Hands the connection on; resolves once the group is durable, rejects where its commit failed. */
  readonly leave: () => Promise<void>;
  /** Hands the connection on without waiting for a commit, because the caller's work was undone. */
  readonly leaveUndone: () => void;
  /** Commits what was done so far, and refuses every other unit. */
  readonly close: () => void;
};

type Waiting = { readonly ok: () => void; readonly fail: (error: unknown) => void };
type Open = { readonly durable: Promise<void>; readonly settle: Waiting; units: number };

/** `onSlow` is called once for a unit that holds the connection longer than `slowMs` while others wait for it. */
export function openGroup(
  db: Sqlite.Database,
  { slowMs, stalledMs }: HoldLimits,
  onSlow: () => void,
): Group {
  const [begin, commit, rollback] = ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'].map((word) => {
    const statement = db.prepare(word);
    return () => void statement.run();
  }) as [() => void, () => void, () => void];
  const waiting: Waiting[] = [];
  let open: Open | null = null;
  /** Number of the unit that holds the connection; null: none does. */
  let holder: number | null = null;
  let units = 0;
  let watch: NodeJS.Timeout | null = null;
  let closed = false;

  function grant(next: Waiting): void {
    units += 1;
    holder = units;
    try {
      open ??= beginGroup();
      open.units += 1;
      next.ok();
    } catch (error) {
      next.fail(error);
      pass();
    }
  }

  function beginGroup(): Open {
    begin();
    let settle!: Waiting;
    const durable = new Promise<void>((ok, fail) => (settle = { ok, fail }));
    // every unit that waits for the group gets the error; avoids an unhandled rejection if no unit waits
    durable.catch(() => undefined);
    return { durable, settle, units: 0 };
  }

  function pass(): void {
    holder = null;
    if (open !== null && open.units >= MOST_UNITS) finish();
    const next = waiting.shift();
    if (next !== undefined) return grant(next);
    // commits after the requests that are read in this turn of the event loop, so that they share the commit
    if (open !== null) setImmediate(() => holder === null && finish());
  }

  function finish(): void {
    const group = open;
    if (group === null) return;
    open = null;
    try {
      commit();
      group.settle.ok();
    } catch (error) {
      // reported first, because the rollback may throw, too, if the disk fails
      group.settle.fail(error);
      if (db.open && db.inTransaction) rollback();
    }
  }

  /** Watches the unit that holds the connection, while others wait for it. */
  function observe(): void {
    const held = holder;
    const since = Date.now();
    let isLogged = false;
    watch ??= setInterval(() => {
      if (holder !== held || waiting.length === 0) {
        clearInterval(watch ?? undefined);
        watch = null;
        if (waiting.length > 0) observe();
      } else if (Date.now() - since >= stalledMs) {
        const stalled = new Error('a transaction has held the database for too long');
        for (const one of waiting.splice(0)) one.fail(stalled);
      } else if (!isLogged) {
        isLogged = true;
        onSlow();
      }
    }, slowMs).unref();
  }

  return {
    enter: () =>
      new Promise<void>((ok, fail) => {
        if (closed) return fail(new Closed('the database is closed'));
        if (holder === null) return grant({ ok, fail });
        waiting.push({ ok, fail });
        observe();
      }),
    leave: () => {
      const durable = open?.durable;
      if (durable === undefined) return Promise.reject(new Closed('the database is closed'));
      pass();
      return durable;
    },
    leaveUndone: () => {
      // SQLite ended the transaction because the disk is full or failing, so the whole group fails
      if (open !== null && !(db.open && db.inTransaction)) {
        open.settle.fail(new Error('the transaction was ended by the database'));
        open = null;
      }
      if (!closed) pass();
    },
    close: () => {
      closed = true;
      clearInterval(watch ?? undefined);
      for (const one of waiting.splice(0)) one.fail(new Closed('the database is closed'));
      finish();
    },
  };
}
