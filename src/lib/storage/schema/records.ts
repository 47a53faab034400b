// Schemas of every row on the disk, parsed strictly on each write.
import { connectivityFact, overrideReason } from '$lib/contract/acts/account';
import {
  cardDetails,
  credit,
  sealedDetails,
  sealedPerson,
  type SealedPerson,
} from '$lib/contract/acts/customer';
import { actBodies, entry, GENESIS_HASH } from '$lib/contract/journal';
import {
  ageAsked,
  ageConfirmed,
  markingCode,
  priceFrom,
  productTax,
  receiptHeld,
  saleBody,
  unit,
} from '$lib/contract/acts/sale';
import { tillName, tillNumber } from '$lib/contract/till';
import {
  at,
  cardSalt,
  hash,
  id,
  jws,
  personName,
  phone,
  publicKey,
  reserveCode,
  saleAction,
} from '$lib/contract/values';
import type { GivenConfirmation } from '$lib/domain/consent/confirmation';
import type { Customer } from '$lib/domain/customers/customer';
import type { GivenDiscount, RuleOffer } from '$lib/domain/receipt/discounts';
import { invariant } from '$lib/domain/values/invariant';
import type { Money } from '$lib/domain/values/money';
import type { Phone } from '$lib/domain/values/phone';
import type { Quantity } from '$lib/domain/values/quantity';
import type { Receipt } from '$lib/domain/receipt/receipt';
import type { Tender } from '$lib/domain/values/settlement';
import * as z from 'zod/mini';
import { checkoutSchema } from './checkout-record';
import {
  formerWatermark,
  noticesCursorRow,
  numbersTaken,
  offered,
  quarantine,
  removal,
  reserveVersion,
  tries,
  watermark,
} from './relay-record';
import { keptGoods, remoteCursor, snapshotTaken, sumsCompared } from './remote-record';
import { startNewsKept } from './start-news';

export { actBodies, entry, GENESIS_HASH, jws };

/** Parses `value` before it is written and returns a plain copy; a mismatch is a bug of the caller. */
export function recorded<T>(schema: z.ZodMiniType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  // path and reason only, never the value, because it may be personal data
  invariant(false, `record refused at ${issue?.path.join('.') ?? ''}: ${issue?.code ?? ''}`);
}

const branded = <T>(schema: z.ZodMiniType) => schema as unknown as z.ZodMiniType<T>;
const amount = branded<Money>(z.int().check(z.nonnegative()));
const thousandths = branded<Quantity>(z.int().check(z.positive()));
const phoneNumber = branded<Phone>(phone);
const wellFormed = z.regex(/^\P{Surrogate}*$/u);
const salt = z.string().check(z.regex(/^[0-9a-f]{32}$/));

/** The schema version on the disk, and the oldest code that may still write. */
export const gate = z.strictObject({ schema: z.int(), minWriter: z.int() });

const key = z.custom<CryptoKey>((value) => value instanceof CryptoKey);

/** This device. `shop`, `relayKey` and `number` are null until the relay has enrolled it. */
export const till = z.strictObject({
  id,
  name: tillName,
  keys: z.strictObject({ publicKey: key, privateKey: key }),
  shop: z.nullable(id),
  relayKey: z.nullable(publicKey),
  number: z.nullable(tillNumber),
});
export type Till = z.infer<typeof till>;
/** An enrolled till: it belongs to a shop and has pinned its relay's key. */
export type EnrolledTill = Till & {
  shop: NonNullable<Till['shop']>;
  relayKey: NonNullable<Till['relayKey']>;
  number: NonNullable<Till['number']>;
};

/** A former identity of this device. Signatures made under it still count, and its number is on its receipts. */
export const formerTill = z.strictObject({ id, shop: id, relayKey: publicKey, number: tillNumber });
export type FormerTill = z.infer<typeof formerTill>;

export const preferences = z.strictObject({
  /** Null: the browser's language. */
  language: z.nullable(z.enum(['ru', 'en'])),
  theme: z.enum(['system', 'light', 'dark']),
  /** Paper width of the receipt printer, mm. */
  paperMm: z.union([z.literal(80), z.literal(58)]),
  /** Somebody at this till has read that demo codes are sent to no phone. */
  demoExplained: z.boolean(),
  /** Somebody declined the offer to install the till; the settings still offer it. */
  installDeclined: z.boolean(),
  /** Somebody closed the list of what the shop has not set up yet. */
  checklistClosed: z.boolean(),
  /** A click for a scan, two low notes for a refusal, a rising pair for a sale. */
  sound: z.enum(['on', 'off']),
});
export type Preferences = z.infer<typeof preferences>;

/** The last refused policy, so that a forgery is journaled once and not at every act. */
export const refusedPolicy = z.strictObject({ mark: hash });

/** Highest policy version ever stored here. It reveals a restored older policy even before an act under the newer one. */
export const newestPolicy = z.strictObject({ version: z.int() });

/** The relay's clock minus this device's clock, ms; and the latest relay time known for certain. */
export const clockMark = z.strictObject({ offsetMs: z.number(), contactAt: at });
export type ClockMark = z.infer<typeof clockMark>;

/** The relay's last answer, and the relay's last exchange with the messaging service. */
/** `demo`: whether the shop's codes go through the demo service; null: the relay has not said. */
export const lastContact = z.strictObject({
  relayAt: at,
  providerAt: z.nullable(at),
  demo: z.nullable(z.boolean()),
});

/** The folder of the daily backup, and when the last one was written, ms; null: none yet. */
export const backupFolder = z.strictObject({
  handle: z.custom<FileSystemDirectoryHandle>(
    (value) => value instanceof FileSystemDirectoryHandle,
  ),
  lastAt: z.nullable(at),
});
export type BackupFolder = z.infer<typeof backupFolder>;

/** Values that are stored once: the schema of each, by its key. */
export const metaValues = {
  schema: gate,
  till,
  /** The new identity, until the relay has confirmed it. */
  'next-till': till,
  /** Newest first. */
  'former-tills': z.array(formerTill),
  preferences,
  clock: clockMark,
  'last-contact': lastContact,
  'newest-policy': newestPolicy,
  'refused-policy': refusedPolicy,
  'notices-cursor': noticesCursorRow,
  'reserve-codes': reserveVersion,
  'backup-folder': backupFolder,
  watermark,
  /** Newest first. */
  'former-watermarks': z.array(formerWatermark),
  offered,
  quarantine,
  removal,
  'numbers-taken': numbersTaken,
  /** A lost database is being rebuilt from this till's files. While this row exists, the device does not count as a till. */
  rebuilding: z.strictObject({ till: id }),
  'remote-cursor': remoteCursor,
  /** The relay's last signed point that the order was downloaded to. It is kept when the copy is dropped. */
  checkpoint: jws,
  'remote-snapshot': snapshotTaken,
  'kept-goods': keptGoods,
  /** Customers whose cards were erased here, but whom a restored relay has refused to forget since. */
  'refused-erasures': z.array(id),
  'sums-compared': sumsCompared,
  /** Place of the last entry in the order, of any till, that changed goods in the remote tables. */
  'remote-goods': z.int(),
  /** The till uses no entries of the journal file from this one on, because they may have been reported as not saved. */
  'file-away': z.strictObject({ seq: z.int() }),
  /** An index does not match its rows, because rows were lost: the next start rebuilds all indexes. */
  'indexes-damaged': z.strictObject({}),
  /** Oldest first. */
  'start-news': startNewsKept,
};
export type MetaKey = keyof typeof metaValues;
export type MetaValue<K extends MetaKey> = z.infer<(typeof metaValues)[K]>;
export type MetaRow<K extends MetaKey = MetaKey> = {
  [Each in K]: { key: Each; value: MetaValue<Each> };
}[K];

/** Only the signed text is stored, because a decoded policy on the disk could be edited. */
export const policyRow = z.strictObject({ key: z.literal('current'), jws, version: z.int() });
export type PolicyRow = z.infer<typeof policyRow>;

const customerFields = {
  id,
  name: personName.check(wellFormed),
  phone: z.nullable(phoneNumber),
  phoneSince: z.nullable(at),
  credit,
  cardSalt,
  salt,
  savedAt: at,
  ...sealedDetails,
};
/**
 * `persons`: on an own card, the persons that this till added; on a shown card, all persons. `personsRemoved`: ids of the
 * persons that this till removed, whichever till added them. `order` and `keys` are index keys for the search
 * (`customer-keys`).
 */
export const customerRow = z.strictObject({
  ...customerFields,
  persons: z.array(sealedPerson),
  personsRemoved: z.array(id),
  order: z.string(),
  keys: z.array(z.string()),
});
export type CustomerRow = Omit<Customer, 'persons'> & {
  persons: readonly SealedPerson[];
  personsRemoved: readonly string[];
  order: string;
  keys: string[];
};

/**
 * A customer who is being forgotten. `asked`: this till has written the act and the relay has not accepted it yet; the card is
 * hidden. `delayed`: the relay erases it at `until`, ms, unless it is stopped; the card is hidden at every till. `erasing`: the shop's order has accepted it; the card is erased, but may still be in the journal file. `erased`: the
 * card is nowhere on this device. `refused`: erased here, but a restored relay refuses it since; the order's card is shown.
 * `byRightAt`: when staff forgot them without anybody's code, ms; null: they did not, or it is not known here.
 */
export const forgottenRow = z.strictObject({
  customer: id,
  state: z.enum(['asked', 'delayed', 'erasing', 'erased', 'refused']),
  byRightAt: z.nullable(at),
  until: z.nullable(at),
});
export type ForgottenRow = z.infer<typeof forgottenRow>;

export const customerAsked = z.strictObject({
  id,
  name: personName.check(wellFormed),
  phone: z.nullable(phoneNumber),
  credit,
  ...cardDetails.shape,
});
export type CustomerAsked = z.infer<typeof customerAsked>;

const tender: z.ZodMiniType<Tender> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['cash', 'card', 'transfer']), amount }),
  z.strictObject({ kind: z.literal('points'), points: z.int().check(z.positive()), amount }),
]);

const givenDiscount: z.ZodMiniType<GivenDiscount> = z.strictObject({
  basisPoints: z.nullable(z.int().check(z.gte(1), z.lte(10_000))),
  sum: z.nullable(amount),
});

const ruleOffer: z.ZodMiniType<RuleOffer> = z.strictObject({
  rule: id,
  name: z.string().check(wellFormed),
  basisPoints: z.nullable(z.int()),
  amount,
  adds: z.boolean(),
});

export const receipt: z.ZodMiniType<Receipt> = z.strictObject({
  id,
  lines: z.array(
    z.strictObject({
      id: z.string(),
      product: z.nullable(id),
      name: z.string().check(wellFormed),
      barcode: z.nullable(z.string()),
      unit,
      quantity: thousandths,
      listPrice: amount,
      unitPrice: amount,
      priceFrom,
      noDiscounts: z.boolean(),
      tax: productTax,
      askAge: z.nullable(ageAsked),
      mark: z.nullable(markingCode),
      category: z.nullable(z.string().check(wellFormed)),
      discount: givenDiscount,
      offers: z.array(ruleOffer),
    }),
  ),
  customer: z.nullable(id),
  tenders: z.array(tender),
  discount: givenDiscount,
  allowedBy: z.nullable(id),
  removed: z.strictObject({
    lines: z.int().check(z.nonnegative()),
    sum: amount,
    most: z.array(z.strictObject({ product: id, quantity: thousandths, sum: amount })),
    before: z.strictObject({ lines: z.int().check(z.nonnegative()), sum: amount }),
  }),
  held: receiptHeld,
  rules: z.nullable(z.strictObject({ at, ofCustomer: z.array(id) })),
  ageConfirmed: z.nullable(ageConfirmed),
  dueDays: saleBody.shape.dueDays,
});

const given: z.ZodMiniType<GivenConfirmation> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('code'),
    action: saleAction,
    jws: z.string().check(z.maxLength(65_536)),
  }),
  z.strictObject({
    kind: z.literal('reserve-code'),
    action: saleAction,
    code: reserveCode,
    signed: jws,
  }),
  z.strictObject({
    kind: z.literal('override'),
    action: saleAction,
    askedBy: id,
    by: id,
    because: overrideReason,
    note: z.nullable(z.string().check(z.maxLength(300), wellFormed)),
    connectivity: connectivityFact,
  }),
]);

/** A receipt not yet sold. `slot`: `open` is the one on the screen, `held:<id>` a held one. */
export const draftRow = z.strictObject({
  slot: z.string().check(z.regex(/^(?:open|held:.+)$/)),
  id,
  receipt,
  place: z.enum(['goods', 'tender']),
  checkout: checkoutSchema(given, amount),
  /** A save of it may have been started, so money may have been taken. Unreadable: it may. */
  begun: z.catch(z.boolean(), true),
  /** When it was put on hold, ms; null: it is open. */
  heldAt: z.nullable(at),
});
export type DraftRow = z.infer<typeof draftRow>;

export const pinFailuresRow = z.strictObject({
  operator: id,
  ...tries,
});
export type PinFailuresRow = z.infer<typeof pinFailuresRow>;

/** A sale as the screen asks to save it. `at` is ms, corrected by the relay's clock. */
export const saleAttempt = z.strictObject({
  receipt,
  operator: id,
  at,
  confirmations: z.array(given).check(z.maxLength(8)),
});
export type SaleAttempt = z.infer<typeof saleAttempt>;
