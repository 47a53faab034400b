// Records that a receipt is printed or shared again.
import type { Entry } from '$lib/contract/journal';
import { decideReprinted, type ReprintedRefusal } from '$lib/domain/acts/receipt-reprinted';
import type { TillDb } from '$lib/storage/database/db';
import { asWriter } from '$lib/storage/journal/writer';
import { currentPolicy, type PolicyRefused } from '$lib/storage/policy/policies';

export type ReprintOutcome =
  | { readonly kind: 'recorded' }
  | { readonly kind: 'refused'; readonly because: PolicyRefused | ReprintedRefusal };

/** To be saved before each copy. `of`: the entry of the sale or repayment, of any till. Throws StorageError. */
export function recordReprint(
  db: TillDb,
  {
    of,
    operator,
    at: asked,
  }: { readonly of: Entry; readonly operator: string; readonly at: number },
): Promise<ReprintOutcome> {
  return asWriter(db, async (writer) => {
    const current = await currentPolicy(db);
    if (current.kind === 'policy-refused') return { kind: 'refused', because: current };
    const { policy } = current;
    const { till, seq, hash } = of;
    const by = { policy, operator, at: Math.max(asked, writer.notBefore) };
    const decided = decideReprinted({ ...by, about: { till, seq, hash }, act: of.act });
    if (decided.kind === 'refused') return decided;
    const made = { body: decided.body, operator, at: by.at, policy: policy.version };
    await writer.write({ act: 'receipt-reprinted', ...made });
    return { kind: 'recorded' };
  });
}
