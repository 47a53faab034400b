// Taking in many customers at once with what they owe and hold: one act. Known ids are left as they are, so a second import doubles nobody.
import type { AccountEntry, BodyOf } from '$lib/contract/journal';
import type { Customer } from '$lib/domain/customer';
import { makeSalt } from '$lib/proof/record';
import { balancesBefore, writeProofs, writeSteps, type ToShow } from './accounts';
import type { By } from './catalogue';
import { rowOf, sealCustomer } from './customers';
import type { TillDb } from './db';
import { allowed, type NoRight, type PolicyRefused } from './policies';
import { customerAsked, recorded, type CustomerAsked } from './records';
import { atDisk } from './storage-error';
import { asWriter } from './writer';

/** `owed` in minor units, negative for one who has paid ahead. */
export type CustomerToImport = CustomerAsked & { readonly owed: number; readonly points: number };

export type CustomersImported =
  { readonly kind: 'imported'; readonly added: number } | PolicyRefused | NoRight;

/** Adds the customers not yet known (act `customers-imported`). Debts come without any code and are shown so. */
export function importCustomers(
  db: TillDb,
  source: BodyOf<'customers-imported'>['source'],
  list: readonly CustomerToImport[],
  by: By,
): Promise<CustomersImported> {
  return asWriter(db, async (writer): Promise<CustomersImported> => {
    const current = await allowed(db, by.operator, ['manage-customers']);
    if (current.kind !== 'policy') return current;
    const known = await atDisk(() => db.customers.bulkGet(list.map((each) => each.id)));
    const fresh = list.filter((_, i) => known[i] === undefined);
    if (fresh.length === 0) return { kind: 'imported', added: 0 };

    const customers = fresh.map(({ id, name, phone, credit }): Customer => {
      const asked = recorded(customerAsked, { id, name, phone, credit });
      return { ...asked, salt: makeSalt(), savedAt: by.at };
    });
    const rows = customers.map(rowOf);
    const accounts = fresh.flatMap(stepsOf);
    const proofs = accounts.filter(needsProof).map((step) => proofOf(step, source));
    const body: BodyOf<'customers-imported'> = {
      source,
      customers: await Promise.all(
        customers.map(async (customer) => ({
          customer: customer.id,
          recordHash: await sealCustomer(customer),
          credit: customer.credit,
        })),
      ),
      accounts,
      confirmations: proofs.map((proof) => proof.confirmation),
    };
    const before = await balancesBefore(db, accounts);
    await writer.write(
      { act: 'customers-imported', body, ...by, policy: current.policy.version },
      [db.customers, db.accountEntries, db.balances, db.confirmations],
      (entry) =>
        Promise.all([
          db.customers.bulkAdd(rows),
          writeSteps(db, entry, accounts, before),
          writeProofs(db, entry, proofs),
        ]),
    );
    return { kind: 'imported', added: fresh.length };
  });
}

function stepsOf({ id, owed, points }: CustomerToImport): AccountEntry[] {
  const steps: AccountEntry[] = [
    { customer: id, account: 'debt', delta: owed },
    { customer: id, account: 'points', delta: points },
  ];
  return steps.filter((step) => step.delta !== 0);
}

/** Only what is to the customer's disadvantage wants his consent. */
function needsProof(step: AccountEntry): boolean {
  return step.account === 'debt' && step.delta > 0;
}

function proofOf(step: AccountEntry, source: 'demo' | 'file'): ToShow {
  const because = source === 'demo' ? 'demo' : 'import';
  return {
    customer: step.customer,
    demo: false,
    confirmation: { kind: 'none', action: 'sell-on-account', amount: step.delta, because },
  };
}
