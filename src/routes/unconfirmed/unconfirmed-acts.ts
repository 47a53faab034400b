// What stands on the list of acts without a code: each entry with its proofs, whom it is about, and what became of the message to him.
import type { DisputeElsewhere } from '$lib/contract/customer';
import type { Entry } from '$lib/contract/journal';
import { customersByIds } from '$lib/storage/customers';
import type { TillDb } from '$lib/storage/db';
import type { DisputeRow } from '$lib/storage/relay-record';
import { openDisputes, unconfirmedActs, type NoticeShown } from '$lib/storage/unconfirmed';
import type { ProofJudge, ProvenAct } from '../shown-proof';

export type UnconfirmedAct = {
  readonly entry: Entry;
  /** Those of the entry that no code of the customer's confirmed. */
  readonly proofs: readonly ProvenAct[];
  /** Everybody it is about; most acts are about one. */
  readonly customers: readonly string[];
  /** Null: the relay has not said anything of it. */
  readonly notice: NoticeShown | null;
};

export type UnconfirmedList = {
  readonly acts: readonly UnconfirmedAct[];
  readonly more: boolean;
  readonly disputes: readonly DisputeRow[];
  /** Of customers whom nothing written down here stops. */
  readonly elsewhere: readonly DisputeElsewhere[];
  /** Names by customer's id, those that have a card here. */
  readonly names: ReadonlyMap<string, string>;
};

/** The `limit` that have waited longest, and every open dispute; `elsewhere`: those the relay tells of. */
export async function readUnconfirmed(
  db: TillDb,
  judge: ProofJudge,
  { limit, elsewhere }: { limit: number; elsewhere: readonly DisputeElsewhere[] },
): Promise<UnconfirmedList> {
  const [found, disputes] = await Promise.all([unconfirmedActs(db, limit + 1), openDisputes(db)]);
  const acts = await Promise.all(
    found.slice(0, limit).map(async ({ entry, notice }): Promise<UnconfirmedAct> => {
      const proofs = (await judge.judge(entry)).filter(({ proof }) => proof.kind !== 'code');
      const whom = proofs.flatMap(({ customer }) => (customer === null ? [] : [customer]));
      return { entry, proofs, customers: [...new Set(whom)], notice };
    }),
  );
  const wanted = [
    ...acts.flatMap(({ customers }) => customers),
    ...[...disputes, ...elsewhere].map(({ customer }) => customer),
  ];
  const cards = await customersByIds(db, [...new Set(wanted)]);
  const names = new Map(cards.map(({ id, name }) => [id, name]));
  const here = new Set(disputes.map(({ customer }) => customer));
  return {
    acts,
    more: found.length > limit,
    disputes,
    elsewhere: elsewhere.filter(({ customer }) => !here.has(customer)),
    names,
  };
}
