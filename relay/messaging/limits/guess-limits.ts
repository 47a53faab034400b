// Limits how many wrong codes are compared in any 24 hours, so that guessing stays hopeless.
import { DAY_MS } from '$lib/domain/values/durations';
import { carriesWeakCodes, SURE_DIGITS } from '$lib/domain/consent/weak-code';
import type { Relay } from '../../context';
import type { ChannelCapability } from '../../providers/provider';
import {
  addGuess,
  guessedAtTills,
  guessedSince,
  type Guessed,
  type GuessedAt,
  type Strength,
} from '../../store/guesses';

/** The clock may be set back: guesses stay a little longer than they count. */
const KEPT_MS = 2 * DAY_MS;

/** Checks of one challenge once a weak code may confirm it. */
export const WEAK_CHECKS = 2;

/** Wrong checks in a day; null: no limit. `chance`: the sum of all chances in the shop, in billionths. */
type Limit = {
  readonly ofPhone: number;
  readonly chance: number;
};

/**
 * The chance that any code of six digits is guessed is at most 7e-5 per shop and day: 70 wrong codes. Weak codes: 10 wrong codes of
 * four digits, 1e-3.
 */
export const GUESS_LIMITS: Readonly<Record<Strength, Limit>> = {
  weak: { ofPhone: 2, chance: 1_000_000 },
  sure: { ofPhone: 10, chance: 70_000 },
};

/** Wrong codes of six digits in a day after which a till gets no codes; no challenge compares more. */
export const MOST_OF_TILL = 20;

type Parts = Pick<Relay, 'db' | 'now'>;

/** The strength of a code of so many digits, sent over this channel. */
export const strengthOf = (can: ChannelCapability, digits: number): Strength =>
  carriesWeakCodes(can) || digits < SURE_DIGITS ? 'weak' : 'sure';

/** The chance that one guess finds a code of so many digits, in billionths, rounded up. */
export function chanceOf(digits: number, leadingZero: boolean): number {
  const codes = leadingZero ? 10 ** digits : 9 * 10 ** (digits - 1);
  return Math.ceil(1_000_000_000 / codes);
}

/** How many more guesses with this chance may be compared. */
export const guessesLeft = async (
  parts: Parts,
  strength: Strength,
  of: GuessedAt,
  chance: number,
): Promise<number> => leftOf(GUESS_LIMITS[strength], await guessed(parts, strength, of), chance);

function leftOf(limit: Limit, { ofPhone, chance: sum }: Guessed, chance: number): number {
  const counts = [limit.ofPhone - ofPhone, Math.floor((limit.chance - sum) / chance)];
  return Math.max(0, Math.min(...counts));
}

const guessed = ({ db, now }: Parts, strength: Strength, of: GuessedAt): Promise<Guessed> =>
  guessedSince(db, { ...of, strength, since: now() - DAY_MS });

/**
 * Counts a guess before it is compared; false: it must not be compared. Runs inside the caller's transaction, so that
 * parallel guesses share what is left.
 */
export async function takeGuess(
  parts: Parts,
  guess: GuessedAt & {
    readonly strength: Strength;
    readonly challenge: string;
    readonly chance: number;
  },
): Promise<boolean> {
  const { strength, chance } = guess;
  const before = await guessed(parts, strength, guess);
  if (leftOf(GUESS_LIMITS[strength], before, chance) === 0) return false;
  if (strength === 'sure' && before.ofTill >= MOST_OF_TILL) return false;
  const at = parts.now();
  await addGuess(parts.db, { ...guess, at }, at - KEPT_MS);
  return true;
}

/** Whether this many more guesses would exceed the limit of the number, and of the shop. */
export async function boundsReached(
  parts: Parts,
  guess: GuessedAt & { readonly strength: Strength; readonly chance: number },
  checks: number,
): Promise<{ readonly ofPhone: boolean; readonly ofShop: boolean }> {
  const { strength, chance } = guess;
  const limit = GUESS_LIMITS[strength];
  const { ofPhone, chance: sum } = await guessed(parts, strength, guess);
  return {
    ofPhone: limit.ofPhone - ofPhone < checks,
    ofShop: Math.floor((limit.chance - sum) / chance) < checks,
  };
}

/**
 * The tills whose wrong codes of a day are used up: they get no codes until the oldest of these is a day old, or an owner lifts it.
 * `since`: the time of the last wrong code, `until`: when the oldest ends to count, ms.
 */
export async function stoppedByGuesses({
  db,
  now,
}: Parts): Promise<ReadonlyMap<string, { readonly since: number; readonly until: number }>> {
  const tills = await guessedAtTills(db, { strength: 'sure', since: now() - DAY_MS });
  return new Map(
    tills
      .filter(({ count }) => count >= MOST_OF_TILL)
      .map(({ till, newestAt, oldestAt }) => [till, { since: newestAt, until: oldestAt + DAY_MS }]),
  );
}

/** Which limit leaves less than `checks` guesses with this chance, and when its oldest guess is forgotten, ms. */
export async function usedUpBy(
  parts: Parts,
  guess: GuessedAt & { readonly strength: Strength; readonly chance: number },
  checks: number,
): Promise<{ readonly scope: 'phone' | 'shop'; readonly retryAt: number }> {
  const { ofPhone } = await boundsReached(parts, guess, checks);
  const { oldestAt, oldestOfPhone } = await guessed(parts, guess.strength, guess);
  return ofPhone
    ? { scope: 'phone', retryAt: (oldestOfPhone ?? parts.now()) + DAY_MS }
    : { scope: 'shop', retryAt: (oldestAt ?? parts.now()) + DAY_MS };
}
