// A hash of each message of the wire, compared with its snapshot: a change is seen before an older end meets it.
// What changed is read in docs/openapi.json.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
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
import * as sale from '$lib/contract/sale';
import * as shopCopy from '$lib/contract/shop-copy';
import * as shopJournal from '$lib/contract/shop-journal';
import * as snapshot from '$lib/contract/snapshot';
import * as till from '$lib/contract/till';
import { CONTRACT_HEADER, CONTRACT_VERSION } from '$lib/contract/version';
import { DOCUMENT_FILE } from '../support/documented';

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
function shapeOf(schema: z.ZodMiniType): unknown {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}

function schemasIn(room: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const named = Object.entries(room).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    named.flatMap(([name, value]) => (isSchema(value) ? [[name, shapeOf(value)]] : [])),
  );
}

/** The beginning of the SHA-256 of a message's schema: 64 bits notice any change. */
function hashOf(schema: unknown): string {
  return createHash('sha256').update(canonicalize(schema)!).digest('hex').slice(0, 16);
}

test('the wire is as agreed: docs/openapi.json shows what changed; older ends that cannot read it need a new contract version', async () => {
  const bodiesIn = (bodies: Readonly<Record<string, z.ZodMiniType>>) =>
    Object.fromEntries(Object.entries(bodies).map(([name, body]) => [name, shapeOf(body)]));
  const rooms = {
    ...Object.fromEntries(Object.entries(ROOMS).map(([name, room]) => [name, schemasIn(room)])),
    acts: bodiesIn(journal.actBodies),
    relayActs: bodiesIn(shopJournal.relayActBodies),
    snapshotRows: bodiesIn(snapshot.snapshotRows),
  };
  const lines = Object.entries(rooms).flatMap(([room, schemas]) =>
    Object.entries(schemas).map(([name, schema]) => `${room}.${name} ${hashOf(schema)}`),
  );
  const head = `${CONTRACT_HEADER} ${CONTRACT_VERSION}`;
  await expect(`${[head, ...lines].join('\n')}\n`).toMatchFileSnapshot('wire.snapshot');
});

test('every message is readable in docs/openapi.json: as a schema, or a reply at its operation', () => {
  const { components } = JSON.parse(readFileSync(DOCUMENT_FILE, 'utf8')) as {
    components: { schemas: object };
  };
  const names = Object.values(ROOMS).flatMap((room) => Object.keys(schemasIn(room)));
  const unreadable = names.filter((name) => !(name in components.schemas));
  // the document has these inline: unions split by status, headers as text, parts of one message
  expect(unreadable.filter((name) => !name.endsWith('Reply'))).toEqual([
    'challengeStatus',
    'placed',
    'builtInGroup',
    'journalPage',
    'consent',
    'gateRefusal',
    'requestSignature',
    'tillRenamed',
  ]);
});

test('every message of the wire rejects unknown fields', () => {
  const lenient = Object.entries(ROOMS).flatMap(([room, schemas]) =>
    Object.entries(schemasIn(schemas))
      .filter(([, shape]) => allowsUnknown(shape))
      .map(([name]) => `${room}.${name}`),
  );
  // entries of acts from later versions are stored and passed on
  expect(lenient.filter((name) => !/entry|entries/i.test(name))).toEqual([]);
});

/** An object schema with named fields that accepts other fields. */
function allowsUnknown(shape: unknown): boolean {
  if (typeof shape !== 'object' || shape === null) return false;
  if ('properties' in shape && !('additionalProperties' in shape)) return true;
  return Object.values(shape as Record<string, unknown>).some(allowsUnknown);
}
