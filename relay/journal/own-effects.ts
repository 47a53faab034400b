// Effects of acts that are not projected rows: erases or merges cards, adds or removes persons.
import type { Relay } from '../context';
import { delayForgetting } from '../customers/forgotten';
import { queuePersonAdded } from '../customers/notices';
import { noteReplaced, voidReserveCodesAt } from '../store/reserve-codes';
import type { Facts } from './audit-proofs';
import type { Original } from './entry-reading';
import { mergeCustomers } from './merges';
import { takePerson } from './persons';
import { takeBack } from './undone-imports';

/** `applies`: false if the entry is refused. */
type OwnEffect = { readonly applies: boolean; readonly apply: () => Promise<void> };

/** What the relay found out about the entry. */
type Judged = {
  /** Its place in the shop's order. */
  readonly order: number;
  /** Where it came. */
  readonly placed: { readonly till: string; readonly seq: number; readonly order: number };
  /** When it was made, ms. */
  readonly at: number;
  /** The ids of the device that made it. */
  readonly device: readonly string[];
  readonly facts: Pick<Facts, 'forgottenBy' | 'isNobodyAdded' | 'countedAt'>;
  /** Its own till made it, and nothing but the time is wrong with it. Otherwise acts that cannot be undone have no effect. */
  readonly isTaken: boolean;
  /** The operator lacked a right, or the act is against the rules. */
  readonly isRefused: boolean;
};

const NONE: OwnEffect = { applies: true, apply: () => Promise.resolve() };

/** The effect of an entry's act; `apply` runs inside the caller's transaction. */
export function ownEffect(relay: Relay, original: Original, judged: Judged): OwnEffect {
  const { known, till, seq } = original;
  const { order, placed, at, device, facts, isTaken, isRefused } = judged;
  switch (known?.act) {
    case 'customer-forgotten':
      return {
        applies: isTaken,
        apply: () => {
          const { hash, operator: by } = original;
          const act = { ...placed, hash, by, at: facts.countedAt };
          return delayForgetting(relay, act, known.body);
        },
      };
    case 'customers-merged':
      return {
        applies: isTaken,
        apply: () => mergeCustomers(relay, { till, order }, known.body),
      };
    case 'import-undone':
      return { applies: isTaken, apply: () => takeBack(relay, { ...known, till, seq }, order) };
    case 'authorised-person-added':
      return {
        applies: isTaken && !facts.isNobodyAdded,
        apply: async () => {
          await takePerson(relay, original, order);
          const person = original.authorising?.person ?? null;
          if (person !== null) await queuePersonAdded(relay, known, person);
        },
      };
    case 'authorised-person-removed':
      return {
        // removing a person takes effect unless it is refused or the customer was forgotten, whatever else was found
        applies: !isRefused && facts.forgottenBy(known.body.customer) === null,
        apply: () => takePerson(relay, original, order),
      };
    case 'reserve-codes-voided': {
      const { customer } = known.body;
      return { applies: true, apply: () => voidReserveCodesAt(relay.db, { customer, till, at }) };
    }
    case 'reserve-codes-issued': {
      const { customer } = known.body;
      return { applies: true, apply: () => noteReplaced(relay.db, { customer, device }) };
    }
    default:
      return NONE;
  }
}
