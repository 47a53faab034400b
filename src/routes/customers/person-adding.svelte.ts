// Adds an authorised person: requests the customer's code, then saves the entry, under one id.
import type { AuthorisedPerson } from '$lib/contract/acts/customer';
import type { Customer } from '$lib/domain/customers/customer';
import type { AddedPersonOutcome, Customers } from '$lib/state/customers';
import type { StorageErrorKind } from '$lib/storage/storage-error';
import { askForCode, type CodeRequester } from '$lib/state/relay/code-request.svelte';
import { accountCodeSource, type ChallengeDeps } from '$lib/state/relay/code-source';

export type PersonAddingState =
  | { readonly kind: 'asking'; readonly code: CodeRequester }
  | { readonly kind: 'saving' | 'added' }
  | { readonly kind: 'not-saved'; readonly because: StorageErrorKind }
  | Extract<AddedPersonOutcome, { kind: 'refused' }>;

type Deps = ChallengeDeps & { readonly customers: Pick<Customers, 'addPerson'> };

export class PersonAdding {
  readonly #deps: Deps;
  readonly #customer: string;
  readonly #person: AuthorisedPerson;
  #jws = '';
  #state = $state.raw<PersonAddingState>({ kind: 'saving' });

  /** Sends a code to the customer's main number at once. The person gets a new id. */
  constructor(
    deps: Deps,
    { id, phone, cardSalt }: Pick<Customer, 'id' | 'cardSalt'> & { readonly phone: string },
    person: AuthorisedPerson,
  ) {
    this.#deps = deps;
    this.#customer = id;
    this.#person = person;
    const source = accountCodeSource(deps, {
      action: 'authorise-person',
      receiptId: person.id,
      amount: null,
      customer: { id, phone, cardSalt },
      deal: { kind: 'person', name: person.name, phone: person.phone },
    });
    const code = askForCode(source, async (_, jws) => {
      this.#jws = jws;
      await this.#save();
    });
    this.#state = { kind: 'asking', code };
  }

  get state(): PersonAddingState {
    return this.#state;
  }

  /** Tries again to save what could not be stored. */
  async retry(): Promise<void> {
    if (this.#state.kind === 'not-saved') await this.#save();
  }

  /** Cancels the code. */
  close(): void {
    if (this.#state.kind === 'asking') this.#state.code.close();
  }

  async #save(): Promise<void> {
    this.#state = { kind: 'saving' };
    const attempt = { customer: this.#customer, person: this.#person, code: this.#jws };
    const outcome = await this.#deps.customers.addPerson(attempt);
    this.#state = outcome.kind === 'saved' ? { kind: 'added' } : outcome;
  }
}
