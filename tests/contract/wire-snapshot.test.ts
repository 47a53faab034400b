// The wire as JSON Schema, compared with its snapshot: a change is seen before an older end meets it.
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

test('the wire is as agreed: a change needs a new contract version unless older ends can read it', async () => {
  const bodiesIn = (bodies: Readonly<Record<string, z.ZodMiniType>>) =>
    Object.entries(bodies).map(([act, body]) => ({ act, body: shapeOf(body) }));
  const acts = bodiesIn(journal.actBodies);
  const wire = {
    header: CONTRACT_HEADER,
    version: CONTRACT_VERSION,
    rooms: Object.fromEntries(Object.entries(ROOMS).map(([name, room]) => [name, schemasIn(room)])),
    journalBodies: acts,
    relayBodies: bodiesIn(shopJournal.relayActBodies),
    snapshotRows: bodiesIn(snapshot.snapshotRows),
  };
  await expect(`${JSON.stringify(wire, null, 2)}\n`).toMatchFileSnapshot('wire.snapshot');
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
