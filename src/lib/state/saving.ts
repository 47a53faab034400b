// Saves acts for the signed-in operator, and gives up those that could not be saved.
import type { Right } from '$lib/contract/policy';
import type { TillDb } from '$lib/storage/database/db';
import { giveUpPending } from '$lib/storage/journal/writer';
import type { Actor } from '$lib/storage/policy/save-act';
import { storageErrorKind, type StorageErrorKind } from '$lib/storage/storage-error';

/** Nothing was stored because the disk failed, or it is undecided whether it was. */
export type NotSaved = { readonly kind: 'not-saved'; readonly because: StorageErrorKind };

/** An attempt without its operator and time, which are added when it is saved. */
export type Asked<Attempt> = Attempt extends Actor ? Omit<Attempt, keyof Actor> : never;

type NoRight = {
  readonly kind: 'refused';
  readonly because: { readonly kind: 'no-right'; readonly right: Right };
};

type Outcome = { readonly kind: string; readonly because?: { readonly kind: string } } | null;

type Deps = {
  readonly db: TillDb;
  /** The operator who is signed in. */
  readonly operator: () => string | null;
  readonly now: () => number;
  /** An act refused the stored policy. */
  readonly policyRefused: () => void;
};

export class Saving {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Saves or previews an act. `right`: named by the refusal if nobody is signed in. `stored`: called once it is stored. Never throws,
   * so that a screen keeps its input.
   */
  async act<T extends Outcome>(
    right: Right,
    act: (by: Actor) => Promise<T>,
    stored?: () => void,
  ): Promise<T | NoRight | NotSaved> {
    const { operator: signedIn, now, policyRefused } = this.#deps;
    const operator = signedIn();
    if (operator === null) return { kind: 'refused', because: { kind: 'no-right', right } };
    try {
      const outcome = await act({ operator, at: now() });
      if (outcome !== null && STORED.has(outcome.kind)) stored?.();
      if (outcome?.because?.kind === 'policy-refused') policyRefused();
      return outcome;
    } catch (error) {
      return { kind: 'not-saved', because: storageErrorKind(error) };
    }
  }

  /** As `giveUp`. */
  giveUp(): ReturnType<typeof giveUp> {
    return giveUp(this.#deps.db);
  }
}

/** Kinds of outcomes of acts that are stored. */
const STORED: ReadonlySet<string> = new Set(['saved', 'forgotten', 'undone']);

/** Gives up the act that was not saved, for good. `stored`: it is on the disk after all. Never throws. */
export async function giveUp(db: TillDb): Promise<'given-up' | 'stored' | NotSaved> {
  try {
    return await giveUpPending(db);
  } catch (error) {
    return { kind: 'not-saved', because: storageErrorKind(error) };
  }
}
