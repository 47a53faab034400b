// The hash of each message of the wire: a change is seen before an older end meets it.
// What changed is read in docs/openapi.json.
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import * as z from 'zod/mini';
import { expect, test } from 'vitest';
import * as challenge from '$lib/contract/challenge';
import * as customer from '$lib/contract/customer';
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
import { CONTRACT_HEADER, CONTRACT_VERSION } from '$lib/contract/version';
import { schemaOf } from '../../relay/openapi/components';
import { writeDocument } from '../../relay/openapi/document';
import { optionsOf } from '../../relay/http/route';
import { api } from '../support/api';

/** A till keeps the other rows to itself. */
function rowsOnWire(): Readonly<Record<string, unknown>> {
  const sent: readonly unknown[] = Object.values(snapshot.snapshotRows);
  return Object.fromEntries(Object.entries(rows).filter(([, row]) => sent.includes(row)));
}

const ROOMS = {
  challenge,
  customer,
  grant,
  health,
  journal,
  journalUpload,
  ownerNotice,
  policy,
  provider,
  reserveCode,
  rows: rowsOnWire(),
  sale,
  shopCopy,
  shopJournal,
  snapshot,
  till,
};

function isSchema(value: unknown): value is z.ZodMiniType {
  return typeof value === 'object' && value !== null && '_zod' in value;
}

/** The schema of what is sent (`input`), not of what is parsed from it: both ends send `input`. */
function shapeOf(schema: z.ZodMiniType): object {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}

type Message = { readonly name: string; readonly schema: z.ZodMiniType; readonly shape: object };

function messagesIn(room: string, exported: Readonly<Record<string, unknown>>): Message[] {
  return Object.entries(exported).flatMap(([name, schema]) =>
    isSchema(schema) ? [{ name: `${room}.${name}`, schema, shape: shapeOf(schema) }] : [],
  );
}

const ofRooms = Object.entries(ROOMS)
  .flatMap(([room, exported]) => messagesIn(room, exported))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

const wire = [
  ...ofRooms,
  ...messagesIn('acts', journal.actBodies),
  ...messagesIn('relayActs', shopJournal.relayActBodies),
  ...messagesIn('snapshotRows', snapshot.snapshotRows),
];

/** The beginning of the SHA-256 of a message's schema: 64 bits notice any change. */
const hashOf = ({ shape }: Message): string =>
  createHash('sha256').update(canonicalize(shape)!).digest('hex').slice(0, 16);

const CHANGED =
  'The wire has changed; where an older end could misread it, raise CONTRACT_VERSION. ' +
  '`npx vitest run --project=node tests/contract -u` writes the hashes and docs/openapi.json, ' +
  'and `git diff docs/openapi.json` shows what has changed';

test('the wire is as agreed: a change needs a new contract version unless older ends can read it', async () => {
  const lines = wire.map((message) => `${message.name} ${hashOf(message)}`);
  const head = `${CONTRACT_HEADER} ${CONTRACT_VERSION}`;
  await expect(`${[head, ...lines].join('\n')}\n`, CHANGED).toMatchFileSnapshot('wire.snapshot');
});

test('every message can be read in docs/openapi.json: as a schema, or its kinds as replies', () => {
  // not the file: `-u` may be about to write it
  const document = JSON.parse(writeDocument(api)) as { components: { schemas: object } };
  const text = JSON.stringify(document);
  const isReadable = (schema: z.ZodMiniType): boolean => {
    const written = schemaOf(schema);
    const { $ref: ref } = written;
    const isWritten =
      typeof ref === 'string'
        ? ref.slice('#/components/schemas/'.length) in document.components.schemas
        : text.includes(JSON.stringify(written));
    // replies are listed by status, a union as its kinds
    const kinds = optionsOf(schema);
    return isWritten || (kinds.length > 1 && kinds.every(isReadable));
  };
  const unreadable = wire.filter(({ schema }) => !isReadable(schema));
  expect(unreadable.map(({ name }) => name)).toEqual([
    // what the relay looks for in an entry that it cannot read
    'journalUpload.placed',
    // ids of groups: in the description of `group`
    'policy.builtInGroup',
    // headers, which the document describes in words
    'till.consent',
    'till.requestSignature',
  ]);
});

test('every message of the wire rejects unknown fields', () => {
  const lenient = ofRooms.filter(({ shape }) => allowsUnknown(shape)).map(({ name }) => name);
  // entries of acts from later versions are stored and passed on
  expect(lenient.filter((name) => !/entry|entries/i.test(name))).toEqual([]);
});

/** An object schema with named fields that accepts other fields. */
function allowsUnknown(shape: unknown): boolean {
  if (typeof shape !== 'object' || shape === null) return false;
  if ('properties' in shape && !('additionalProperties' in shape)) return true;
  return Object.values(shape as Record<string, unknown>).some(allowsUnknown);
}
