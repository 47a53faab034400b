// The form of the rules for codes and limits: holds the input and parses it on saving.
import type { Policy } from '$lib/contract/policy';
import type { Channel, SaleAction } from '$lib/contract/values';
import { isOfNoCountry } from '$lib/domain/values/phone';
import { decimalText, money, parseMoney } from '$lib/domain/values/money';
import { SettingsForm } from '../shared/policy/settings-form.svelte';

/** The sums that are no setting of their own. */
const AMOUNTS = ['threshold:sell-on-account', 'threshold:redeem-points', 'remindersFrom'] as const;
export type AmountKey = (typeof AMOUNTS)[number];

/** `no-country`: a network of satellites or paid services, to which nothing is sent. */
export type PrefixFault = 'empty' | 'malformed' | 'no-country';
type FieldKey = AmountKey | 'prefixes';

type Read = { readonly edit: (policy: Policy) => Policy; readonly wrong: readonly FieldKey[] };

export class RulesForm {
  readonly #policy: Policy;
  readonly settings: SettingsForm;
  readonly amounts: Record<AmountKey, string>;
  /** In order of use; empty: no code is requested. */
  readonly chains: Record<SaleAction, readonly Channel[]>;
  /** Wait for delivery before the next method, ms as text. */
  readonly waits: Record<SaleAction, string>;
  phoneCountry = $state('');
  prefixes = $state('');
  /** The day of the month, as text; empty: no reminders. */
  remindersDay = $state('');
  /** Hours of the day, as text. */
  remindersFromHour = $state('');
  remindersToHour = $state('');
  #wrong = $state.raw<readonly FieldKey[]>([]);
  readonly #read: Read = $derived.by(() => this.#readNow());

  /** `decimalMark`: the decimal separator of the screen language. */
  constructor(policy: Policy, decimalMark: string) {
    this.#policy = policy;
    const { methods, notices, shop } = policy;
    this.settings = new SettingsForm(
      policy,
      [
        'challenge',
        'weakCodes',
        'credit',
        'overrideCaps',
        'corrections',
        'notices',
        'returns',
        'limits',
      ],
      { decimalMark, wholeSums: 'short' },
    );
    const written = (minor: number) =>
      decimalText(money(minor), shop.currency).replace(/\.0+$/, '').replace('.', decimalMark);
    const reminders = notices.reminders ?? usualReminders(policy);
    const amounts = $state<Record<AmountKey, string>>({
      'threshold:sell-on-account': written(methods['sell-on-account'].threshold),
      'threshold:redeem-points': written(methods['redeem-points'].threshold),
      remindersFrom: written(reminders.from),
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
    this.chains = chains;
    this.waits = waits;
    this.phoneCountry = shop.phoneCountry;
    this.prefixes = policy.allowedPrefixes.join(', ');
    this.remindersDay = notices.reminders === null ? '' : String(reminders.day);
    this.remindersFromHour = String(reminders.fromHour);
    this.remindersToHour = String(reminders.toHour);
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
    return this.settings.mark() && wrong.length === 0 ? edit : null;
  }

  /** Whether the field is not shown: it cannot be corrected then, so it keeps the value in force. */
  #isHidden(key: AmountKey): boolean {
    if (key === 'remindersFrom') return this.remindersDay === '';
    const action = key === 'threshold:redeem-points' ? 'redeem-points' : 'sell-on-account';
    return this.chains[action].length === 0;
  }

  #readNow(): Read {
    const policy = this.#policy;
    const wrong: FieldKey[] = [];
    const amounts = {} as Record<AmountKey, number | null>;
    for (const key of AMOUNTS) {
      const hidden = this.#isHidden(key);
      amounts[key] = hidden ? null : parseMoney(this.amounts[key], policy.shop.currency);
      if ((amounts[key] === null || (key === 'remindersFrom' && amounts[key] === 0)) && !hidden)
        wrong.push(key);
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
    const { phoneCountry } = this;
    const settle = this.settings.edit();
    return {
      wrong,
      edit: (current) => {
        const set = settle(current);
        const reminders =
          this.remindersDay === ''
            ? null
            : {
                day: Number(this.remindersDay),
                from: amounts.remindersFrom || usualReminders(current).from,
                fromHour: Number(this.remindersFromHour),
                toHour: Number(this.remindersToHour),
              };
        return {
          ...set,
          methods,
          allowedPrefixes:
            this.prefixFault === null ? (allowedPrefixes ?? []) : current.allowedPrefixes,
          notices: { ...set.notices, reminders },
          shop: { ...current.shop, phoneCountry },
        };
      },
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
