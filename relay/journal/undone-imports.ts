// Undoes imports of customers.
// What the author of the act and the relay know of the customers, and what follows from it.
import type { AccountEntry } from '$lib/contract/acts/account';
import type { EntryOf, KnownEntry } from '$lib/contract/journal';
import type { ImportKnown } from '$lib/domain/decide-again';
import { wordImportUndone } from '$lib/domain/messages/notice-message';
import type { Relay } from '../context';
import { tellCustomer } from '../customers/notices';
import { isDisputedBy, disputedSince } from '../store/disputes';
import { isWaitingFor } from '../store/former-journals';
import { eraseCustomer, forgottenOf, isConfirming, type Forgotten } from '../store/forgotten';
import { entryBehind, type AuthorView } from '../store/originals';
import { cardsOf } from '../store/merges';
import { voidReserveCodes } from '../store/reserve-codes';
import { changedSinceImport } from '../store/undone-imports';
import type { Original } from './entry-reading';
import { originalIn } from './stored-entries';
import { isLost, isOfThisEpoch, NOT_KNOWN, type KnownHere } from './author-knew';

/** Greater than every place in the shop's order. */
const ALL = Number.MAX_SAFE_INTEGER;

/**
 * What the author knew of the import and its customers, and what the relay knows. `here` null: the relay was restored from a backup after the author downloaded, and may have lost what they knew.
 */
export async function importKnown(
  { db, now }: Pick<Relay, 'db' | 'now'>,
  known: KnownEntry | null,
  view: AuthorView,
): Promise<KnownHere<ImportKnown>> {
  if (known?.act !== 'import-undone') return NOT_KNOWN;
  const { import: of, customers } = known.body;
  const { device } = view;
  const lost = (await isLost(db, known, of)) ? asStated(known) : null;
  const importedBy = async (seen: number): Promise<ImportKnown['imported']> => {
    const entry = originalIn(await entryBehind(db, of.hash, { device, seen }));
    // the entry gets the hash that the relay computed
    return entry?.act === 'customers-imported' ? { ...entry, hash: of.hash } : lost;
  };
  const [here, inShop] = [new Set<string>(), new Set<string>()];
  for (const customer of new Set(customers)) {
    const about = { customer, imported: of.hash };
    const forgotten = await forgottenOf(db, customer);
    const knewGone =
      forgotten !== null && (device.includes(forgotten.till) || forgotten.order <= view.seen);
    if (
      knewGone ||
      (await changedSinceImport(db, { ...about, ...view })) ||
      (await cardsOf(db, customer, view.seen)).length > 1 ||
      (await isDisputedBy(db, { customer, ...view }))
    )
      here.add(customer);
    if (
      forgotten !== null ||
      (await changedSinceImport(db, { ...about, device, seen: ALL })) ||
      (await cardsOf(db, customer)).length > 1 ||
      (await disputedSince(db, customer)) !== null ||
      (await isWaitingFor(db, customer)) ||
      (await isConfirming(db, customer, now()))
    )
      inShop.add(customer);
  }
  return {
    here: (await isOfThisEpoch(db, known))
      ? { imported: await importedBy(view.seen), isChanged: (id) => here.has(id) }
      : null,
    inShop: { imported: await importedBy(ALL), isChanged: (id) => inShop.has(id) },
  };
}

/** An import that the relay has lost, with the balances that its undoing states. */
const asStated = ({ body }: EntryOf<'import-undone'>): ImportKnown['imported'] => ({
  ...body.import,
  body: {
    source: 'file',
    customers: body.customers.map((customer) => ({ customer })),
    accounts: body.accounts.map((step) => ({ ...step, delta: -step.delta })),
  },
});

/** Hashes of the forgettings that undid this import: the undoing arrived before the import, which the relay had lost. */
export async function undoingsOf(
  db: Relay['db'],
  { hash, act }: Pick<Original, 'hash' | 'act'>,
  forgotten: Iterable<Forgotten>,
): Promise<ReadonlySet<string>> {
  const all = act === 'customers-imported' ? [...forgotten] : [];
  const found = new Set<string>();
  for (const by of new Set(all.map((each) => each.hash))) {
    const entry = originalIn(await entryBehind(db, by, { device: [], seen: ALL }));
    if (entry?.act === 'import-undone' && entry.body.import.hash === hash) found.add(by);
  }
  return found;
}

/**
 * Erases the customers of an undone import. Customers who lose a debt, prepayment or points that it had recorded get a message
 * first. `order`: the entry's place. Runs inside the caller's transaction; the caller wakes the outbox.
 */
export async function takeBack(
  parts: Pick<Relay, 'db' | 'now' | 'cipher' | 'provider' | 'policy'>,
  { till, seq, hash, body }: EntryOf<'import-undone'>,
  order: number,
): Promise<void> {
  const { db, now } = parts;
  const policy = parts.policy()?.policy;
  const at = now();
  for (const customer of body.customers) {
    const lost = (account: AccountEntry['account']) =>
      body.accounts.reduce(
        (sum, step) =>
          step.customer === customer && step.account === account ? sum - step.delta : sum,
        0,
      );
    const [debt, points] = [lost('debt'), lost('points')];
    if ((debt !== 0 || points > 0) && policy !== undefined)
      await tellCustomer(
        parts,
        { hash, till, seq, at },
        {
          purpose: 'forgotten',
          room: 'import',
          customer,
          text: wordImportUndone({ debt, points }, policy),
        },
      );
    // the message above already contains the number
    await voidReserveCodes(db, customer, at);
    await eraseCustomer(parts, { customer, till, seq, hash, at, order });
  }
}
