// A reserve code and its verifier: valid only with the relay's signature and the exact code.
import { beforeAll, expect, test } from 'vitest';
import type { ReserveVerifier } from '$lib/contract/reserve-code';
import { importPrivate, keyId, makeRelayKey } from '$lib/proof/keys';
import { checkReserveCode, keptOfCode, openVerifier, signVerifier } from '$lib/proof/reserve-code';

const CODE = '7K3QXM2P9D';
const ID = '0190a000-0000-7000-8000-000000000001';

async function signer() {
  const { privateJwk, publicKey } = await makeRelayKey();
  return { publicKey, privateKey: await importPrivate(privateJwk), kid: await keyId(publicKey) };
}

let relay: Awaited<ReturnType<typeof signer>>;
let stranger: Awaited<ReturnType<typeof signer>>;
let verifier: ReserveVerifier;
let signed: string;
beforeAll(async () => {
  [relay, stranger] = await Promise.all([signer(), signer()]);
  verifier = {
    v: 1,
    purpose: 'reserve-code',
    shop: ID,
    till: ID,
    customer: ID,
    id: ID,
    issue: ID,
    cap: 300_000,
    demo: false,
    at: 1_700_000_000_000,
    ...(await keptOfCode(CODE)),
  };
  signed = await signVerifier(verifier, relay.privateKey, relay.kid);
});

test('the code that the customer was sent opens its verifier', async () => {
  expect(await checkReserveCode(CODE, signed, relay.publicKey)).toEqual(verifier);
  expect(verifier.prefix).toBe('7K');
  expect(signed).not.toContain(CODE);
});

test('another code with the same beginning does not', async () => {
  expect(await checkReserveCode('7K3QXM2P9E', signed, relay.publicKey)).toBeNull();
});

test('a verifier that somebody else made for their own code does not', async () => {
  const own = await signVerifier(verifier, stranger.privateKey, stranger.kid);
  expect(await checkReserveCode(CODE, own, relay.publicKey)).toBeNull();
  const [head, , signature] = signed.split('.');
  const raised = Buffer.from(JSON.stringify({ ...verifier, cap: 9_000_000 })).toString('base64url');
  expect(await openVerifier(`${head}.${raised}.${signature}`, relay.publicKey)).toBeNull();
});

test('the same code never gives the same hash twice', async () => {
  expect((await keptOfCode(CODE)).hash).not.toBe(verifier.hash);
});
