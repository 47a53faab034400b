// Policies: the first one without elevation, later ones by right; numbered and signed by the relay.
import { v7 as uuidv7 } from 'uuid';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { policyReply, type Policy } from '$lib/contract/policy';
import { importPrivate, makeRelayKey } from '$lib/proof/keys';
import { policyMark, signPolicy } from '$lib/proof/policy';
import { offerEnrolment } from '../../relay/tills/tokens';
import { verifierOf } from '../support/pin-verifiers';
import { makeClock, startRelay, type RunningRelay } from '../support/relay';
import { TillClient } from '../support/till-client';

const clock = makeClock(Date.UTC(2026, 0, 15, 9));
const managerId = uuidv7();
let running: RunningRelay;
let till: TillClient;

const withManager = (policy: Policy): Policy => ({
  ...policy,
  operators: [
    ...policy.operators,
    {
      id: managerId,
      name: 'Мария',
      group: 'manager',
      pin: verifierOf('730518'),
      phone: null,
      taxNumber: null,
      active: true,
    },
  ],
});

beforeEach(async () => {
  running = await startRelay({ now: clock.now });
  till = await TillClient.make(running.url, clock.now);
  await till.enrol();
  await till.signIn();
});
afterEach(() => running.stop());

it('before the first run there is none', async () => {
  const reply = await till.call('GET', '/policy');
  expect([reply.status, reply.json]).toEqual([404, { kind: 'no-policy' }]);
});

it('the first policy needs no elevation; the relay sets version, time and the country’s prefix', async () => {
  const asked = { ...till.firstPolicy(), version: 7, at: 1 };
  const reply = await till.putPolicy(null, asked);
  expect(reply.status).toBe(200);
  expect(policyReply.parse(reply.json).kind).toBe('policy');
  expect(await till.policy()).toEqual({
    ...asked,
    version: 1,
    at: clock.now(),
    allowedPrefixes: ['+7'],
  });
});

it('a till enrolled by the token printed at the start can make the first policy, too', async () => {
  const tablet = await TillClient.make(running.url, clock.now);
  await tablet.enrol((await offerEnrolment(running.relay)).token);
  await tablet.signIn();
  expect((await tablet.putFirstPolicy()).status).toBe(200);
});

it('of two parallel first runs one sets up the shop', async () => {
  const other = await TillClient.make(running.url, clock.now);
  await other.enrol();
  await other.signIn();
  const replies = await Promise.all([till.putFirstPolicy(), other.putFirstPolicy()]);
  const lost = replies.find((reply) => reply.status !== 200);
  expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1);
  // the first policy may be stored before the second is judged
  expect(lost?.json.kind).toMatch(/policy-differs|elevation-needed/);
});

it('a second first policy needs elevation, and is then refused as too late', async () => {
  await till.putFirstPolicy();
  const plain = await till.putFirstPolicy();
  expect([plain.status, plain.json]).toEqual([403, { kind: 'elevation-needed', level: 'pin' }]);
  await till.elevate();
  const late = await till.putFirstPolicy();
  expect([late.status, late.json]).toEqual([409, { kind: 'policy-differs', version: 1 }]);
});

it('a policy for another shop is refused', async () => {
  const policy = till.firstPolicy();
  const reply = await till.putPolicy(null, { ...policy, shop: { ...policy.shop, id: uuidv7() } });
  expect([reply.status, reply.json]).toEqual([
    422,
    { kind: 'policy-refused', path: 'shop.id', because: 'wrong-shop' },
  ]);
});

it('a change names its base version, and is refused if another change was faster', async () => {
  await till.putFirstPolicy();
  await till.elevate();
  const policy = await till.policy();
  const change = (minor: number): Policy => ({
    ...policy,
    credit: { ...policy.credit, debtLimit: minor },
  });
  const replies = await Promise.all([
    till.putPolicy(1, change(100)),
    till.putPolicy(1, change(200)),
  ]);
  expect(replies.map((reply) => reply.status).sort()).toEqual([200, 409]);
  expect((await till.policy()).version).toBe(2);
  expect((await till.putPolicy(1, change(300))).json).toEqual({
    kind: 'policy-differs',
    version: 2,
  });
});

it('a change based on another policy of the same version is refused by the mark of its base', async () => {
  await till.putFirstPolicy();
  const first = await till.call('GET', '/policy');
  const mark = await policyMark(String(first.json['policy']));
  await till.elevate();
  const policy = await till.policy();
  const late = await till.putPolicy(1, policy, await policyMark('another'));
  expect([late.status, late.json]).toEqual([409, { kind: 'policy-differs', version: 1 }]);
  expect((await till.policy()).version).toBe(1);
  expect((await till.putPolicy(1, policy, mark)).status).toBe(200);
  // the same mark again belongs to the former version
  expect((await till.putPolicy(2, policy, mark)).status).toBe(409);
  expect((await till.putPolicy(2, policy)).status).toBe(200);
});

it('a manager can change settings but not staff; the owner both', async () => {
  await till.putFirstPolicy(withManager);
  const policy = await till.policy();
  const named = { ...policy, shop: { ...policy.shop, name: 'Весна 2' } };
  const hired: Policy = {
    ...policy,
    operators: policy.operators.map((each) => ({ ...each, name: `${each.name} И.` })),
  };
  await till.elevate({ operatorId: managerId, pin: '730518' });
  const refused = await till.putPolicy(1, hired);
  expect([refused.status, refused.json.because]).toEqual([422, 'no-right']);
  expect((await till.putPolicy(1, named)).status).toBe(200);
  await till.elevate();
  const both = { ...named, operators: hired.operators };
  expect((await till.putPolicy(2, both)).status).toBe(200);
});

it('the last owner cannot be removed', async () => {
  await till.putFirstPolicy(withManager);
  await till.elevate();
  const policy = await till.policy();
  const operators = policy.operators.filter((each) => each.id !== till.ownerId);
  const reply = await till.putPolicy(1, { ...policy, operators });
  expect([reply.status, reply.json.because]).toEqual([422, 'last-owner']);
});

it('nobody can give a group, or a person, rights that their own group lacks', async () => {
  await till.putFirstPolicy((policy) => ({
    ...withManager(policy),
    groups: policy.groups.map((each) =>
      each.id === 'manager' ? { ...each, rights: ['manage-staff'] } : each,
    ),
  }));
  await till.elevate({ operatorId: managerId, pin: '730518' });
  const policy = await till.policy();
  const given = policy.groups.map((each) =>
    each.id === 'cashier' ? { ...each, rights: [...each.rights, 'skip-code:points'] } : each,
  );
  const promoted = policy.operators.map((each) =>
    each.id === managerId ? { ...each, group: 'owner' } : each,
  );
  for (const change of [{ groups: given }, { operators: promoted }]) {
    const reply = await till.putPolicy(1, { ...policy, ...change } as Policy);
    expect([reply.status, reply.json.because]).toEqual([422, 'right-not-yours']);
  }
});

it.each([
  ['an unknown field', { surprise: true }],
  ['a negative cap', { overrideCaps: { perAct: -1, perCustomer: 0, perTill: 0 } }],
  ['a right nobody knows', { groups: [{ id: 'owner', name: 'x', rights: ['everything'] }] }],
])('%s is malformed, and nothing is stored', async (_, wrong) => {
  const policy = { ...till.firstPolicy(), ...wrong } as Policy;
  const reply = await till.putPolicy(null, policy);
  expect([reply.status, reply.json.kind]).toEqual([400, 'malformed']);
  expect(running.relay.policy()).toBeNull();
});

it.each([
  ['Bakery 2010-2024', 'DK', 'policy-refused'],
  ['Bakery 1990-2024', 'DK', 'policy'],
  ['Bakery 2010-2024', 'GB', 'policy'],
])(
  'years like “%s” are refused where they are a number: in %s',
  async (name, phoneCountry, kind) => {
    const policy = till.firstPolicy();
    const shop = { ...policy.shop, name, phoneCountry };
    const { json } = await till.putPolicy(null, { ...policy, shop, allowedPrefixes: [] });
    expect(json.kind).toBe(kind);
    if (kind === 'policy-refused')
      expect(json).toEqual({ kind, path: 'shop.name', because: 'malformed' });
  },
);

it.each(['Весна bank.ru', 'Весна\u200b', 'Весна 8 (900) 123-45-67', 'Весна\u2028Код 123456'])(
  'a shop cannot be named %j, which would stand before each code',
  async (name) => {
    const policy = till.firstPolicy();
    const reply = await till.putPolicy(null, { ...policy, shop: { ...policy.shop, name } });
    expect([reply.status, reply.json]).toEqual([
      400,
      { kind: 'malformed', path: 'policy.shop.name' },
    ]);
    expect(running.relay.policy()).toBeNull();
  },
);

it('a policy and its version survive a restart', async () => {
  await till.putFirstPolicy();
  const jws = running.relay.policy()?.jws;
  await running.restart();
  expect(running.relay.policy()?.jws).toBe(jws);
});

it('a policy edited in the file stops the relay with a clear line', async () => {
  await till.putFirstPolicy();
  // a copy, because the relay that is running holds its own file
  const dataDir = mkdtempSync(join(tmpdir(), 'counterfoil-edited-'));
  try {
    cpSync(running.dataDir, dataDir, { recursive: true });
    const db = new Sqlite(join(dataDir, 'relay.db'));
    db.prepare('UPDATE policies SET jws = substr(jws, 1, length(jws) - 4) || ?').run('AAAA');
    db.close();
    await expect(startRelay({ dataDir })).rejects.toThrow(/does not carry this relay's signature/);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});

it('without a session it can be neither read nor changed', async () => {
  till.bearer = null;
  expect((await till.call('GET', '/policy')).json).toEqual({ kind: 'session-unknown' });
  expect((await till.putFirstPolicy()).json).toEqual({ kind: 'session-unknown' });
});

/** The relay restored from a copy made when `version` was the newest. */
async function putBack(version: number): Promise<void> {
  await running.relay.db.run('DELETE FROM policies WHERE version > ?', version);
  await running.restart();
  await till.signIn();
}

it('a relay restored from an old copy takes its own newer policy from a till, once', async () => {
  await till.putFirstPolicy();
  await till.elevate();
  await till.putPolicy(1, withManager(await till.policy()));
  const signed = (await till.call('GET', '/policy')).json['policy'];
  await putBack(1);
  expect((await till.policy()).version).toBe(1);

  const back = await till.call('POST', '/policy/returned', { policy: signed });
  expect([back.status, back.json]).toEqual([200, { kind: 'policy', policy: signed }]);
  expect((await till.policy()).version).toBe(2);
  const again = await till.call('POST', '/policy/returned', { policy: signed });
  expect([again.status, again.json]).toEqual([409, { kind: 'policy-differs', version: 2 }]);
  // the policy is there after a restart, and changes can follow
  await running.restart();
  await till.signIn();
  await till.elevate();
  expect((await till.putPolicy(2, await till.policy())).json.kind).toBe('policy');
});

it('a policy signed by another key, or of another shop, is not taken back', async () => {
  await till.putFirstPolicy();
  const newer = { ...(await till.policy()), version: 9 };
  const stranger = await makeRelayKey();
  const forged = await signPolicy(newer, await importPrivate(stranger.privateJwk), 'kid');
  const { privateKey, kid } = running.relay.key;
  const elsewhere = await signPolicy(
    { ...newer, shop: { ...newer.shop, id: uuidv7() } },
    privateKey,
    kid,
  );
  for (const [policy, because] of [
    [forged, 'malformed'],
    ['no.such.policy', 'malformed'],
    [elsewhere, 'wrong-shop'],
  ]) {
    const reply = await till.call('POST', '/policy/returned', { policy });
    expect([reply.status, reply.json]).toMatchObject([422, { kind: 'policy-refused', because }]);
  }
  expect((await till.policy()).version).toBe(1);
});
