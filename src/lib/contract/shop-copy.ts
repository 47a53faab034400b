// Rows of a copy of the shop's order: the entries of tills and relay, and the rows they leave.
import * as z from 'zod/mini';
import { credit, sealedPerson } from './acts/customer';
import { addedProduct, categoryChange, categoryKey, fieldChange } from './acts/goods';
import { card, entryOnWire } from './journal-upload';
import { verdict } from './shop-journal';
import { tillName, tillNumber } from './till';
import { at, hash, id } from './values';

/**
 * One entry of the shop's order. `entry` is null for an entry of this device, because its own journal has it, and for an entry of
 * which the relay has only the hashes. `original`: the hash of the entry that it carries over, otherwise its own hash. `own`: the
 * place of the original in this device's own journal; null: it is not there. `effect`: whether rows were projected from it;
 * `waiting`: not until the relay gives a further verdict; `discrepancy`: it is the relay's finding of one; `uncounted`: it breaks
 * an invariant of the projection; `later-version`: this version does not know the act, so the copy has to be made again after an
 * update.
 */
export const remoteEntryRow = z.strictObject({
  order: z.int().check(z.positive()),
  receivedAt: at,
  verdict,
  till: id,
  seq: z.int().check(z.positive()),
  hash,
  original: hash,
  own: z.nullable(z.strictObject({ till: id, seq: z.int().check(z.positive()) })),
  entry: z.nullable(entryOnWire),
  effect: z.enum(['projected', 'waiting', 'discrepancy', 'uncounted', 'later-version', 'none']),
});
export type RemoteEntryRow = z.infer<typeof remoteEntryRow>;

/** A till of the shop. `replacedBy`: the id its device enrolled under later. */
export const remoteTillRow = z.strictObject({
  till: id,
  number: tillNumber,
  name: tillName,
  replacedBy: z.nullable(id),
  revokedAt: z.nullable(at),
});
export type RemoteTillRow = z.infer<typeof remoteTillRow>;

/**
 * The card of a customer by the shop's order. `recordHash`, `till`, `order`: of the entry that changed it last. `card`: null if
 * this device wrote it itself, or if the relay does not have it. The credit is ordered separately (`creditTill`, `creditOrder`).
 * `ownHash`: hash of this device's newest own card in the order; null: none. `isForgotten`: the customer was forgotten, and no
 * later card of theirs counts. `mergedInto`: the card under which it is shown after a merge; null: it was not merged into
 * another. `persons`: the authorised persons; `record` null: this device wrote it itself. `gone`: persons who were removed, or
 * whose addition has no effect. `kept`: persons whose removal has no effect.
 */
export const remoteCardRow = z.strictObject({
  customer: id,
  recordHash: hash,
  till: id,
  order: z.int(),
  at,
  /** When the relay first had an entry with this number on the card, ms; null: no number, or an import's. */
  phoneSince: z.nullable(at),
  card: z.nullable(card),
  credit,
  creditTill: id,
  creditOrder: z.int(),
  ownHash: z.nullable(hash),
  isForgotten: z.boolean(),
  mergedInto: z.nullable(id),
  persons: z.array(
    z.strictObject({ person: id, personRecordHash: hash, record: z.nullable(sealedPerson) }),
  ),
  gone: z.array(id),
  kept: z.array(id),
});
export type RemoteCardRow = z.infer<typeof remoteCardRow>;

/** A product that another till added. */
export const remoteAddedRow = addedProduct;

/**
 * Place and author of an edit that counts. `own`: hash of this device's newest entry in the order that edits the field; null:
 * none.
 */
const placeOfEdit = {
  order: z.int().check(z.positive()),
  till: id,
  own: z.nullable(hash),
};

/** The changed fields of a product by the shop's order: the edit of each field that counts. */
export const remoteProductRow = z.strictObject({
  product: id,
  edits: z.array(z.strictObject({ change: fieldChange, ...placeOfEdit })),
});
export type RemoteProductRow = z.infer<typeof remoteProductRow>;

/** The same for a category. */
export const remoteCategoryRow = z.strictObject({
  category: categoryKey,
  edits: z.array(z.strictObject({ change: categoryChange, ...placeOfEdit })),
});
export type RemoteCategoryRow = z.infer<typeof remoteCategoryRow>;
