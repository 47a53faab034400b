// An act that needs a customer's code.
// It is closed while the code is being checked, or refused after the code was given.
import { expect, test } from 'vitest';
import type { ConnectivityFact } from '$lib/contract/acts/account';
import { money } from '$lib/domain/values/money';
import { customerById } from '$lib/storage/customers/customers';
import { ConsentedAct } from '../../src/routes/shared/consent/consented-act.svelte';
import { view } from '../domain/checkout-fixtures';
import { BORIS, OFFLINE, OWNER } from '../support/storage-shop';
import { atWork, type Asked } from '../support/till-register';

type Refused = { readonly kind: 'disputed' };

/** A correction of Boris's debt whose code has been sent; `saves`: number of attempts to store it. */
async function asking() {
  const { shop, asked, client, uploader, policy } = await atWork();
  const customer = (await customerById(shop.db, BORIS)) ?? expect.fail('no card');
  const act = new ConsentedAct<Refused>({
    client,
    uploader,
    operator: () => OWNER,
    connectivity: { fact: (): ConnectivityFact => OFFLINE },
    customers: { giveUpRepayment: () => Promise.resolve('given-up') },
  });
  let saves = 0;
  const taken = { action: 'sell-on-account', amount: money(5_000), points: null } as const;
  const deal = { kind: 'correction', account: 'debt', delta: 5_000 } as const;
  await act.begin(
    {
      customer,
      asks: { taken, action: 'correct-balance', deal },
      save: () => {
        saves += 1;
        return Promise.resolve({ kind: 'refused', because: { kind: 'disputed' } });
      },
    },
    policy,
  );
  const called = (method: string): readonly Asked[] =>
    asked.filter(({ call }) => call.startsWith(`${method} /challenges/`));
  await expect.poll(() => called('PUT')).toHaveLength(1);
  called('PUT')[0]?.answer(view);
  const code = act.state.kind === 'asking' ? act.state.code : expect.fail('nobody is asked');
  await expect.poll(() => code.current?.kind).toBe('awaiting-code');
  void code.submit('123456');
  await expect.poll(() => called('POST')).toHaveLength(1);
  const verified = () => called('POST')[0]?.answer({ kind: 'verified', grant: 'a.b.c' });
  return { act, called, verified, saves: () => saves };
}

test('closed while its code is checked it is not saved, and the consent is cancelled', async () => {
  const { act, called, verified, saves } = await asking();
  act.close();
  verified();
  await expect.poll(() => called('DELETE')).toHaveLength(2);
  expect(saves()).toBe(0);
});

test('refused after its code was given, it gives up the consent', async () => {
  const { act, called, verified, saves } = await asking();
  verified();
  await expect.poll(() => called('DELETE')).toHaveLength(1);
  expect(saves()).toBe(1);
  expect(act.state).toEqual({ kind: 'typing', refused: { kind: 'disputed' } });
});
