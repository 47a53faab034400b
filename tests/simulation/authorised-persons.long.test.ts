// All tills show the authorised persons that the relay accepts, even after changes at separate tills.
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AuthorisedPerson } from '$lib/contract/acts/customer';
import { NO_DETAILS } from '$lib/domain/customers/customer';
import type { Phone } from '$lib/domain/values/phone';
import { customerById } from '$lib/storage/customers/customers';
import { checkRemote } from '$lib/storage/recovery/check-remote';
import { repair } from '$lib/storage/recovery/repair';
import { forgetRemote } from '$lib/storage/remote/remote-order';
import { mayConfirm, personsOf } from '../../relay/store/authorised-persons';
import { RelayCopy } from '../support/relay-copy';
import { closeWholeShop, openWholeShop, syncTills, type WholeShop } from '../support/whole-shop';
import type { WholeTill } from '../support/whole-till';

const PHONE = '+79250001001' as Phone;

let whole: WholeShop;
let clock: WholeShop['clock'];
let shop: WholeShop['shop'];
let tills: WholeTill[];
let anna: string;
beforeEach(async () => {
  whole = await openWholeShop();
  ({ clock, shop, tills } = whole);
  anna = uuidv7();
  await one().save(anna, { name: 'Анна', phone: PHONE, ...NO_DETAILS });
  await syncAll();
});
afterEach(() => closeWholeShop(whole));

const one = (): WholeTill => tills[0]!;
const other = (): WholeTill => tills[1]!;
const syncAll = () => syncTills(tills);

let serial = 0;
function personNamed(name: string): AuthorisedPerson {
  serial += 1;
  return { id: uuidv7(), name, phone: `+7926000${1000 + serial}` };
}

async function add(till: WholeTill, person: AuthorisedPerson): Promise<void> {
  const outcome = await till.addPerson(anna, person);
  if (outcome.kind !== 'saved') throw new Error(JSON.stringify(outcome));
}

const flags = (): unknown[] =>
  shop.relay.file.prepare('SELECT kind, detail FROM flags ORDER BY cursor').raw().all();

/** The persons to whom the relay sends codes. */
async function letIn(customer = anna): Promise<readonly string[]> {
  const { db, cipher } = shop.relay.relay;
  const rows = await personsOf(db, customer);
  return rows.filter(mayConfirm).map(({ name }) => cipher.decrypt(name));
}

/** Every till shows exactly these persons, also from a new copy of the order, and the relay accepts exactly them. */
async function expectPersons(names: readonly string[], customer = anna): Promise<void> {
  expect([...(await letIn(customer))].toSorted()).toEqual([...names].toSorted());
  for (const till of tills) {
    expect([...(await till.persons(customer))].toSorted()).toEqual([...names].toSorted());
    expect(await checkRemote(till.db)).toBe(false);
    expect(await repair(till.db, clock.now())).toEqual([]);
    await forgetRemote(till.db, 'kept');
    await till.sync();
    expect([...(await till.persons(customer))].toSorted()).toEqual([...names].toSorted());
  }
}

test('two tills add different persons at once: both are on the card', async () => {
  const [vera, nina] = [personNamed('Вера'), personNamed('Нина')];
  await add(one(), vera);
  await add(other(), nina);
  await syncAll();
  await expectPersons(['Вера', 'Нина']);
  await one().removePerson(anna, nina.id);
  await other().removePerson(anna, vera.id);
  expect(await one().persons(anna)).toEqual(['Вера']);
  await syncAll();
  await expectPersons([]);
  expect(flags()).toEqual([]);
});

test('a person is added while another till changes the card: both count', async () => {
  await add(one(), personNamed('Вера'));
  await other().save(anna, { name: 'Анна К.', phone: PHONE, ...NO_DETAILS });
  await syncAll();
  await expectPersons(['Вера']);
  for (const till of tills) expect((await customerById(till.db, anna))?.name).toBe('Анна К.');
  await other().save(anna, { name: 'Анна Н.', phone: PHONE, ...NO_DETAILS });
  await one().removePerson(anna, (await customerById(one().db, anna))!.persons[0]!.id);
  await syncAll();
  await expectPersons([]);
  for (const till of tills) expect((await customerById(till.db, anna))?.name).toBe('Анна Н.');
});

test('the same number at two tills at once is one person', async () => {
  const vera = personNamed('Вера');
  await add(one(), vera);
  await add(other(), { ...vera, id: uuidv7(), name: 'Вера Л.' });
  expect(await other().persons(anna)).toEqual(['Вера Л.']);
  await syncAll();
  await expectPersons(['Вера']);
  expect(flags()).toEqual([]);
});

test('a till that changes the card after its addition, before it uploads, loses neither', async () => {
  await add(one(), personNamed('Вера'));
  await one().save(anna, { name: 'Анна К.', phone: PHONE, ...NO_DETAILS });
  await add(one(), personNamed('Нина'));
  await syncAll();
  await expectPersons(['Вера', 'Нина']);
  expect((await customerById(other().db, anna))?.name).toBe('Анна К.');
});

test('an addition that the relay refuses disappears from the till that made it', async () => {
  const vera = personNamed('Вера');
  await add(one(), vera);
  await add(other(), { ...vera, id: uuidv7(), name: 'Вера Л.' });
  await syncAll();
  expect(await other().persons(anna)).toEqual(['Вера']);
  // a card that was saved in between does not restore the person
  await other().save(anna, { name: 'Анна К.', phone: PHONE, ...NO_DETAILS });
  expect(await other().persons(anna)).toEqual(['Вера']);
  await syncAll();
  await expectPersons(['Вера']);
});

test('merged cards keep the persons of the card that stays', async () => {
  const boris = uuidv7();
  await one().save(boris, { name: 'Борис', phone: '+79250001002' as Phone, ...NO_DETAILS });
  await syncAll();
  await add(one(), personNamed('Вера'));
  const nina = personNamed('Нина');
  await one().addPerson(boris, nina);
  await syncAll();
  // another till does not know of the merge, and adds a person to the card that is merged away
  expect(await one().merge(boris, anna)).toMatchObject({ kind: 'saved' });
  await one().upload();
  await other().addPerson(boris, personNamed('Олег'));
  await syncAll();
  await expectPersons(['Вера']);
  await expectPersons([], boris);
  expect(flags()).toEqual([]);
});

test('a removal that the restored relay gets before the addition counts', async () => {
  const copy = new RelayCopy();
  copy.take(shop.relay);
  const vera = personNamed('Вера');
  await add(one(), vera);
  await syncAll();
  await other().removePerson(anna, vera.id);
  await copy.putBack(shop.relay);
  await other().upload();
  await syncAll();
  await syncAll();
  await expectPersons([]);
  expect(flags()).toEqual([]);
  copy.remove();
});

test('a person’s code confirms a purchase at every till', async () => {
  const vera = personNamed('Вера');
  await add(one(), vera);
  await syncAll();
  for (const till of tills)
    expect((await till.sell(anna, { price: 5_000, person: vera.id })).kind).toBe('saved');
  await syncAll();
  expect(flags()).toEqual([]);
  for (const till of tills) expect((await till.standing(anna)).owed).toBe(5_000 * tills.length);
});
