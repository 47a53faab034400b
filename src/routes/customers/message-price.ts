// What a number of messages will cost, by what the services charged in the last 30 days.
import type { CostRow } from '$lib/contract/provider';
import { DAY_MS } from '$lib/domain/values/durations';
import { shopClient } from '$lib/state/relay/shop-client';
import { till } from '$lib/state/till.svelte';
import { localeOf } from '$lib/ui/format';
import type { Language } from '$lib/ui/text/current.svelte';

/** The average cost of a message; null if no service stated one, or in several currencies. */
export function averageCost(
  rows: readonly CostRow[],
): { readonly cost: number; readonly currency: string } | null {
  const priced = rows.filter(
    ({ cost, messages, unpriced }) => cost !== null && messages > unpriced,
  );
  const currencies = new Set(priced.map(({ currency }) => currency));
  const [currency] = currencies;
  if (currencies.size !== 1 || !/^[A-Z]{3}$/.test(currency ?? '')) return null;
  const messages = priced.reduce((sum, row) => sum + row.messages - row.unpriced, 0);
  const cost = priced.reduce((sum, row) => sum + Number(row.cost), 0);
  // an estimate for the eye, which no balance depends on
  return { cost: cost / messages, currency: currency ?? '' };
}

/** The estimated cost in words; null if it is not known, or if the relay would ask for a PIN first. */
export async function estimatedCost(messages: number, language: Language): Promise<string | null> {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  const now = till.now();
  const reply = await shopClient.costs({
    from: day(now - 30 * DAY_MS),
    to: day(now),
    zone: 'UTC',
  });
  const average = reply.kind === 'costs' ? averageCost(reply.rows) : null;
  if (average === null) return null;
  const format = new Intl.NumberFormat(localeOf(language), {
    style: 'currency',
    currency: average.currency,
    currencyDisplay: 'narrowSymbol',
  });
  return format.format(average.cost * messages);
}
