// Adds the customers of a file in several acts.
import { MOST_IMPORTED } from '$lib/contract/acts/customer';
import {
  openingSteps,
  openingSums,
  type ImportMessages,
} from '$lib/domain/acts/customers/customers-imported';
import { customers } from '$lib/state/customers';
import type { ImportedCustomer } from '$lib/storage/customers/customers';
import { t } from '$lib/ui/text/current.svelte';
import { approved, type Approved } from './import-approved';

/** Adds customers in acts of `MOST_IMPORTED`. Idempotent: existing ids are skipped. */
export class CustomerImport {
  readonly #customers: readonly ImportedCustomer[];
  #added = $state(0);

  constructor(customers: readonly ImportedCustomer[]) {
    this.#customers = customers;
  }

  get of(): number {
    return this.#customers.length;
  }
  /** Number of customers stored so far. */
  get added(): number {
    return this.#added;
  }

  /** Continues after the stored ones. Null: all are stored; otherwise why it stopped, in words. */
  async store(messages: ImportMessages): Promise<string | null> {
    while (this.#added < this.of) {
      const part = this.#customers.slice(this.#added, this.#added + MOST_IMPORTED);
      const approved = await approvalOf(part, messages);
      if (approved.kind === 'refused') return approved.why;
      const outcome = await customers.importPart(part, approved.approval, messages);
      if (outcome.kind === 'not-saved') return t().errors.storage[outcome.because];
      if (outcome.kind === 'refused') {
        const { because } = outcome;
        return because.kind === 'no-right'
          ? t().rights.need(t().rights.names[because.right])
          : `${t().errors.policyRefused} (${t().errors.policyBecause[because.because]})`;
      }
      this.#added += part.length;
    }
    return null;
  }
}

/** The approval that opening balances require: an owner's code at the relay. Null without balances. */
function approvalOf(
  part: readonly ImportedCustomer[],
  messages: ImportMessages,
): Promise<Approved> {
  const hasDebt = part.some(({ owed }) => owed > 0);
  const purpose = hasDebt && messages === 'first-code' ? 'import-untold' : 'import';
  const steps = openingSteps(part.map(({ id, ...card }) => ({ ...card, customer: id })));
  return approved({ purpose, steps, sums: openingSums(steps) });
}
