// Asks an owner to approve the balances that an import, or undoing one, moves.
import type { ImportPurpose, OpeningSums } from '$lib/contract/grant';
import type { AccountEntry } from '$lib/contract/acts/account';
import { accountsHash } from '$lib/proof/grant';
import { shopClient } from '$lib/state/relay/shop-client';
import { till } from '$lib/state/till.svelte';
import { t } from '$lib/ui/text/current.svelte';
import { gateWords } from '../shared/words/outcome-words';

export type Approved =
  /** Null: nothing is moved, so no approval is needed. */
  | { readonly kind: 'approved'; readonly approval: string | null }
  /** `why`: the reason in words. */
  | { readonly kind: 'refused'; readonly why: string };

/** The approval that these account steps require: an owner's code at the relay. Null without steps. */
export async function approved({
  purpose,
  steps,
  sums,
}: {
  readonly purpose: ImportPurpose;
  readonly steps: readonly AccountEntry[];
  readonly sums: OpeningSums;
}): Promise<Approved> {
  if (steps.length === 0) return { kind: 'approved', approval: null };
  const request = { purpose, accounts: await accountsHash(steps), sums };
  const toDo = purpose === 'undo-import' ? 'undo-import' : 'import-customers';
  const reply = await till.elevation.run(toDo, (consent) =>
    shopClient.approveImport(request, consent),
  );
  if (reply.kind === 'import-approved') return { kind: 'approved', approval: reply.approval };
  const isUnreachable = reply.kind === 'unreachable' && reply.because !== 'disk-failed';
  return {
    kind: 'refused',
    why: isUnreachable ? t().customerImport.unreachable : gateWords(reply),
  };
}
