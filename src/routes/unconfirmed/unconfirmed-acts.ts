// Reads acts without a code, with proofs, customers and notices, and disputes.
import type { Entry } from '$lib/contract/journal';
import type { TillDb } from '$lib/storage/database/db';
import {
  closedDisputes,
  disputesAbout,
  openDisputes,
  type Dispute,
} from '$lib/storage/customers/disputes';
import { unconfirmedActs, type NoticeShown } from '$lib/storage/customers/unconfirmed';
import { namesOf, readRow, type JournalRow } from '../shared/entry/journal-rows';
import type { ProofJudge, ProvenAct } from '$lib/storage/journal/proof-judge';

export type UnconfirmedAct = {
  readonly entry: Entry;
  /** The proofs of the entry that are not a customer's code. */
  readonly proofs: readonly ProvenAct[];
  /** All customers it concerns; usually one. */
  readonly customers: readonly string[];
  /** Null: the relay has reported nothing about it. */
  readonly notice: NoticeShown | null;
};

/** `about`: the row of the disputed entry; null: no particular entry. */
export type ShownDispute = { readonly dispute: Dispute; readonly about: JournalRow | null };

export type UnconfirmedList = {
  /** Without disputed entries, which wait until the dispute is closed. */
  readonly acts: readonly UnconfirmedAct[];
  readonly more: boolean;
  readonly disputes: readonly ShownDispute[];
  /** Closed last, newest first. */
  readonly closed: readonly ShownDispute[];
  /** Names by customer id, of those with a card here. */
  readonly names: ReadonlyMap<string, string>;
};

export const NO_LIST: UnconfirmedList = {
  acts: [],
  more: false,
  disputes: [],
  closed: [],
  names: new Map(),
};

const CLOSED_SHOWN = 5;

/** The `limit` oldest acts of this till, and every open dispute of all tills. */
export async function readUnconfirmed(
  db: TillDb,
  judge: ProofJudge,
  limit: number,
): Promise<UnconfirmedList> {
  const [found, opened, ended] = await Promise.all([
    unconfirmedActs(db, limit + 1),
    openDisputes(db),
    closedDisputes(db, CLOSED_SHOWN),
  ]);
  const disputed = await disputesAbout(
    db,
    found.map(({ entry }) => entry.hash),
  );
  const waiting = found.slice(0, limit).filter(({ entry }) => {
    const dispute = disputed.get(entry.hash);
    return dispute === undefined || dispute.closed !== null;
  });
  const acts = await Promise.all(
    waiting.map(async ({ entry, notice }): Promise<UnconfirmedAct> => {
      const proofs = (await judge.judge(entry)).filter(({ proof }) => proof.kind !== 'code');
      const whom = proofs.flatMap(({ customer }) => (customer === null ? [] : [customer]));
      return { entry, proofs, customers: [...new Set(whom)], notice };
    }),
  );
  const [disputes, closed] = await Promise.all(
    [opened, ended].map((rows) => Promise.all(rows.map((row) => shownDispute(db, judge, row)))),
  );
  const names = await namesOf(db, [
    ...acts.flatMap(({ customers }) => customers),
    ...[...opened, ...ended].map(({ customer }) => customer),
  ]);
  return {
    acts,
    more: found.length > limit,
    disputes: disputes ?? [],
    closed: closed ?? [],
    names,
  };
}

async function shownDispute(
  db: TillDb,
  judge: ProofJudge,
  dispute: Dispute,
): Promise<ShownDispute> {
  const page = dispute.about === null ? null : await readRow(db, judge, dispute.about);
  return { dispute, about: page?.rows[0] ?? null };
}
