// Reads stored entries: the entry itself or the one that it carries over, and the cards that it names.
import * as z from 'zod/mini';
import { actBodies, entry as entrySchema, type Act, type KnownEntry } from '$lib/contract/journal';
import { entryOnWire, type EntryOnWire } from '$lib/contract/journal-upload';
import { hash, id } from '$lib/contract/values';
import { RULES_VERSION } from '$lib/contract/version';
import type { NamedCard } from '$lib/domain/act-rules';
import { rulesIn } from '$lib/domain/acts';
import type { Understood } from '../context';

/** What this version of the relay understands. */
export const THIS_VERSION: Understood = {
  rules: RULES_VERSION,
  acts: new Set(Object.keys(actBodies)),
};

/** Levels of carried-over entries: devices that were re-enrolled more than once. */
export const DEEPEST = 8;

/** Anything uploaded as an entry, if it is at least a JSON object. */
export type Readable = Readonly<Record<string, unknown>>;

/** The fields of a JSON object. */
export const jsonObject = z.record(z.string(), z.unknown());
const list = z.array(z.unknown());
/** The version of a policy or of the rules; 0: none. */
export const versionNumber = z.int().check(z.nonnegative());

/** The entry, read strictly; null: an act of another version, or it does not fit its schema. */
export function knownIn(entry: EntryOnWire, understood = THIS_VERSION): KnownEntry | null {
  const envelope = entrySchema.safeParse(entry);
  if (!envelope.success || !understood.acts.has(envelope.data.act)) return null;
  if (hasLaterRules(entry, understood)) return null;
  const act = envelope.data.act as Act;
  const body = actBodies[act].safeParse(envelope.data.body);
  return body.success ? ({ ...envelope.data, act, body: body.data } as KnownEntry) : null;
}

/** The original of a stored entry: the entry itself, or the one that it carries over; null: it fits no schema. */
export function originalIn(stored: unknown, depth = 0): KnownEntry | null {
  const entry = entryOnWire.safeParse(stored).data;
  const known = entry === undefined ? null : knownIn(entry);
  return known?.act === 'carried-over' && depth < DEEPEST
    ? originalIn(known.body.entry, depth + 1)
    : known;
}

/** Whether the entry was decided by rules of a later version. This version cannot judge it then, even if it knows the act. */
export const hasLaterRules = (entry: Readable, { rules }: Understood): boolean =>
  (versionNumber.safeParse(entry['rules']).data ?? 0) > rules;

/** Hashes of the cards and authorised persons that a stored entry, or the entry it carries over, names. */
export function recordsIn(
  stored: unknown,
): readonly { readonly customer: string; readonly hash: string }[] {
  const known = originalIn(stored);
  if (known === null) return namedIn(stored);
  const cards = cardsOf(known).map(({ customer, recordHash: hash }) => ({ customer, hash }));
  const person = rulesIn(known).person?.(known.body).personRecordHash ?? null;
  return person === null
    ? cards
    : [...cards, ...cards.map(({ customer }) => ({ customer, hash: person }))];
}

const named = z.looseObject({ customer: id, recordHash: hash });
const naming = z.looseObject({
  customer: z.optional(z.unknown()),
  customers: z.optional(list),
  personRecordHash: z.optional(z.unknown()),
});

/** The same for an entry of a later version, read from the fields of this version: after an update the entry may take effect. */
function namedIn(stored: unknown, depth = 0): ReturnType<typeof recordsIn> {
  const { act, body } = jsonObject.safeParse(stored).data ?? {};
  const carried = jsonObject.safeParse(body).data?.['entry'];
  if (act === 'carried-over') return depth < DEEPEST ? namedIn(carried, depth + 1) : [];
  const said = naming.safeParse(body).data ?? {};
  const cards = [body, ...(said.customers ?? [])].flatMap((each) => {
    const card = named.safeParse(each).data;
    return card === undefined ? [] : [{ customer: card.customer, hash: card.recordHash }];
  });
  const person = named.safeParse({ ...said, recordHash: said.personRecordHash }).data;
  return person === undefined
    ? cards
    : [...cards, { customer: person.customer, hash: person.recordHash }];
}

/** The cards that an entry makes or changes. */
export const cardsOf = (known: KnownEntry | null): readonly NamedCard[] =>
  (known && rulesIn(known).cards?.(known.body)) ?? [];
