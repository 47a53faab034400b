// The form of the rules for codes and limits: holds the input and parses it on saving.
import type { Policy } from '$lib/contract/policy';
import type { Channel, SaleAction } from '$lib/contract/values';
import { isOfNoCountry } from '$lib/domain/values/phone';
import { decimalText, money, parseMoney } from '$lib/domain/values/money';

export const AMOUNTS = [
  'threshold:sell-on-account',
  'threshold:redeem-points',
  'debtLimit',
  'newNumberCap',
  'perAct',
  'perCustomer',
  'perTill',
  'weakPerAct',
  'weakPerNumber',
  'weakPerShop',
  'largeFrom',
  'corrections',
  'returnCashFrom',
  'returnPerDay',
  'returnCodeFrom',
  'remindersFrom',
] as const;
export type AmountKey = (typeof AMOUNTS)[number];

/** Minimum and maximum that the contract allows. */
export const COUNTS = {
  perPhoneHour: [1, 1000],
  perPhoneDay: [1, 1000],
  perTillHour: [1, 100_000],
  perShopDay: [1, 1_000_000],
} as const satisfies Record<keyof Policy['limits'], readonly [number, number]>;
export type CountKey = keyof typeof COUNTS;
const COUNT_KEYS = Object.keys(COUNTS) as CountKey[];

/** `no-country`: a network of satellites or paid services, to which nothing is sent. */
export type PrefixFault = 'empty' | 'malformed' | 'no-country';
type FieldKey = AmountKey | CountKey | 'prefixes';

const THRESHOLD_OF: Partial<Record<AmountKey, SaleAction>> = {
  'threshold:sell-on-account': 'sell-on-account',
  'threshold:redeem-points': 'redeem-points',
};

type Read = { readonly edit: (policy: Policy) => Policy; readonly wrong: readonly FieldKey[] };

export class RulesForm {
  readonly #policy: Policy;
  readonly amounts: Record<AmountKey, string>;
  readonly counts: Record<CountKey, string>;
  /** In order of use; empty: no code is requested. */
  readonly chains: Record<SaleAction, readonly Channel[]>;
  /** Wait for delivery before the next method, ms as text. */
  readonly waits: Record<SaleAction, string>;
  lifetime = $state('');
  checks = $state('');
  sends = $state('');
  phoneCountry = $state('');
  prefixes = $state('');
  tellsRepayments = $state(true);
  tellsCorrections = $state(true);
  tellsReturns = $state(true);
  /** The day of the month, as text; empty: no reminders. */
  remindersDay = $state('');
  /** Hours of the day, as text. */
  remindersFromHour = $state('');
  remindersToHour = $state('');
  /** Days as text; empty: no date. */
  dueDays = $state('');
  #wrong = $state.raw<readonly FieldKey[]>([]);
  readonly #read: Read = $derived.by(() => this.#readNow());

  /** `decimalMark`: the decimal separator of the screen language. */
  constructor(policy: Policy, decimalMark: string) {
    this.#policy = policy;
    const { methods, credit, overrideCaps, weakCodes, limits, notices, challenge, shop } = policy;
    const written = (minor: number) =>
      decimalText(money(minor), shop.currency).replace(/\.0+$/, '').replace('.', decimalMark);
    const reminders = notices.reminders ?? usualReminders(policy);
    const amounts = $state<Record<AmountKey, string>>({
      'threshold:sell-on-account': written(methods['sell-on-account'].threshold),
      'threshold:redeem-points': written(methods['redeem-points'].threshold),
      debtLimit: written(credit.debtLimit),
      newNumberCap: written(credit.newNumberCap),
      perAct: written(overrideCaps.perAct),
      perCustomer: written(overrideCaps.perCustomer),
      perTill: written(overrideCaps.perTill),
      weakPerAct: written(weakCodes.perAct),
      weakPerNumber: written(weakCodes.perNumber),
      weakPerShop: written(weakCodes.perShop),
      largeFrom: written(notices.largeFrom),
      corrections: written(policy.corrections.perDay),
      returnCashFrom: written(policy.returns.cashFrom),
      returnPerDay: written(policy.returns.perDay),
      returnCodeFrom: policy.returns.codeFrom === null ? '' : written(policy.returns.codeFrom),
      remindersFrom: written(reminders.from),
    });
    const counts = $state<Record<CountKey, string>>({
      perPhoneHour: String(limits.perPhoneHour),
      perPhoneDay: String(limits.perPhoneDay),
      perTillHour: String(limits.perTillHour),
      perShopDay: String(limits.perShopDay),
    });
    const chains = $state<Record<SaleAction, readonly Channel[]>>({
      'sell-on-account': methods['sell-on-account'].chain,
      'redeem-points': methods['redeem-points'].chain,
    });
    const waits = $state<Record<SaleAction, string>>({
      'sell-on-account': String(methods['sell-on-account'].nextAfterMs),
      'redeem-points': String(methods['redeem-points'].nextAfterMs),
    });
    this.amounts = amounts;
    this.counts = counts;
    this.chains = chains;
    this.waits = waits;
    this.lifetime = String(challenge.lifetimeMs);
    this.checks = String(challenge.checks);
    this.sends = String(challenge.sends);
    this.phoneCountry = shop.phoneCountry;
    this.prefixes = policy.allowedPrefixes.join(', ');
    this.tellsRepayments = notices.repayments;
    this.tellsCorrections = notices.corrections;
    this.tellsReturns = notices.returns;
    this.remindersDay = notices.reminders === null ? '' : String(reminders.day);
    this.remindersFromHour = String(reminders.fromHour);
    this.remindersToHour = String(reminders.toHour);
    this.dueDays = credit.dueDays === null ? '' : String(credit.dueDays);
  }

  /** What is wrong with the typed prefixes. */
  get prefixFault(): PrefixFault | null {
    const prefixes = parsePrefixes(this.prefixes);
    if (prefixes === null) return 'malformed';
    if (prefixes.some(isOfNoCountry)) return 'no-country';
    return prefixes.length === 0 && this.#policy.allowedPrefixes.length > 0 ? 'empty' : null;
  }

  /** Fields that could not be parsed at the last save. */
  isWrong(key: FieldKey): boolean {
    return this.#wrong.includes(key);
  }

  /** The policy with these values; a field that cannot be parsed keeps the value in force. */
  get preview(): Policy {
    return this.#read.edit(this.#policy);
  }

  /** The edit of the policy; null: a field cannot be parsed and is marked. */
  read(): ((policy: Policy) => Policy) | null {
    const { edit, wrong } = this.#read;
    this.#wrong = wrong;
    return wrong.length > 0 ? null : edit;
  }

  /** Whether a sum does not apply, or is empty, which means "never". */
  #isOff(key: AmountKey): boolean {
    if (key === 'remindersFrom') return this.remindersDay === '';
    return key === 'returnCodeFrom' && this.amounts[key].trim() === '';
  }

  #readNow(): Read {
    const policy = this.#policy;
    const wrong: FieldKey[] = [];
    const amounts = {} as Record<AmountKey, number | null>;
    for (const key of AMOUNTS) {
      // a hidden field cannot be corrected, so it keeps the value in force
      const action = THRESHOLD_OF[key];
      const hidden = (action !== undefined && this.chains[action].length === 0) || this.#isOff(key);
      amounts[key] = hidden ? null : parseMoney(this.amounts[key], policy.shop.currency);
      if ((amounts[key] === null || (key === 'remindersFrom' && amounts[key] === 0)) && !hidden)
        wrong.push(key);
    }
    const limits = { ...policy.limits };
    for (const key of COUNT_KEYS) {
      const count = parseCount(this.counts[key], COUNTS[key]);
      if (count === null) wrong.push(key);
      else limits[key] = count;
    }
    const allowedPrefixes = parsePrefixes(this.prefixes);
    if (this.prefixFault !== null) wrong.push('prefixes');
    const method = (action: SaleAction) => ({
      chain: [...this.chains[action]],
      threshold: amounts[`threshold:${action}`] ?? policy.methods[action].threshold,
      nextAfterMs: Number(this.waits[action]),
    });
    const methods = {
      'sell-on-account': method('sell-on-account'),
      'redeem-points': method('redeem-points'),
    };
    const challenge = {
      lifetimeMs: Number(this.lifetime),
      checks: Number(this.checks),
      sends: Number(this.sends),
    };
    const { phoneCountry } = this;
    return {
      wrong,
      edit: (current) => ({
        ...current,
        methods,
        challenge,
        limits,
        allowedPrefixes:
          this.prefixFault === null ? (allowedPrefixes ?? []) : current.allowedPrefixes,
        credit: {
          debtLimit: amounts.debtLimit ?? current.credit.debtLimit,
          newNumberCap: amounts.newNumberCap ?? current.credit.newNumberCap,
          dueDays: this.dueDays === '' ? null : Number(this.dueDays),
        },
        overrideCaps: {
          perAct: amounts.perAct ?? current.overrideCaps.perAct,
          perCustomer: amounts.perCustomer ?? current.overrideCaps.perCustomer,
          perTill: amounts.perTill ?? current.overrideCaps.perTill,
        },
        weakCodes: {
          perAct: amounts.weakPerAct ?? current.weakCodes.perAct,
          perNumber: amounts.weakPerNumber ?? current.weakCodes.perNumber,
          perShop: amounts.weakPerShop ?? current.weakCodes.perShop,
        },
        notices: {
          largeFrom: amounts.largeFrom ?? current.notices.largeFrom,
          repayments: this.tellsRepayments,
          corrections: this.tellsCorrections,
          returns: this.tellsReturns,
          reminders:
            this.remindersDay === ''
              ? null
              : {
                  day: Number(this.remindersDay),
                  from: amounts.remindersFrom || usualReminders(current).from,
                  fromHour: Number(this.remindersFromHour),
                  toHour: Number(this.remindersToHour),
                },
        },
        returns: {
          cashFrom: amounts.returnCashFrom ?? current.returns.cashFrom,
          perDay: amounts.returnPerDay ?? current.returns.perDay,
          codeFrom: this.#isOff('returnCodeFrom')
            ? null
            : (amounts.returnCodeFrom ?? current.returns.codeFrom),
        },
        corrections: { perDay: amounts.corrections ?? current.corrections.perDay },
        shop: { ...current.shop, phoneCountry },
      }),
    };
  }
}

/** The values that the form proposes if the shop sends no reminders. */
const usualReminders = ({ notices }: Policy): NonNullable<Policy['notices']['reminders']> => ({
  day: 1,
  from: Math.max(1, notices.largeFrom),
  fromHour: 10,
  toHour: 19,
});

/** A whole number within bounds; ignores spaces between digit groups. */
export function parseCount(text: string, [least, most]: readonly [number, number]): number | null {
  const bare = text.replace(/\s/g, '');
  if (!/^\d{1,9}$/.test(bare)) return null;
  const count = Number(bare);
  return count >= least && count <= most ? count : null;
}

/** `+7 9, +375` as stored in the policy; null if one of them cannot begin a phone number. */
export function parsePrefixes(text: string): string[] | null {
  const prefixes = text
    .split(/[,;\n]/)
    .map((each) => each.replace(/[\s()-]/g, ''))
    .filter(Boolean);
  if (prefixes.length > 200 || !prefixes.every((each) => /^\+[1-9]\d{0,9}$/.test(each)))
    return null;
  return prefixes.filter((each, index) => prefixes.indexOf(each) === index);
}
