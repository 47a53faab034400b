// An act in hand: one id through all tries, given up for good, and what happens to the codes.
import { expect, test } from 'vitest';
import type { ConnectivityFact } from '$lib/contract/acts/account';
import { money } from '$lib/domain/values/money';
import { ActInHand, type Ask } from '$lib/state/act-in-hand.svelte';
import { customerById } from '$lib/storage/customers/customers';
import { view } from '../domain/checkout-fixtures';
import { ANNA, BORIS, OFFLINE, OWNER } from '../support/storage-shop';
import { atWork } from '../support/till-register';

type Refused = { readonly kind: 'disputed' };
type Outcome = Awaited<ReturnType<Parameters<ActInHand<Refused, string>['begin']>[0]['save']>>;

const fullDisk = { kind: 'not-saved', because: 'disk-full' } as const;
const disputed = { kind: 'refused', because: { kind: 'disputed' } } as const;
const saved = { kind: 'saved', entry: 'entry' } as const;

/** Acts whose tries have these outcomes in order. `tries`: id and codes of each; `given`: how often something was given up. */
async function acting(...outcomes: Outcome[]) {
  const { shop, asked, client, uploader } = await atWork();
  const act = new ActInHand<Refused, string>({
    client,
    uploader,
    operator: () => OWNER,
    connectivity: { fact: (): ConnectivityFact => OFFLINE },
    saving: { giveUp: () => Promise.resolve('given-up') },
  });
  const tries: {
    readonly id: string;
    readonly codes: readonly string[];
    readonly proofs: number;
  }[] = [];
  const save = (
    id: string,
    { codes, confirmations }: { codes: readonly string[]; confirmations: readonly unknown[] },
  ): Promise<Outcome> => {
    tries.push({ id, codes, proofs: confirmations.length });
    return Promise.resolve(outcomes[tries.length - 1] ?? fullDisk);
  };
  const called = (method: string) =>
    asked.filter(({ call }) => call.startsWith(`${method} /challenges/`));
  const correction = async (id: string): Promise<Ask> => ({
    customer: (await customerById(shop.db, id)) ?? expect.fail('no card'),
    action: 'correct-balance',
    deal: { kind: 'correction', account: 'debt', delta: 5_000 },
    amount: null,
    taken: { action: 'sell-on-account', amount: money(5_000), points: null },
  });
  /** Submits the code of the nth customer; the reply is the caller's. */
  const submit = async (nth: number, grant: string) => {
    await expect.poll(() => called('PUT')).toHaveLength(nth);
    called('PUT')[nth - 1]?.answer(view);
    const code = act.state.kind === 'asking' ? act.state.code : expect.fail('nobody is asked');
    await expect.poll(() => code.current?.kind).toBe('awaiting-code');
    void code.submit('123456');
    await expect.poll(() => called('POST')).toHaveLength(nth);
    return () => called('POST')[nth - 1]?.answer({ kind: 'verified', grant });
  };
  return { act, tries, save, called, correction, submit };
}

test('a second tap and a retry are the same act', async () => {
  const { act, tries, save } = await acting(fullDisk, saved);
  await Promise.all([act.begin({ asks: [], save }), act.begin({ asks: [], save })]);
  expect(act.state).toEqual(fullDisk);
  await act.retry();
  expect(act.state).toEqual(saved);
  await act.begin({ asks: [], save });
  expect(tries).toHaveLength(2);
  expect(new Set(tries.map(({ id }) => id)).size).toBe(1);
});

test('what could not be saved is given up, and a refusal stands until something else is typed', async () => {
  const { act, tries, save } = await acting(fullDisk, disputed);
  await act.begin({ asks: [], save });
  await act.giveUp();
  expect(act.state).toEqual({ kind: 'typing', refused: null });
  await act.begin({ asks: [], save });
  expect(act.state).toEqual({ kind: 'typing', refused: disputed.because });
  act.typed();
  expect(act.state).toEqual({ kind: 'typing', refused: null });
  expect(new Set(tries.map(({ id }) => id)).size).toBe(2);
});

test('closed while its code is checked it is not saved, and the consent is cancelled', async () => {
  const { act, tries, save, called, correction, submit } = await acting();
  await act.begin({ asks: [await correction(BORIS)], save });
  const verified = await submit(1, 'a.b.c');
  act.back();
  verified();
  await expect.poll(() => called('DELETE')).toHaveLength(2);
  expect(tries).toEqual([]);
});

test('refused after its code was given, it gives up the consent', async () => {
  const { act, tries, save, called, correction, submit } = await acting(disputed);
  await act.begin({ asks: [await correction(BORIS)], save });
  (await submit(1, 'a.b.c'))();
  await expect.poll(() => called('DELETE')).toHaveLength(1);
  expect(tries).toHaveLength(1);
  expect(act.state).toEqual({ kind: 'typing', refused: disputed.because });
});

test('a retry sends no second code; given up, the code is given up, too, and the next has another id', async () => {
  const { act, tries, save, called, correction, submit } = await acting(fullDisk, fullDisk);
  await act.begin({ asks: [await correction(BORIS)], save });
  (await submit(1, 'a.b.c'))();
  await expect.poll(() => act.state).toEqual(fullDisk);
  await act.retry();
  const { id } = tries[0] ?? expect.fail('not tried');
  expect(tries).toEqual([1, 2].map(() => ({ id, codes: ['a.b.c'], proofs: 1 })));
  expect([called('PUT').length, called('DELETE').length]).toEqual([1, 0]);
  await act.giveUp();
  await expect.poll(() => called('DELETE')).toHaveLength(1);
  expect(act.id).not.toBe(id);
});

test('two customers are asked one after the other; going back between them cancels both codes', async () => {
  const { act, tries, save, called, correction, submit } = await acting(saved);
  const asks = [await correction(BORIS), await correction(ANNA)].map((ask) => ({
    ...ask,
    taken: null,
  }));
  await act.begin({ asks, save });
  (await submit(1, 'first'))();
  await expect.poll(() => called('PUT')).toHaveLength(2);
  act.back();
  await expect.poll(() => called('DELETE').length).toBe(2);
  expect(tries).toEqual([]);
});

test('two customers are asked, then it is saved with the codes of both', async () => {
  const { act, tries, save, correction, submit } = await acting(saved);
  const asks = [await correction(BORIS), await correction(ANNA)].map((ask) => ({
    ...ask,
    taken: null,
  }));
  const { id } = act;
  await act.begin({ asks, save });
  (await submit(1, 'first'))();
  (await submit(2, 'second'))();
  await expect.poll(() => act.state).toEqual(saved);
  expect(tries).toEqual([{ id, codes: ['first', 'second'], proofs: 0 }]);
});
