// Checks entries in their order: proofs, codes used once, and policy versions that do not decrease.
import type { Confirmation } from '$lib/contract/acts/account';
import type { Entry } from '$lib/contract/journal';
import type { ProvenAct } from './proof-judge';

/** The till and number that an entry claims to have. `act` and `at` (ms) as stored there; null if there is no entry. */
export type Place = {
  readonly seq: number;
  readonly act: string | null;
  readonly at: number | null;
};

export type ProofFault = 'wrong-signature' | 'other-act' | 'wrong-reserve-code' | 'used-twice';

export type EntryFault =
  | { readonly kind: 'proof'; readonly place: Place; readonly because: ProofFault }
  /** The act was made under a policy version that the till cannot have had at that time. */
  | {
      readonly kind: 'policy';
      readonly place: Place;
      readonly version: number;
      readonly because: 'older-than-before' | 'newer-than-held';
    };

/** The till and number that an entry claims to have, as far as its fields can be read. */
export function placeOf(entry: unknown): Place {
  const { seq, act, at } = (entry ?? {}) as { readonly [name: string]: unknown };
  return {
    seq: typeof seq === 'number' ? seq : 0,
    act: typeof act === 'string' ? act : null,
    at: typeof at === 'number' ? at : null,
  };
}

export class EntryChecks {
  /** Ids of codes used so far. Each code may confirm one act only. */
  readonly #codes: Set<string>;
  /** Number of proofs with a relay signature that were checked. */
  signatures = 0;
  /** Newest policy version of any act so far, and the first act made under it. */
  newest: { readonly version: number; readonly place: Place } | null = null;

  /** `codes`: ids of codes used by earlier entries. */
  constructor(codes: Iterable<string> = []) {
    this.#codes = new Set(codes);
  }

  /** Returns the faults of the next entry. `proven`: its confirmations after verification. */
  take(entry: Entry, proven: readonly ProvenAct[]): EntryFault[] {
    const place = placeOf(entry);
    const proofs = proven.flatMap(({ proof, confirmation }): EntryFault[] => {
      const code = codeOf(confirmation);
      if (code === null) return [];
      this.signatures += 1;
      const twice = this.#codes.has(code);
      this.#codes.add(code);
      const because = faultOf(proof.kind) ?? (twice ? 'used-twice' : null);
      return because === null ? [] : [{ kind: 'proof', place, because }];
    });
    return [...proofs, ...this.#takePolicy(entry.policy, place)];
  }

  /** The policy version must never decrease. */
  #takePolicy(version: number, place: Place): EntryFault[] {
    if (this.newest !== null && version < this.newest.version) {
      return [{ kind: 'policy', place, version, because: 'older-than-before' }];
    }
    if (version !== this.newest?.version) this.newest = { version, place };
    return [];
  }
}

/** Id of the code that was used; null if none was. */
export function codeOf(confirmation: Confirmation): string | null {
  if (confirmation.kind === 'code') return confirmation.challenge;
  return confirmation.kind === 'reserve-code' ? confirmation.verifier : null;
}

const FAULTS: readonly ProofFault[] = ['wrong-signature', 'other-act', 'wrong-reserve-code'];

function faultOf(kind: string): ProofFault | null {
  return FAULTS.find((fault) => fault === kind) ?? null;
}
