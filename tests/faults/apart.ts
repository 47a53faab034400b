// Changes that two tills make while one of them is offline, and what both must have afterwards.
// That follows from what was typed and from which entry the relay got first, not from the product's rules.
import { expect, type Page } from '@playwright/test';
import { toSettle } from '$lib/ui/text/en/journal';
import { snapshotOf, type Row } from '../support/till-disk';
import type { TillPage } from '../support/till-page';
import type { ShownAct } from './errands';

/** The customer whose card is changed; they buy nothing. */
export const CARD = { name: 'Nora Field', phone: '07400 654321' } as const;
/** A product that is not sold. */
const PRODUCT = 'Cinnamon bun';
/** A category by its first name. */
const CATEGORY = 'Groceries';

/** A field that both tills change. */
type Field = {
  readonly act: 'products-changed' | 'customer-saved' | 'categories-changed';
  /** Kind and detail of the discrepancy between two values. */
  readonly discrepancy: string;
  /** The value with this number, as it is typed and stored. */
  readonly typed: (number: number) => string;
  readonly stored: (number: number) => unknown;
  /** Types it on the screen; resolves when the screen shows it as saved. `category`: the current name of the category. */
  readonly change: (till: TillPage, typed: string, category: string) => Promise<void>;
  /** How the list *To settle* shows both values, as typed. */
  readonly listed: (lost: string, kept: string) => string | RegExp;
};

const price: Field = {
  act: 'products-changed',
  discrepancy: 'goods-stale 1',
  typed: (number) => `${number}.00`,
  stored: (number) => 100 * number,
  change: async (till, typed) => {
    await till.goTo('catalogue');
    await till.button(PRODUCT).click();
    await till.dialog.getByLabel('Price').fill(typed);
    await till.button('Save').click();
    await expect(till.dialogs).toHaveCount(0);
  },
  listed: (lost, kept) => toSettle.field(PRODUCT, toSettle.fields.price, `£${lost}`, `£${kept}`),
};

const limit: Field = {
  act: 'customer-saved',
  discrepancy: 'edit-stale credit',
  typed: (number) => `${number}.00`,
  stored: (number) => ({ kind: 'own-limit', limit: 100 * number }),
  change: async (till, typed) => {
    await openCard(till);
    await till.dialog.getByRole('button', { name: 'Edit' }).click();
    await till.dialog.getByRole('radio', { name: 'A limit of their own' }).check();
    await till.dialog.getByLabel('Debt limit').fill(typed);
    await till.dialog.getByRole('button', { name: 'Save' }).click();
    await expect(till.page.getByText('Card saved')).toBeVisible();
    await till.page.keyboard.press('Escape');
  },
  listed: (lost, kept) => {
    const side = (title: string, value: string) => `${title}.*${CARD.name}.*£${value}.*`;
    return new RegExp(side(toSettle.notApplied, lost) + side(toSettle.kept, kept));
  },
};

const categoryName: Field = {
  act: 'categories-changed',
  discrepancy: 'category-stale 1',
  typed: (number) => `Pantry ${number}`,
  stored: (number) => `Pantry ${number}`,
  change: async (till, typed, category) => {
    await till.goTo('catalogue/categories');
    await till.page.getByTitle(`Change ${category}`, { exact: true }).click();
    await till.dialog.getByLabel('Name').fill(typed);
    await till.button('Save').click();
    await expect(till.dialogs).toHaveCount(0);
  },
  listed: (lost, kept) => toSettle.field(kept, toSettle.categoryFields.name, lost, kept),
};

const FIELDS = [price, limit, categoryName];

async function openCard(till: TillPage): Promise<void> {
  await till.goTo('customers');
  await till.page.getByRole('main').getByText(CARD.name).click();
}

/** A value that was typed, and the hash of its entry. */
type Edit = { readonly number: number; readonly hash: string };
/** Two values of a field; neither till knew the other's. */
type Pair = { readonly field: Field; readonly edits: readonly Edit[] };
/** The same when the relay has both entries: the first one counts, the later one is to be settled. */
type Settled = { readonly field: Field; readonly kept: Edit; readonly lost: Edit };

/** What both tills must have of the changes. */
export type Outcome = {
  /** Kind, detail, the entry that does not count, and the one that does. */
  readonly discrepancies: readonly string[];
  /** Field and value of every change of goods and categories that counts. */
  readonly goods: readonly (readonly [field: string, value: unknown])[];
  readonly categories: readonly (readonly [field: string, value: unknown])[];
  /** Of the card. */
  readonly credit: unknown;
  readonly persons: readonly string[];
};

export class ChangesApart {
  readonly #pairs: Pair[] = [];
  #persons: readonly string[] = [];
  /** Numbers the values, so that no two are alike. */
  #number = 0;

  /**
   * Both tills change every field. `away`, which is offline, takes an authorised person off the card, if there is one; `here`
   * adds another. `newestCode`: the newest code sent to a customer. Resolves with the acts that each till has shown as saved.
   */
  async make(
    tills: { readonly away: TillPage; readonly here: TillPage },
    category: string,
    newestCode: () => string | null,
  ): Promise<{ readonly away: readonly ShownAct[]; readonly here: readonly ShownAct[] }> {
    const [one, other] = [this.#number + 1, this.#number + 2];
    this.#number += 2;
    const [leaving] = this.#persons;
    const coming = `Person ${other}`;
    const atAway = async () => {
      const edits = await editAll(tills.away, one, category);
      const off = leaving === undefined ? [] : [await takeOff(tills.away, leaving)];
      return { edits, shown: [...shownOf(edits), ...off] };
    };
    const atHere = async () => {
      const edits = await editAll(tills.here, other, category);
      const on = await letIn(tills.here, coming, newestCode);
      return { edits, shown: [...shownOf(edits), on] };
    };
    const [away, here] = await Promise.all([atAway(), atHere()]);
    for (const [place, field] of FIELDS.entries())
      this.#pairs.push({ field, edits: [away.edits[place]!, here.edits[place]!] });
    this.#persons = [...this.#persons.filter((name) => name !== leaving), coming];
    return { away: away.shown, here: here.shown };
  }

  /** `atRelay`: all entries, oldest first. */
  outcome(atRelay: readonly Row[]): Outcome {
    const settled = this.#settled(atRelay);
    const newest = (field: Field) => settled.findLast((each) => each.field === field)?.kept.number;
    const stored = (field: Field) => {
      const number = newest(field);
      return number === undefined ? null : field.stored(number);
    };
    const [goods, categories] = [stored(price), stored(categoryName)];
    return {
      discrepancies: settled
        .map(({ field, lost, kept }) => `${field.discrepancy}: ${lost.hash}, ${kept.hash}`)
        .sort(),
      goods: goods === null ? [] : [['price', goods]],
      categories: categories === null ? [] : [['name', categories]],
      credit: stored(limit) ?? { kind: 'shop-limit' },
      persons: this.#persons.toSorted(),
    };
  }

  /** The name of the category that counts. */
  categoryIn({ categories: [change] }: Outcome): string {
    return change === undefined ? CATEGORY : String(change[1]);
  }

  /** Waits until the list *To settle* shows both values of the newest changes. */
  async expectShown(till: TillPage, atRelay: readonly Row[]): Promise<void> {
    await till.goTo('to-settle');
    for (const { field, lost, kept } of this.#settled(atRelay).slice(-FIELDS.length)) {
      const sentence = field.listed(field.typed(lost.number), field.typed(kept.number));
      await expect(till.page.getByRole('main')).toContainText(sentence);
    }
  }

  #settled(atRelay: readonly Row[]): Settled[] {
    const places = new Map(atRelay.map(({ hash }, place) => [hash, place]));
    const placeOf = ({ hash }: Edit) => places.get(hash) ?? Infinity;
    return this.#pairs.map(({ field, edits }) => {
      const [kept, lost] = edits.toSorted((a, b) => placeOf(a) - placeOf(b));
      return { field, kept: kept!, lost: lost! };
    });
  }
}

async function editAll(till: TillPage, number: number, category: string): Promise<Edit[]> {
  const edits: Edit[] = [];
  for (const { act, typed, change } of FIELDS) {
    await change(till, typed(number), category);
    edits.push({ number, hash: await newest(till.page, act) });
  }
  return edits;
}

const shownOf = (edits: readonly Edit[]): ShownAct[] =>
  edits.map(({ hash }, place) => ({ act: FIELDS[place]!.act, field: 'hash', value: hash }));

/** The hash of the till's newest entry with this act. */
async function newest(page: Page, act: string): Promise<string> {
  const { journal } = await snapshotOf(page, ['journal']);
  const entry = journal.findLast((each) => each['act'] === act);
  if (entry === undefined) throw new Error(`no ${act} in the journal`);
  return String(entry['hash']);
}

/** Adds an authorised person with a code to the customer. */
async function letIn(
  till: TillPage,
  name: string,
  newestCode: () => string | null,
): Promise<ShownAct> {
  const before = newestCode();
  await openCard(till);
  await till.button('Add an authorised person').click();
  await till.dialog.getByLabel('Name').fill(name);
  await till.dialog
    .getByLabel('Phone')
    .fill(`07400 ${name.replaceAll(/\D/g, '').padStart(6, '2')}`);
  await till.button('Ask for the code').click();
  await expect(till.codeField).toBeVisible();
  await expect.poll(newestCode).not.toBe(before);
  await till.codeField.fill(newestCode() ?? '');
  await expect(till.page.locator('[data-persons]')).toContainText(name);
  await till.page.keyboard.press('Escape');
  const act = 'authorised-person-added';
  return { act, field: 'hash', value: await newest(till.page, act) };
}

async function takeOff(till: TillPage, name: string): Promise<ShownAct> {
  await openCard(till);
  await till.button(`Take off the authorised person: ${name}`).click();
  await till.page.getByRole('alertdialog').getByRole('button', { name: 'Take off' }).click();
  await expect(till.page.locator('[data-persons]')).not.toContainText(name);
  await till.page.keyboard.press('Escape');
  const act = 'authorised-person-removed';
  return { act, field: 'hash', value: await newest(till.page, act) };
}

type Found = { kind: string; detail: string | null; entry: string; against: { hash: string }[] };
type Change = { readonly change: { readonly field: string; readonly value: unknown } };

/** What a till has on its disk. */
export async function outcomeAt(page: Page): Promise<Outcome> {
  const rows = await snapshotOf(page, [
    ...(['remoteJournal', 'remoteProducts', 'remoteCategories'] as const),
    ...(['customers', 'remoteCustomers'] as const),
  ]);
  const changes = (edited: readonly Row[]) =>
    edited
      .flatMap(({ edits }) => edits as Change[])
      .map(({ change }) => [change.field, change.value] as const);
  // the card of another till, if it is newer than the own one
  const card = [...rows.remoteCustomers, ...rows.customers].find(({ name }) => name === CARD.name);
  if (card === undefined) throw new Error(`no card of ${CARD.name}`);
  return {
    discrepancies: rows.remoteJournal
      .filter(({ effect }) => effect === 'discrepancy')
      .map(({ entry }) => (entry as { body: Found }).body)
      .filter(({ kind }) => kind.endsWith('-stale'))
      .map(({ kind, detail, entry, against }) =>
        [`${kind} ${detail}: ${entry}`, ...against.map(({ hash }) => hash)].join(', '),
      )
      .sort(),
    goods: changes(rows.remoteProducts),
    categories: changes(rows.remoteCategories),
    credit: card['credit'],
    persons: (card['persons'] as { name: string }[]).map(({ name }) => name).sort(),
  };
}
