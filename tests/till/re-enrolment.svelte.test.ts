// Connecting a till to another relay: its shop is named first, and another currency is refused.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Policy } from '$lib/contract/policy';
import { ReEnrolment, type ReEnrolmentDeps } from '$lib/state/re-enrolment';
import { metaIn, isEnrolled, tillIn } from '$lib/storage/database/meta';
import { currentPolicy } from '$lib/storage/policy/policies';
import {
  AT,
  discard,
  everything,
  id,
  openShop,
  OWNER,
  signer,
  type Shop,
} from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

/** The till's answer to a token of another relay, whose shop was changed by `change`. `known`: what it says to the former id. */
async function askElsewhere(
  change: (policy: Policy) => void,
  known: Awaited<ReturnType<ReEnrolmentDeps['client']['policy']>> = {
    kind: 'unreachable',
    because: 'network',
  },
) {
  const { db } = shop;
  const other = await signer();
  const policy = await shop.policyJws(1, change, other);
  const till = await tillIn(db);
  const held = await currentPolicy(db);
  if (!isEnrolled(till) || held.kind !== 'policy') expect.fail('no till');
  const asked: string[] = [];
  const never = () => Promise.reject(new Error('nobody asked for this'));
  const reEnrolment = new ReEnrolment({
    db,
    client: {
      enrol: ({ former, above }) => {
        asked.push('enrol');
        // a relay that does not know the till must also give it a number above its present one
        expect({ former, above }).toEqual({ former: till.id, above: 1 });
        return Promise.resolve({
          kind: 'enrolled',
          shop: { id: id(9) },
          relayKey: other.publicKey,
          policy,
          contract: 1,
          number: 2,
        });
      },
      identify: () => expect.fail('it is still the till it was'),
      offerEnrolment: never,
      policy: () => {
        asked.push('policy');
        return Promise.resolve(known);
      },
      putPolicy: never,
    },
    policy: { current: held.policy, load: never },
    elevation: { run: never },
    uploader: { quarantine: null, start: never },
    identity: () => till,
    operator: () => OWNER,
    isUnderWay: () => false,
    now: () => AT,
    onenrolled: never,
  });
  const answer = await reEnrolment.ask('A'.repeat(10));
  // first under its former id: a restored relay then says which acknowledged entries it lacks
  expect(asked).toEqual(['policy', 'enrol']);
  return answer;
}

const journal = async () => (await everything(shop.db))['journal'];

test('the shop of another relay is named before a person confirms it', async () => {
  const before = await journal();
  expect(await askElsewhere((policy) => (policy.shop.name = 'Чужая лавка'))).toMatchObject({
    kind: 'other-relay',
    shop: 'Чужая лавка',
    hasPolicy: true,
  });
  expect(await journal()).toEqual(before);
});

test('a shop with another currency is refused and nothing changes: debts in roubles would become pounds', async () => {
  const before = await journal();
  const answer = await askElsewhere((policy) => {
    policy.shop.currency = { code: 'GBP', digits: 2 };
  });
  expect(answer).toEqual({ kind: 'other-currency', ours: 'RUB', theirs: 'GBP' });
  expect(await journal()).toEqual(before);
});

test('a relay that no longer knows the till is remembered: the next journal carries every entry', async () => {
  await askElsewhere(() => undefined);
  expect(await metaIn(shop.db, 'quarantine')).toBeNull();
  await askElsewhere(() => undefined, { kind: 'unknown-till' });
  expect(await metaIn(shop.db, 'quarantine')).toEqual({ because: 'unknown-till', since: AT });
});
