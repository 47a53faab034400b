// The basic values of all messages: ids, times, money, phones, hashes.
// Strict: invalid values are refused, never repaired.
import * as z from 'zod/mini';

/** UUIDv7, lower case; generated before the first attempt, so that saving and sending are idempotent. */
export const id = z
  .string()
  .check(z.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/));

/** Group ids are short words (`cashier`, `owner`), so that a journal is readable without a lookup. */
export const slug = z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/));

/** The end of the year 9999, so that every time has a year of four digits. */
const LAST_TIME = 253_402_300_799_999;

/** Milliseconds since the epoch. */
export const at = z.int().check(z.nonnegative(), z.lte(LAST_TIME));

/** SHA-256, hex. */
export const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/));

/** Secret of a customer's card, 32 bytes in hex: without it, the number could be guessed from its hash. */
export const cardSalt = z.string().check(z.regex(/^[0-9a-f]{64}$/));

/** E.164 with the plus. */
export const phone = z.string().check(z.regex(/^\+[1-9]\d{6,14}$/));

/** Compact JWS (ES256). The payload has its own schema. */
export const jws = z.string().check(z.regex(/^[\w-]+\.[\w-]+\.[\w-]{86}$/), z.maxLength(65_536));

/** ISO 4217 alphabetic code. */
export const currencyCode = z.string().check(z.regex(/^[A-Z]{3}$/));

/** A currency and the decimals of its minor unit: RUB 2, JPY 0, KWD 3. */
export const currency = z.strictObject({
  code: currencyCode,
  digits: z.int().check(z.gte(0), z.lte(3)),
});
export type Currency = z.infer<typeof currency>;

/** Minor units, never negative on the wire: the direction is a word, not a sign. */
export const minor = z.int().check(z.nonnegative());

export const moneyOnWire = z.strictObject({ minor, currency: currencyCode });
export type MoneyOnWire = z.infer<typeof moneyOnWire>;

/** Base64url of a 64-byte P1363 signature. */
export const signature = z.string().check(z.regex(/^[\w-]{86}$/));

/** Points and their worth at the till's rate. */
export const pointsOnWire = z.strictObject({
  points: z.int().check(z.nonnegative()),
  worth: moneyOnWire,
});

/**
 * A decimal number as text with the precision of its source: money reported by a messaging service is never a float.
 */
export const decimal = z.string().check(z.regex(/^-?\d{1,20}(\.\d{1,20})?$/));

/** A calendar day, `2026-11-25`. */
export const day = z.iso.date();

/** Thousandths of the unit of sale. */
export const quantity = z.int().check(z.positive());

/** Languages of the till and its messages. */
export const language = z.enum(['ru', 'en']);

export const channel = z.enum(['sms', 'viber', 'whatsapp', 'call', 'telegram']);
export type Channel = z.infer<typeof channel>;

/** A reserve code: ten characters of Crockford base 32, no I, L, O or U. */
export const reserveCode = z.string().check(z.regex(/^[0-9A-HJKMNP-TV-Z]{10}$/));

/** A grant as the relay signed it (`grant.ts`). */
export const grantJws = z.string().check(z.maxLength(8192));

/** Actions that can require the customer's consent. */
export const action = z.enum([
  'redeem-points',
  'sell-on-account',
  'change-phone',
  'issue-reserve-codes',
  'merge-customers',
  'correct-balance',
  'cancel-repayment',
  'authorise-person',
  'return-goods',
  'forget-customer',
]);
export type Action = z.infer<typeof action>;

/**
 * The two actions that a sale can contain; only these have a method and a threshold. In other acts, more debt counts as a sale on
 * account and fewer points as a redemption; what a return gives the customer counts as a sale on account.
 */
export const saleAction = z.enum(['redeem-points', 'sell-on-account']);
export type SaleAction = z.infer<typeof saleAction>;

/** Public half of an ECDSA P-256 key. */
export const publicKey = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string().check(z.regex(/^[\w-]{43}$/)),
  y: z.string().check(z.regex(/^[\w-]{43}$/)),
});
export type PublicKey = z.infer<typeof publicKey>;

/** A name a person typed: trimmed, one line, up to 300 characters, any script. */
export const personName = z
  .string()
  .check(z.trim(), z.minLength(1), z.maxLength(300), z.regex(/^[^\p{Cc}]+$/u));

/** Seven digits with only separators between: a number to call. */
const NUMBER = /(?:\p{Nd}[ ()/+.\p{Pd}]*){7}/u;

/** Two years, "1990-2024", which are no number unless other digits follow or precede. */
const YEARS =
  /(?<!\p{Nd}[ ()/+.\p{Pd}]*)(?:1[89]|20)\d\d ?\p{Pd} ?(?:1[89]|20)\d\d(?![ ()/+.\p{Pd}]*\p{Nd})/gu;

/** A word before a dot, and the word directly after it, of at least two letters. */
const DOTTED = /([\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])[.。](?=(\p{L}{2}[\p{L}\p{M}\p{N}-]*))/gu;

/**
 * Cyrillic words that end an address: the top-level domains (IANA root zone), what people write for Latin ones, and words that look
 * like these.
 */
const CYRILLIC_ENDINGS: ReadonlySet<string> = new Set([
  ...['рф', 'рус', 'москва', 'дети', 'онлайн', 'сайт', 'орг', 'ком', 'католик', 'бел', 'укр'],
  ...['срб', 'мкд', 'мон', 'бг', 'ею', 'қаз', 'ру', 'су', 'нет', 'инфо', 'кз', 'уа', 'сом', 'со'],
]);

const isCyrillic = (word: string): boolean => /^[\p{Script=Cyrillic}\p{N}-]+$/u.test(word);

/** Whether a person, or their phone, takes two words with a dot between them for an address. */
const isHost = (before: string, after: string): boolean =>
  !isCyrillic(after) ||
  /\p{Script=Latin}/u.test(before) ||
  CYRILLIC_ENDINGS.has(after.toLowerCase());

/** The pairs of years in a text, which somebody might call where numbers have eight digits. */
export const yearsIn = (text: string): readonly string[] =>
  text.normalize('NFKC').match(YEARS) ?? [];

/** Whether a text holds a web or mail address or a phone number, in letters of any width. */
export function holdsAddress(text: string): boolean {
  // NFKC makes Latin letters of a numero sign
  const plain = text.replaceAll('№', ' ').normalize('NFKC');
  if (/:\/\/|@/u.test(plain) || NUMBER.test(plain.replaceAll(YEARS, 'years'))) return true;
  return [...plain.matchAll(DOTTED)].some(([, before = '', after = '']) => isHost(before, after));
}

/** The name of a shop or a till, which messages put before a code: one line, nothing invisible, no address. */
export const signName = (longest: number) =>
  z.string().check(
    z.trim(),
    z.minLength(1),
    // the search for addresses takes time that grows with the square of the length
    z.maxLength(longest, { abort: true }),
    z.regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u),
    z.refine((name) => !holdsAddress(name)),
  );
