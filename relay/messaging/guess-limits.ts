// Limits how many wrong codes are compared in any 24 hours, so that guessing stays hopeless.
import { DAY_MS } from '$lib/domain/values/durations';
import { carriesWeakCodes, SURE_DIGITS } from '$lib/domain/consent/weak-code';
import type { Relay } from '../context';
import type { ChannelCapability } from '../providers/provider';
import {
  addGuess,
  guessedSince,
  type Guessed,
  type GuessedAt,
  type Strength,
} from '../store/guesses';

/** The clock may be set back: guesses stay a little longer than they count. */
const KEPT_MS = 2 * DAY_MS;

/** Digits of a code: six, and eight once the guesses of codes of six digits are used up. */
export const ORDINARY_DIGITS = SURE_DIGITS;
export const LONG_DIGITS = 8;
/** Checks of one challenge once a weak code may confirm it. */
export const WEAK_CHECKS = 2;

/** Wrong checks in a day; null: no limit. `chance`: the sum of all chances in the shop, in billionths. */
type Limit = {
  readonly ofPhone: number | null;
  readonly ofTill: number | null;
  readonly chance: number;
};

/**
 * The chance that any code of six or eight digits is guessed is at most 9.5e-5 per shop and day: 70 wrong codes of six digits, then
 * 2,500 of eight. Weak codes: 10 wrong codes of four digits, 1e-3.
 */
export const GUESS_LIMITS: Readonly<Record<Strength, Limit>> = {
  weak: { ofPhone: 2, ofTill: null, chance: 1_000_000 },
  ordinary: { ofPhone: 10, ofTill: 40, chance: 70_000 },
  long: { ofPhone: null, ofTill: null, chance: 25_000 },
};

type Parts = Pick<Relay, 'db' | 'now'>;

/** The strength of a code of so many digits, sent over this channel. */
export function strengthOf(can: ChannelCapability, digits: number): Strength {
  if (carriesWeakCodes(can) || digits < SURE_DIGITS) return 'weak';
  return digits < LONG_DIGITS ? 'ordinary' : 'long';
}

/** The chance that one guess finds a code of so many digits, in billionths, rounded up. */
export function chanceOf(digits: number, leadingZero: boolean): number {
  const codes = leadingZero ? 10 ** digits : 9 * 10 ** (digits - 1);
  return Math.ceil(1_000_000_000 / codes);
}

/** How many more guesses with this chance may be compared. */
export async function guessesLeft(
  parts: Parts,
  strength: Strength,
  of: GuessedAt,
  chance: number,
): Promise<number> {
  return leftOf(GUESS_LIMITS[strength], await guessed(parts, strength, of), chance);
}

function leftOf(limit: Limit, { ofPhone, ofTill, chance: sum }: Guessed, chance: number): number {
  const counts = [
    limit.ofPhone === null ? Infinity : limit.ofPhone - ofPhone,
    limit.ofTill === null ? Infinity : limit.ofTill - ofTill,
    Math.floor((limit.chance - sum) / chance),
  ];
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
  if ((await guessesLeft(parts, strength, guess, chance)) === 0) return false;
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
    ofPhone: limit.ofPhone !== null && limit.ofPhone - ofPhone < checks,
    ofShop: Math.floor((limit.chance - sum) / chance) < checks,
  };
}

/** When the first guesses of this strength are forgotten, ms. */
export async function roomAgainAt(
  parts: Parts,
  strength: Strength,
  of: GuessedAt,
): Promise<number> {
  return ((await guessed(parts, strength, of)).oldestAt ?? parts.now()) + DAY_MS;
}
