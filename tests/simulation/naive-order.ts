// What the cards of customers are by the relay's order, worked out independently.
// It goes entry by entry, from the first.
import type { Database } from 'better-sqlite3';
import type { Entry } from '$lib/contract/journal';

type Row = { shop_order: number; till: string; act: string; entry: string; verdict: string };
type Edit = { readonly order: number; readonly entry: Entry };
type Step = { readonly customer: string; readonly account: string; readonly delta: number };

/**
 * By customer the newest card's hash, and whose it is; `stale`: how many changes lost against another till's that their
 * author did not know.
 */
export function cardsInOrder(
  file: Database,
  customers: readonly string[],
): {
  readonly cards: ReadonlyMap<string, { readonly hash: string; readonly till: string }>;
  readonly stale: number;
  /** The cards of a customer's account, themselves among them. */
  readonly accountOf: (customer: string) => readonly string[];
  /** Customers who were forgotten: no card of theirs counts any more. */
  readonly forgotten: ReadonlySet<string>;
  /** Who was forgotten in spite of a debt in the order before, or not forgotten for a debt that is not there. */
  readonly misjudged: readonly string[];
} {
  const epochs = file.prepare('SELECT epoch, began FROM epochs ORDER BY began').all() as {
    epoch: number;
    began: number;
  }[];
  const knew = ({ seen }: Entry): number => {
    const place = epochs.findIndex(({ epoch }) => epoch === seen.epoch);
    if (place < 0) return 0;
    return Math.min(seen.order, (epochs[place + 1]?.began ?? Infinity) - 1);
  };
  const nextId = new Map<string, string>();
  const deviceOf = (till: string): string => {
    const next = nextId.get(till);
    return next === undefined ? till : deviceOf(next);
  };
  const newest = new Map<string, Edit>();
  const forgotten = new Set<string>();
  const owed = new Map<string, number>();
  let accounts: readonly (readonly string[])[] = [];
  const accountOf = (customer: string): readonly string[] =>
    accounts.find((cards) => cards.includes(customer)) ?? [customer];
  const merge = ({ body }: Entry): void => {
    const [from, into] = [body['from'], body['into']] as { customer: string }[];
    const one = [...accountOf(from?.customer ?? ''), ...accountOf(into?.customer ?? '')];
    accounts = [...accounts.filter((cards) => !cards.some((each) => one.includes(each))), one];
  };
  const isRefusedForDebt = file
    .prepare("SELECT 1 FROM flags WHERE hash = ? AND kind = 'forget-refused' AND detail = 'owes'")
    .pluck();
  const misjudged: string[] = [];
  let stale = 0;
  const move = ({ body }: Entry): void => {
    for (const { customer, account, delta } of (body['accounts'] ?? []) as Step[])
      if (account === 'debt') owed.set(customer, (owed.get(customer) ?? 0) + delta);
  };
  const forget = ({ hash, body }: Entry, verdict: string): void => {
    const customer = String(body['customer']);
    const cards = accountOf(customer);
    const owes = cards.reduce((sum, card) => sum + (owed.get(card) ?? 0), 0);
    if (verdict === 'accepted' && !forgotten.has(customer) && owes !== 0)
      misjudged.push(`${customer} is forgotten and owes ${owes}`);
    if (verdict === 'refused' && owes <= 0 && isRefusedForDebt.get(hash) !== undefined)
      misjudged.push(`${customer} is not forgotten, for a debt of ${owes}`);
    if (verdict !== 'accepted') return;
    for (const card of cards) {
      forgotten.add(card);
      newest.delete(card);
    }
  };
  const edit = (order: number, entry: Entry): void => {
    const customer = String(entry.body['customer']);
    if (entry.act !== 'customer-saved' || !customers.includes(customer)) return;
    if (forgotten.has(customer)) return;
    const before = newest.get(customer);
    const isOther = before !== undefined && deviceOf(before.entry.till) !== deviceOf(entry.till);
    if (isOther && before.order > knew(entry)) stale += 1;
    else newest.set(customer, { order, entry });
  };
  let waiting: { order: number; till: string; entry: Entry }[] = [];
  const rows = file
    .prepare('SELECT shop_order, till, act, entry, verdict FROM journal ORDER BY shop_order')
    .all() as Row[];
  for (const { shop_order: order, till, act, entry: text, verdict } of rows) {
    const entry = JSON.parse(text) as Entry;
    const original = act === 'carried-over' ? (entry.body['entry'] as Entry) : entry;
    if (act === 'till-replaced') {
      const { till: former, by } = entry.body as { till: string; by: string | null };
      if (by === null) nextId.delete(former);
      else nextId.set(former, by);
    } else if (act === 'former-journal-accepted') {
      const isOf = (each: { till: string; entry: Entry }) =>
        each.till === entry.body['till'] && each.entry.till === entry.body['former'];
      for (const each of waiting.filter(isOf)) {
        move(each.entry);
        edit(each.order, each.entry);
      }
      waiting = waiting.filter((each) => !isOf(each));
    } else if (verdict === 'waiting') waiting.push({ order, till, entry: original });
    else if (original.act === 'customer-forgotten') forget(original, verdict);
    else if (original.act === 'customers-merged') {
      if (verdict === 'accepted') merge(original);
    } else if (verdict === 'accepted') {
      move(original);
      edit(order, original);
    }
  }
  return {
    cards: new Map(
      [...newest].map(([id, { entry }]) => [
        id,
        { hash: String(entry.body['recordHash']), till: entry.till },
      ]),
    ),
    ...{ stale, accountOf, forgotten, misjudged },
  };
}
