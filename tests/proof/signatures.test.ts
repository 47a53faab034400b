// Keys, JWS, policies, grants and sessions: valid only with the right key over unchanged bytes.
import { beforeAll, expect, test } from 'vitest';
import type { Grant } from '$lib/contract/grant';
import type { Policy } from '$lib/contract/policy';
import type { SessionClaim } from '$lib/contract/till';
import type { PublicKey } from '$lib/contract/values';
import { bytesOf, canonical, toBase64Url } from '$lib/proof/canonical';
import { signGrant, verifyGrant } from '$lib/proof/grant';
import { signJws, verifyJws } from '$lib/proof/jws';
import {
  exportPublic,
  importPrivate,
  importPublic,
  keyId,
  makeRelayKey,
  makeTillKey,
  signBytes,
  verifyBytes,
} from '$lib/proof/keys';
import { signPolicy, verifyPolicy } from '$lib/proof/policy';
import { signSession, verifySession } from '$lib/proof/session';

type Signer = { publicKey: PublicKey; privateKey: CryptoKey; kid: string };

async function signer(): Promise<Signer> {
  const { privateJwk, publicKey } = await makeRelayKey();
  return { publicKey, privateKey: await importPrivate(privateJwk), kid: await keyId(publicKey) };
}

let relay: Signer;
let stranger: Signer;
beforeAll(async () => {
  [relay, stranger] = await Promise.all([signer(), signer()]);
});

const ID = '0190a000-0000-7000-8000-000000000001';

const policy: Policy = {
  v: 1,
  version: 3,
  at: 1_700_000_000_000,
  shop: {
    id: ID,
    name: 'Ромашка',
    contact: '',
    currency: { code: 'RUB', digits: 2 },
    phoneCountry: 'RU',
    timeZone: 'Europe/Moscow',
    vat: 'none',
    messageLanguage: 'ru',
  },
  operators: [
    {
      id: ID,
      name: 'Анна',
      group: 'owner',
      pin: { salt: '0'.repeat(32), hash: '0'.repeat(64), rounds: 600_000, digits: 6 },
      phone: null,
      taxNumber: null,
      active: true,
    },
  ],
  groups: [{ id: 'owner', name: 'Владелец', rights: ['sell', 'settings'], discountBasisPoints: 0 }],
  customerGroups: [],
  methods: {
    'redeem-points': { chain: ['sms'], threshold: 0, nextAfterMs: 40_000 },
    'sell-on-account': { chain: ['sms'], threshold: 0, nextAfterMs: 40_000 },
  },
  challenge: { lifetimeMs: 300_000, checks: 5, sends: 3 },
  credit: { debtLimit: 1_000_000, newNumberCap: 300_000, dueDays: null },
  overrideCaps: { perAct: 300_000, perCustomer: 300_000, perTill: 1_500_000 },
  weakCodes: { perAct: 50_000, perNumber: 100_000, perShop: 300_000 },
  notices: {
    largeFrom: 100_000,
    repayments: true,
    returns: true,
    corrections: true,
    reminders: null,
  },
  corrections: { perDay: 1_000_000 },
  returns: { cashFrom: 300_000, perDay: 1_500_000, codeFrom: null },
  shifts: { blindCount: false, countFloat: false },
  cashRounding: null,
  discountRules: [],
  labelMasks: [],
  points: {
    earnBasisPoints: 100,
    redeemBasisPoints: 5000,
    pointValue: 100,
    onRepayment: false,
    perDay: 50_000,
  },
  limits: { perPhoneHour: 10, perPhoneDay: 20, perTillHour: 60, perShopDay: 500 },
  allowedPrefixes: [],
};

const grant: Grant = {
  v: 1,
  shop: ID,
  till: ID,
  challenge: ID,
  action: 'sell-on-account',
  operator: ID,
  receipt: ID,
  customer: ID,
  person: null,
  phoneHash: '1'.repeat(64),
  phoneSince: 1,
  amount: { minor: 54_000, currency: 'RUB' },
  dealHash: '2'.repeat(64),
  channel: 'sms',
  provider: 'demo',
  broughtIn: null,
  weak: false,
  demo: true,
  iat: 10,
  exp: 20,
};

/** The same signature over an edited payload. */
function edited(jws: string, change: (payload: Record<string, unknown>) => void): string {
  const [header = '', body = '', signature = ''] = jws.split('.');
  const payload = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
  change(payload);
  return [header, toBase64Url(bytesOf(canonical(payload))), signature].join('.');
}

test("a till's private key cannot be exported", async () => {
  const pair = await makeTillKey();
  await expect(crypto.subtle.exportKey('jwk', pair.privateKey)).rejects.toThrow();
  expect(pair.privateKey.extractable).toBe(false);
});

test('a public key keeps its id through export and import', async () => {
  const again = await exportPublic(await importPublic(relay.publicKey));
  expect(again).toEqual(relay.publicKey);
  expect(await keyId(again)).toBe(relay.kid);
  expect(await keyId(stranger.publicKey)).not.toBe(relay.kid);
});

test('a signature is 64 bytes of base64url and only its own key verifies it', async () => {
  const signature = await signBytes(relay.privateKey, 'сумма');
  expect(signature).toMatch(/^[\w-]{86}$/);
  const key = await importPublic(relay.publicKey);
  expect(await verifyBytes(key, 'сумма', signature)).toBe(true);
  expect(await verifyBytes(key, 'суммы', signature)).toBe(false);
  expect(await verifyBytes(key, 'сумма', 'garbage')).toBe(false);
  expect(await verifyBytes(await importPublic(stranger.publicKey), 'сумма', signature)).toBe(false);
});

test('a policy of the relay is verified as a whole', async () => {
  const jws = await signPolicy(policy, relay.privateKey, relay.kid);
  expect(await verifyPolicy(jws, relay.publicKey)).toEqual(policy);
});

test('a policy edited, signed by another key, or garbled is refused', async () => {
  const jws = await signPolicy(policy, relay.privateKey, relay.kid);
  const richer = edited(jws, (payload) => {
    payload['credit'] = { debtLimit: 9_000_000, newNumberCap: 300_000 };
  });
  expect(await verifyPolicy(richer, relay.publicKey)).toBeNull();
  expect(await verifyPolicy(jws, stranger.publicKey)).toBeNull();
  expect(await verifyPolicy('not.a.jws', relay.publicKey)).toBeNull();
  expect(await verifyPolicy('', relay.publicKey)).toBeNull();
});

test('a grant is not accepted as a policy, nor a policy as a grant, though one key signed both', async () => {
  const jws = await signGrant(grant, relay.privateKey, relay.kid);
  expect(await verifyGrant(jws, relay.publicKey)).toEqual(grant);
  expect(await verifyPolicy(jws, relay.publicKey)).toBeNull();
  const policyJws = await signPolicy(policy, relay.privateKey, relay.kid);
  expect(await verifyGrant(policyJws, relay.publicKey)).toBeNull();
});

test('a grant with an edited sum is refused', async () => {
  const jws = await signGrant(grant, relay.privateKey, relay.kid);
  const dearer = edited(jws, (payload) => {
    payload['amount'] = { minor: 1, currency: 'RUB' };
  });
  expect(await verifyGrant(dearer, relay.publicKey)).toBeNull();
});

test('a JWS that says "alg: none" is refused', async () => {
  const header = toBase64Url(bytesOf('{"alg":"none"}'));
  const body = toBase64Url(bytesOf(canonical(grant)));
  const key = await importPublic(relay.publicKey);
  expect(await verifyJws(`${header}.${body}.`, key)).toBeNull();
});

test('the header of a JWS names the key', async () => {
  const jws = await signJws({ a: 1 }, relay.privateKey, relay.kid);
  const header = JSON.parse(
    Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString(),
  ) as unknown;
  expect(header).toEqual({ alg: 'ES256', kid: relay.kid });
});

test('a session claim is tied to its address and to the head of the journal', async () => {
  const pair = await makeTillKey();
  const claim: SessionClaim = {
    purpose: 'session',
    origin: 'http://localhost:8080',
    shop: ID,
    till: ID,
    at: 5,
    nonce: 'a'.repeat(32),
    head: { seq: 3, hash: 'b'.repeat(64) },
  };
  const signature = await signSession(claim, pair.privateKey);
  expect(await verifySession(claim, signature, await exportPublic(pair.publicKey))).toBe(true);
  expect(await verifySession(claim, signature, pair.publicKey)).toBe(true);
  const elsewhere = { ...claim, origin: 'https://evil.example' };
  expect(await verifySession(elsewhere, signature, pair.publicKey)).toBe(false);
  const earlier = { ...claim, head: { ...claim.head, seq: 2 } };
  expect(await verifySession(earlier, signature, pair.publicKey)).toBe(false);
});
