// Names and describes the contract's schemas for the OpenAPI document, as JSON Schema.
import * as z from 'zod/mini';
import * as account from '$lib/contract/acts/account';
import * as correction from '$lib/contract/acts/correction';
import * as customerActs from '$lib/contract/acts/customer';
import * as goods from '$lib/contract/acts/goods';
import * as repayment from '$lib/contract/acts/repayment';
import * as returned from '$lib/contract/acts/return';
import * as saleActs from '$lib/contract/acts/sale';
import * as shift from '$lib/contract/acts/shift';
import * as challenge from '$lib/contract/challenge';
import * as customer from '$lib/contract/customer';
import * as discountRule from '$lib/contract/discount-rule';
import * as grant from '$lib/contract/grant';
import * as health from '$lib/contract/health';
import * as journal from '$lib/contract/journal';
import * as journalUpload from '$lib/contract/journal-upload';
import * as ownerNotice from '$lib/contract/owner-notice';
import * as policy from '$lib/contract/policy';
import * as provider from '$lib/contract/provider';
import * as reserveCode from '$lib/contract/reserve-code';
import * as rows from '$lib/contract/rows';
import * as sale from '$lib/contract/sale';
import * as shopCopy from '$lib/contract/shop-copy';
import * as shopJournal from '$lib/contract/shop-journal';
import * as snapshot from '$lib/contract/snapshot';
import * as till from '$lib/contract/till';
import * as values from '$lib/contract/values';
import { invariant } from '$lib/domain/values/invariant';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [name: string]: Json };

const FILES = [
  ...[values, account, correction, customerActs, goods, repayment, returned, saleActs, shift],
  ...[challenge, customer, discountRule, grant, health, journal, journalUpload, ownerNotice],
  ...[policy, provider, reserveCode, rows, sale, shopJournal, shopCopy, snapshot, till],
];

/** The component of an act's body: `saleBody`, `tillJoinedBody`. */
const bodyName = (act: string): string =>
  `${act.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Body`;

/** Descriptions that schemas cannot express: units, formats, and the place of signed payloads. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  id: 'UUIDv7, lower case. Ids of attempts are made by the till before the attempt, so that it can be repeated.',
  tillNumber: 'Number of a till in its shop, from 1; never given again.',
  slug: 'Short name of a group: `cashier`, `owner`.',
  at: 'Milliseconds since 1970-01-01T00:00:00Z.',
  hash: 'SHA-256, 64 lower-case hexadecimal digits.',
  phone: 'Phone number in E.164, with the plus.',
  jws: 'Compact JWS (RFC 7515), ES256, signed by the relay.',
  cardSalt: 'Secret of a customer’s card, 32 bytes in hex, made with it and never changed.',
  card: 'Customer’s card as the `recordHash` of its entry covers it. `salt`: of that hash.',
  sealedPerson:
    'Authorised person of a customer as the `personRecordHash` of their entry covers them. `salt`: of that hash.',
  quantity: 'Thousandths of the unit of sale.',
  currencyCode: 'ISO 4217 alphabetic code.',
  currency: 'Currency of the shop. `digits`: decimals of its minor unit (RUB 2, JPY 0, KWD 3).',
  minor: 'Money in whole minor units (kopecks, cents) of the shop’s currency; never negative.',
  signature: 'Base64url of a 64-byte ECDSA P-256 signature (IEEE P1363).',
  headSigned: 'When the till signed the head it states, and its signature over `journalHeadClaim`.',
  moneyOnWire: 'Money in whole minor units of the named currency.',
  pointsOnWire: 'Loyalty points, and what they are worth as money.',
  decimal: 'Decimal number as text, exactly as the messaging service wrote it.',
  day: 'Calendar day, `2026-11-25`.',
  language: 'ISO 639-1 code.',
  channel: 'How a message reaches a phone.',
  action: 'What can need the customer’s consent.',
  publicKey: 'Public half of an ECDSA P-256 key, as a JWK.',
  personName: 'Name typed by a person; white space around it is removed.',
  shopName:
    'Name of the shop, in messages with codes: no invisible characters, web or mail address, or phone number.',
  tillName: 'Name of the till for the staff: no invisible characters, address or phone number.',
  refusal: 'Why a message was not sent.',
  deliveryState: 'What is known of the delivery of a message.',
  journalHead:
    'Newest entry of the till’s journal; before the first, `seq` is 0 and `hash` all zeros.',
  limited: 'A rate limit is reached; the same request may succeed from `retryAt` on.',
  grant: 'Payload of the JWS `grant`: the relay’s signed statement that the customer consented.',
  challengeDeal: 'What the customer confirms: the relay itself hashes it and computes its sums.',
  challengeAmount: 'Money for a debt, points for a redemption, null for actions that move neither.',
  pinVerifier: 'PBKDF2-SHA256 of a PIN. `digits`: length of the PIN.',
  method: 'How an action is confirmed. An empty `chain`: without a code. `threshold`: minor units.',
  policy:
    'The shop’s rules, and payload of the JWS `policy`. Sums are minor units, shares hundredths of a percent (basis points), durations ms.',
  group: '`name` may be null only in the groups `cashier`, `senior-cashier`, `manager`, `owner`.',
  texts:
    'Text per action. Variables: `{code}` (required) `{amount}` `{shop}` `{action}` `{balance}`.',
  heldSecret: 'A value the relay holds and does not tell; `tail`: the end of a secret.',
  weakening: 'One way in which a change weakens the rules. Sums are minor units, durations ms.',
  sessionClaim: 'What a till signs to open a session, as canonical JSON (RFC 8785).',
  journalHeadClaim:
    'What a till signs with uploads and requests for codes, as canonical JSON (RFC 8785).',
  watermark: 'Payload of the JWS `watermark`: up to `seq` the relay holds the till’s journal.',
  lostPoint:
    'Payload of the JWS `lostPoint`: the relay does not have the point `after` of the shop’s order.',
  checkpoint:
    'Payload of the JWS `checkpoint`: the shop’s order up to `order`, and a hash over it.',
  snapshotManifest:
    'Payload of the JWS `manifest`: what all entries up to `order` left. `chunks`: SHA-256 of the bytes of each.',
  remoteEntryRow:
    'Row of `entries` in a snapshot: an entry that waits for an owner, or a discrepancy that was found.',
  remoteTillRow: 'Row of `tills` in a snapshot. `replacedBy`: the later id of its device.',
  remoteCardRow:
    'Row of `cards` in a snapshot: a customer’s newest card, and the places in the order of its last changes.',
  balanceRow:
    'Row of `balances` in a snapshot. `sum`: minor units for `debt`, points for `points`.',
  confirmationRow:
    'Row of `confirmations` in a snapshot: one that caps and thresholds still count. `amount`: minor units.',
  disputeRow: 'Row of `disputes` in a snapshot.',
  addedProduct:
    'A product as it was added, and row of `goods` in a snapshot. `price`: minor units; `stock`: thousandths.',
  remoteProductRow: 'Row of `edits` in a snapshot: of each changed field the edit that counts.',
  stockRow: 'Row of `stock` in a snapshot. `delta`: thousandths.',
  verdict:
    'Whether an entry has an effect: only `accepted` has; `waiting` has none before an owner accepts it, `not-understood` none before the relay judges it again.',
  reserveVerifier: 'Payload of a JWS of `verifiers`: what a till checks one reserve code by.',
  enrolmentToken: 'Ten characters of Crockford base 32, without I, L, O and U.',
  entryOnWire:
    'A journal entry. `knownEntry`: the acts of this version. The relay also keeps entries whose fields, act or body it does not know.',
  knownEntry: 'What an act of this version writes into an entry.',
  entry: 'A till’s entry as it writes it. `body`: as `knownEntry` says of its `act`.',
  debtRow:
    'Row of `debts` in a snapshot. Sums are minor units; `basisPoints`: hundredths of a percent.',
  returnRow:
    'Row of `returns` in a snapshot: what one return gave back. Sums are minor units, quantities thousandths.',
  remoteCategoryRow:
    'Row of `categoryEdits` in a snapshot: of each changed field the edit that counts.',
  ageAsked: 'Minimum age of the customer, years.',
  markingCode: 'Marking code of one piece as it is printed, with a GS (0x1D) between its fields.',
  reserveCode: 'Ten characters of Crockford base 32, without I, L, O and U.',
  categoryKey: 'Identity of a category: its first name, on one line.',
  ofStock: 'Thousandths of the unit of sale.',
  signed: 'Minor units, which wrong entries may make negative.',
  accountEntry:
    'One step of a customer’s total. `delta`: minor units for `debt`, points for `points`.',
  confirmation: 'How an action was confirmed. Sums are minor units (for points: their worth).',
  unasked: 'A right allows moving the balances without asking the customer. `amount`: minor units.',
  lineOfSale:
    'Prices are minor units per unit, before discounts; `pointsPart`: what points paid of `total`.',
  discountOfLine:
    'One discount of a line, minor units. `basisPoints`: hundredths of a percent; null: it was given as a sum.',
  givenByHand: 'A discount as a person gives it: hundredths of a percent, minor units, or both.',
  goodsRemoved:
    'Goods taken out of a receipt. `lines`: products; `sum`: minor units, before discounts.',
  moneyTender: 'Money given. `amount`: minor units.',
  settled:
    'A part of a debt that one tender pays, minor units. `debt`: hash of the entry that made it.',
  lowered:
    'A debt that is lowered without money, minor units. `debt`: hash of the entry that made it.',
  pointsOfDebt: 'Points for repaying a debt. `debt`: hash of the entry that made it.',
  shiftTotals: 'Sums of a shift, minor units; `points` of sales: their worth.',
  shiftOpening: 'How a shift began. Sums are minor units.',
  productBarcode: '`quantity`: what scanning it adds, thousandths.',
  fieldChange: 'A new value of one field of a product. Prices are minor units, stock thousandths.',
  categoryChange: 'A new value of one field of a category.',
  credit: 'Debt limit of a customer. `limit`: minor units.',
  forgetApproval:
    'Payload of the JWS `approval`: an owner approves that one customer is forgotten.',
  importApproval:
    'Payload of the JWS `approval`: an owner approves the balances of an import, or undoing them. Sums are minor units; `accounts`: SHA-256 over the canonical steps.',
  requestClaim:
    'What a till signs in the header of an elevated request, as canonical JSON (RFC 8785). `path`: below `/api/v1`, with its query; `body`: SHA-256 of its bytes.',
  epochBeganBody:
    'The relay’s: places from here on belong to this epoch. `shared`: the last place before it on which all agree.',
  tillJoinedBody: 'The relay’s: a till of the shop. `number` is printed on its receipts.',
  tillRenamedBody: 'The relay’s: a till has another name.',
  tillReplacedBody:
    'The relay’s: `by` is the later id of this device; null: the till is in use again.',
  tillRevokedBody: 'The relay’s: a till is revoked.',
  policyPublishedBody: 'The relay’s: a version of the policy is in force.',
  formerJournalAcceptedBody:
    'The relay’s: what `till` carried over from the journal of `former` counts from here on.',
  judgedAgainBody: 'The relay’s: the later verdict on a `not-understood` entry.',
  discrepancyFoundBody:
    'The relay’s: an entry does not fit entries of other tills (`against`), which its till did not know.',
  ...Object.fromEntries(
    Object.entries(journal.actDescriptions).map(([act, text]) => [bodyName(act), text]),
  ),
};

/** Payloads of signatures, which no operation refers to. */
const PAYLOADS = [
  ...['checkpoint', 'forgetApproval', 'grant', 'importApproval', 'journalHeadClaim', 'lostPoint'],
  ...['requestClaim', 'reserveVerifier', 'sessionClaim', 'snapshotManifest', 'watermark'],
];

const ACTS = Object.entries({ ...journal.actBodies, ...shopJournal.relayActBodies });

const [first, ...more] = ACTS.map(([act, body]) => z.looseObject({ act: z.literal(act), body }));
invariant(first !== undefined, 'there are acts');
const knownEntry = z.discriminatedUnion('act', [first, ...more]);

/** Metadata of `entryOnWire`: its contract leaves the body open, because the relay keeps entries that it cannot read. */
const OPEN_BODY = { anyOf: [{ $ref: '#/components/schemas/knownEntry' }, {}] };

const registry = z.registry<{ id: string; description?: string; anyOf?: readonly object[] }>();
for (const [name, schema] of [
  ...ACTS.map(([act, body]) => [bodyName(act), body] as const),
  ['knownEntry', knownEntry] as const,
  ...FILES.flatMap((file) => Object.entries(file)),
]) {
  if (!isSchema(schema) || registry.has(schema)) continue;
  const description = DESCRIPTIONS[name];
  registry.add(schema, {
    id: name,
    ...(description !== undefined && { description }),
    ...(schema === journalUpload.entryOnWire && OPEN_BODY),
  });
}

const OPTIONS = { io: 'input', unrepresentable: 'any', metadata: registry } as const;

function isSchema(value: unknown): value is z.ZodMiniType {
  return typeof value === 'object' && value !== null && '_zod' in value;
}

/** The component's name. */
export function nameOf(schema: z.ZodMiniType): string {
  const name = registry.get(schema)?.id;
  invariant(name !== undefined, 'the contract exports the schema');
  return name;
}

/** The schema as JSON Schema: a reference if the contract exports it, otherwise inline. */
export function schemaOf(schema: z.ZodMiniType): JsonObject {
  const name = registry.get(schema)?.id;
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
  const written = z.toJSONSchema(schema, OPTIONS);
  return tidy(written as unknown as Json) as JsonObject;
}

/** All schemas referred to, directly or indirectly, the payloads of signatures, and the rows of snapshots. */
export function componentsFor(document: Json): JsonObject {
  const { schemas } = z.toJSONSchema(registry, {
    ...OPTIONS,
    uri: (name) => `#/components/schemas/${name}`,
  });
  const found = new Map<string, Json>();
  const include = (name: string): void => {
    if (found.has(name)) return;
    const written = tidy(schemas[name] as unknown as Json);
    found.set(name, written);
    refsOf(written).forEach(include);
  };
  const rows = Object.values(snapshot.snapshotRows).map(nameOf);
  [...refsOf(document), ...PAYLOADS, ...rows].forEach(include);
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The names after `#/components/schemas/`. */
function refsOf(value: Json): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, Json]) =>
    key === '$ref' && typeof inner === 'string'
      ? (inner.match(/(?<=^#\/components\/schemas\/).+/)?.slice() ?? [])
      : refsOf(inner),
  );
}

const OWN_DOCUMENT: ReadonlySet<string> = new Set(['$schema', '$id', '$defs']);

/** Removes the parts of a standalone document, and points references to the components. */
function tidy(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(tidy);
  const kept = Object.entries(value as JsonObject).filter(([key]) => !OWN_DOCUMENT.has(key));
  return Object.fromEntries(
    kept.map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string'
        ? inner.replace('#/$defs/', '#/components/schemas/')
        : tidy(inner),
    ]),
  );
}
