// The rules of consent as typed: method and threshold per act, lifetimes, limits and caps. Read into values only on saving.
import type { Policy } from '$lib/contract/policy';
import type { Channel, SaleAction } from '$lib/contract/values';
import { decimalText, money, parseMoney } from '$lib/domain/money';

export const AMOUNTS = [
  'threshold:sell-on-account',
  'threshold:redeem-points',
  'debtLimit',
  'newNumberCap',
  'perAct',
  'perCustomer',
  'perTill',
] as const;
export type AmountKey = (typeof AMOUNTS)[number];

const THRESHOLD_OF: Partial<Record<AmountKey, SaleAction>> = {
  'threshold:sell-on-account': 'sell-on-account',
  'threshold:redeem-points': 'redeem-points',
};

export type Method = Channel | 'none';

export class ContactsForm {
  readonly #policy: Policy;
  readonly amounts: Record<AmountKey, string>;
  readonly methods: Record<SaleAction, Method>;
  lifetime = $state('');
  phoneCountry = $state('');
  contact = $state('');
  #wrong = $state.raw<readonly AmountKey[]>([]);

  /** `decimalMark`: how the language on screen writes a fraction. */
  constructor(policy: Policy, decimalMark: string) {
    this.#policy = policy;
    const { currency } = policy.shop;
    const written = (minor: number) =>
      decimalText(money(minor), currency).replace(/\.0+$/, '').replace('.', decimalMark);
    const amounts = $state<Record<AmountKey, string>>({
      'threshold:sell-on-account': written(policy.methods['sell-on-account'].threshold),
      'threshold:redeem-points': written(policy.methods['redeem-points'].threshold),
      debtLimit: written(policy.credit.debtLimit),
      newNumberCap: written(policy.credit.newNumberCap),
      perAct: written(policy.overrideCaps.perAct),
      perCustomer: written(policy.overrideCaps.perCustomer),
      perTill: written(policy.overrideCaps.perTill),
    });
    const methods = $state<Record<SaleAction, Method>>({
      'sell-on-account': policy.methods['sell-on-account'].chain[0] ?? 'none',
      'redeem-points': policy.methods['redeem-points'].chain[0] ?? 'none',
    });
    this.amounts = amounts;
    this.methods = methods;
    this.lifetime = String(policy.challenge.lifetimeMs);
    this.phoneCountry = policy.shop.phoneCountry;
    this.contact = policy.shop.contact;
  }

  /** Amounts that could not be read at the last try. */
  isWrong(key: AmountKey): boolean {
    return this.#wrong.includes(key);
  }

  /** What to make of the policy; null: a field is not an amount, and says so. */
  read(): ((policy: Policy) => Policy) | null {
    const { currency } = this.#policy.shop;
    const found = {} as Record<AmountKey, number>;
    const wrong: AmountKey[] = [];
    for (const key of AMOUNTS) {
      // a field that is not on screen cannot be put right: what was in force stays
      const action = THRESHOLD_OF[key];
      const amount =
        action !== undefined && this.methods[action] === 'none'
          ? this.#policy.methods[action].threshold
          : parseMoney(this.amounts[key], currency);
      if (amount === null) wrong.push(key);
      else found[key] = amount;
    }
    this.#wrong = wrong;
    if (wrong.length > 0) return null;
    const { lifetime, phoneCountry, contact } = this;
    const methods = { ...this.methods };
    return (policy) => ({
      ...policy,
      methods: {
        'sell-on-account': {
          chain: chainOf(policy, 'sell-on-account', methods['sell-on-account']),
          threshold: found['threshold:sell-on-account'],
          nextAfterMs: policy.methods['sell-on-account'].nextAfterMs,
        },
        'redeem-points': {
          chain: chainOf(policy, 'redeem-points', methods['redeem-points']),
          threshold: found['threshold:redeem-points'],
          nextAfterMs: policy.methods['redeem-points'].nextAfterMs,
        },
      },
      challenge: { ...policy.challenge, lifetimeMs: Number(lifetime) },
      credit: { debtLimit: found.debtLimit, newNumberCap: found.newNumberCap },
      overrideCaps: {
        perAct: found.perAct,
        perCustomer: found.perCustomer,
        perTill: found.perTill,
      },
      shop: { ...policy.shop, phoneCountry, contact: contact.trim() },
    });
  }
}

/** A chain already begun with this channel keeps what follows it. */
function chainOf(policy: Policy, action: SaleAction, method: Method): Channel[] {
  if (method === 'none') return [];
  const { chain } = policy.methods[action];
  return chain[0] === method ? chain : [method];
}
