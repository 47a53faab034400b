// Automatic discounts: which rules apply to a receipt, and how much each takes off its lines.
import type { DiscountRule } from '$lib/contract/discount-rule';
import type { Policy } from '$lib/contract/policy';
import { DAY_MS, MONTH_MS } from '$lib/domain/values/durations';
import { goodsPrice, takesDiscounts, type RuleOffer } from './discounts';
import { invariant } from '$lib/domain/values/invariant';
import { money, share, smallest, spread, sum, ZERO, type Money } from '$lib/domain/values/money';
import type { Line, Receipt, SettledRules } from './receipt';

/** How long a receipt keeps the automatic discounts of the beginning of its payment, ms; after that they are computed again. */
export const RULES_HOLD_MS = 3_600_000;

/** A day of the calendar, without its year. */
export type DayOfYear = { readonly month: number; readonly day: number };

/**
 * Facts about a customer that rules depend on. `birthdaySince`: when the birthday was entered, ms; `purchases`: so far, minor
 * units.
 */
export type CustomerFacts = {
  readonly group: string | null;
  readonly birthday: DayOfYear | null;
  readonly birthdaySince: number | null;
  readonly purchases: number;
};

type Rules = Pick<Policy, 'discountRules' | 'shop'>;

/**
 * Computes the automatic discounts of the receipt at `at` (ms) and puts them on its lines. `facts`: of its customer; null: no
 * customer.
 */
export function settleRules(
  receipt: Receipt,
  policy: Rules,
  at: number,
  facts: CustomerFacts | null,
): Receipt {
  const ofCustomer = policy.discountRules
    .filter((rule) => isOfCustomer(rule) && holdsFor(rule, facts, at, policy.shop.timeZone))
    .map(({ id }) => id);
  return applyRules(receipt, policy, { at, ofCustomer });
}

/**
 * The same for a given time and given rules that hold for the customer (`settled`). Their conditions on the customer are not
 * checked again.
 */
export function applyRules(receipt: Receipt, policy: Rules, settled: SettledRules): Receipt {
  const { discountRules, shop } = policy;
  if (discountRules.length === 0)
    return withOffers(
      receipt,
      receipt.lines.map(() => []),
      null,
    );
  const offers = receipt.lines.map((): RuleOffer[] => []);
  for (const rule of discountRules) {
    if (!rule.active || !isTimely(rule, settled.at, shop.timeZone)) continue;
    if (isOfCustomer(rule) && !settled.ofCustomer.includes(rule.id)) continue;
    const { id, name, adds, amount } = rule;
    const basisPoints = amount.kind === 'percent' ? amount.basisPoints : null;
    for (const [place, off] of takenOff(rule, receipt.lines).entries())
      if (off > 0) offers[place]?.push({ rule: id, name, basisPoints, amount: off, adds });
  }
  const ofCustomer = discountRules
    .filter((rule) => isOfCustomer(rule) && settled.ofCustomer.includes(rule.id))
    .map(({ id }) => id);
  return withOffers(receipt, offers.map(bestOfEach), { at: settled.at, ofCustomer });
}

/**
 * Whether a receipt has the automatic discounts of the policy, computed not too long before `at`, ms. A time after `at` is
 * allowed as well, because the clock may have been corrected in between.
 */
export function areRulesSettled(receipt: Receipt, policy: Rules, at: number): boolean {
  const { rules } = receipt;
  if (rules === null) return policy.discountRules.length === 0;
  const age = at - rules.at;
  return Math.abs(age) <= RULES_HOLD_MS && sameOffers(receipt, applyRules(receipt, policy, rules));
}

/** Whether every rule that held for the customer when the discounts were computed also holds by these facts. */
export const holdForCustomer = (
  { rules }: Receipt,
  { discountRules, shop }: Rules,
  facts: CustomerFacts | null,
): boolean =>
  rules === null ||
  discountRules.every(
    (rule) => !rules.ofCustomer.includes(rule.id) || holdsFor(rule, facts, rules.at, shop.timeZone),
  );

/** Whether the rules take the same off the lines of both receipts. */
export const sameOffers = (one: Receipt, other: Receipt): boolean =>
  one.lines.every((line, place) => {
    const others = other.lines[place]?.offers ?? [];
    return (
      line.offers.length === others.length &&
      line.offers.every((offer, at) => {
        const { rule, name, basisPoints, amount, adds } = others[at] ?? offer;
        const isSame = offer.rule === rule && offer.name === name && offer.adds === adds;
        return isSame && offer.amount === amount && offer.basisPoints === basisPoints;
      })
    );
  });

/** A line without a change stays the same object, because the screen marks the line that changed last. */
function withOffers(
  receipt: Receipt,
  offers: readonly (readonly RuleOffer[])[],
  rules: SettledRules | null,
): Receipt {
  const lines = receipt.lines.map((line, place) => {
    const next = offers[place] ?? [];
    return next.length === 0 && line.offers.length === 0 ? line : { ...line, offers: next };
  });
  return { ...receipt, lines, rules };
}

/** Keeps the best offer that adds and the best that does not, since no other can win; of equal ones the earlier. */
function bestOfEach(offers: readonly RuleOffer[]): readonly RuleOffer[] {
  const best = (adds: boolean) =>
    offers
      .filter((offer) => offer.adds === adds)
      .reduce<RuleOffer | null>(
        (most, offer) => (most === null || offer.amount > most.amount ? offer : most),
        null,
      );
  const kept = [best(true), best(false)];
  return offers.filter((offer) => kept.includes(offer));
}

/** What the rule alone takes off each line, never more than the line's price. */
function takenOff(rule: DiscountRule, lines: readonly Line[]): Money[] {
  const { amount } = rule;
  const prices = pricesInScope(rule, lines);
  switch (amount.kind) {
    case 'percent':
      return prices.map((price) => share(price, amount.basisPoints));
    case 'per-unit':
      return prices.map((price, place) => {
        const line = lines[place];
        return line === undefined
          ? ZERO
          : smallest(price, goodsPrice(money(amount.sum), line.quantity));
      });
    case 'once':
      return spread(smallest(money(amount.sum), sum(prices)), prices);
  }
}

/** Prices before discounts of the lines in the rule's scope; zero for the others. */
function pricesInScope(rule: DiscountRule, lines: readonly Line[]): Money[] {
  const { condition, scope } = rule;
  const prices = lines.map(({ unitPrice, quantity }) => goodsPrice(unitPrice, quantity));
  if (condition.kind === 'total' && sum(prices) < condition.from) return lines.map(() => ZERO);
  const named = new Set(scope.kind === 'everything' ? [] : scope.ids);
  const isInScope = (line: Line): boolean => {
    const { product, category, priceFrom } = line;
    if (!takesDiscounts(line) || priceFrom === 'free' || product === null) return false;
    if (scope.kind === 'everything') return true;
    return scope.kind === 'products'
      ? named.has(product)
      : category !== null && named.has(category);
  };
  const bought = new Map<string | null, number>();
  for (const line of lines)
    if (isInScope(line)) bought.set(line.product, (bought.get(line.product) ?? 0) + line.quantity);
  const enough = condition.kind === 'quantity' ? condition.from : 0;
  return lines.map((line, place) =>
    isInScope(line) && (bought.get(line.product) ?? 0) >= enough ? (prices[place] ?? ZERO) : ZERO,
  );
}

const isOfCustomer = ({ condition: { kind } }: DiscountRule): boolean =>
  kind === 'purchases' || kind === 'birthday' || kind === 'group';

/** Whether the rule's condition on the customer holds; true for a rule without one. */
function holdsFor(
  { condition }: DiscountRule,
  facts: CustomerFacts | null,
  at: number,
  timeZone: string,
): boolean {
  switch (condition.kind) {
    case 'purchases':
      return facts !== null && facts.purchases >= condition.from;
    case 'group':
      return facts !== null && facts.group === condition.group;
    case 'birthday': {
      if (facts === null || facts.birthday === null || facts.birthdaySince === null) return false;
      if (at - facts.birthdaySince < MONTH_MS) return false;
      const { day } = clockIn(at, timeZone);
      return isNearBirthday(day, facts.birthday, condition);
    }
    default:
      return true;
  }
}

/** Whether the day (its number since the epoch) is within this many days of a birthday, also across New Year. */
function isNearBirthday(
  day: number,
  { month, day: ofMonth }: DayOfYear,
  { before, after }: { readonly before: number; readonly after: number },
): boolean {
  const year = new Date(day * DAY_MS).getUTCFullYear();
  return [year - 1, year, year + 1].some((each) => {
    // 29 February counts as the 28th in other years
    const last = new Date(Date.UTC(each, month, 0)).getUTCDate();
    const birthday = Date.UTC(each, month - 1, Math.min(ofMonth, last)) / DAY_MS;
    return birthday - before <= day && day <= birthday + after;
  });
}

/** Whether dates, weekdays, hours and days of the month allow the rule at `at`, ms. */
function isTimely(
  { from, until, hours, weekdays, condition }: DiscountRule,
  at: number,
  timeZone: string,
): boolean {
  const clock = clockIn(at, timeZone);
  if (hours !== null && !isWithin(hours, clock.minute)) return false;
  const isAfterMidnight = hours !== null && hours.from > hours.until && clock.minute < hours.until;
  const date = new Date((isAfterMidnight ? clock.day - 1 : clock.day) * DAY_MS);
  const iso = date.toISOString().slice(0, 10);
  if ((from !== null && iso < from) || (until !== null && iso > until)) return false;
  // Sunday is 0 for JavaScript
  if (!weekdays.includes(date.getUTCDay() === 0 ? 7 : date.getUTCDay())) return false;
  return condition.kind !== 'month-days' || condition.days.includes(date.getUTCDate());
}

const isWithin = (
  { from, until }: { readonly from: number; readonly until: number },
  minute: number,
): boolean => (from < until ? from <= minute && minute < until : from <= minute || minute < until);

const formats = new Map<string, Intl.DateTimeFormat>();

/** The day (its number since the epoch) and the minute of the day in the time zone. */
function clockIn(at: number, timeZone: string): { readonly day: number; readonly minute: number } {
  let format = formats.get(timeZone);
  if (format === undefined) {
    // creating a format costs far more than using it
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      dateStyle: 'short',
      timeStyle: 'short',
    });
    formats.set(timeZone, format);
  }
  const [, date, hour, minute] = /^(\S+) (\d+):(\d+)$/.exec(format.format(at)) ?? [];
  invariant(date !== undefined, 'a Swedish date is written in numbers');
  return { day: Date.parse(date) / DAY_MS, minute: Number(hour) * 60 + Number(minute) };
}
