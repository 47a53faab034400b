// The input for settings of the policy that have a row in `contract/settings.ts`, and its parsing.
import type { Policy } from '$lib/contract/policy';
import {
  ALL_SETTINGS,
  type PlacedSetting,
  type SettingKey,
  type SettingsPart,
} from '$lib/contract/settings';
import { parsePercent, percentText } from '$lib/domain/receipt/discounts';
import { decimalText, money, parseMoney } from '$lib/domain/values/money';

type Options = {
  /** The decimal separator of the screen language. */
  readonly decimalMark: string;
  /** How whole sums are shown: `1000` or `1000.00`. */
  readonly wholeSums: 'short' | 'long';
};

type Fields = Readonly<Record<string, number | boolean | null>>;

export class SettingsForm {
  readonly #policy: Policy;
  readonly #rows: readonly PlacedSetting[];
  readonly texts: Record<SettingKey, string>;
  readonly switches: Record<SettingKey, boolean>;
  #wrong = $state.raw<readonly SettingKey[]>([]);

  /** The settings of these parts, as the policy has them. */
  constructor(policy: Policy, parts: readonly SettingsPart[], options: Options) {
    this.#policy = policy;
    this.#rows = ALL_SETTINGS.filter(({ part }) => parts.includes(part));
    const texts = {} as Record<SettingKey, string>;
    const switches = {} as Record<SettingKey, boolean>;
    for (const row of this.#rows) {
      const value = valueIn(policy, row);
      texts[row.key] = this.#written(row, value, options);
      switches[row.key] = value === true;
    }
    this.texts = $state(texts);
    this.switches = $state(switches);
  }

  rowsOf(part: SettingsPart): readonly PlacedSetting[] {
    return this.#rows.filter((row) => row.part === part);
  }

  /** What may be chosen, with the value in force. */
  choicesOf(row: PlacedSetting & { readonly as: 'choice' }): readonly number[] {
    const now = valueIn(this.#policy, row);
    const isNew = typeof now === 'number' && !row.from.includes(now);
    return [...row.from, ...(isNew ? [now] : [])].sort((a, b) => a - b);
  }

  /** Marks the fields that cannot be parsed; false: there is one. */
  mark(): boolean {
    this.#wrong = this.#rows.flatMap((row) => (this.#read(row) === undefined ? [row.key] : []));
    return this.#wrong.length === 0;
  }

  /** Whether the field could not be parsed when it was last marked. */
  isWrong(key: SettingKey): boolean {
    return this.#wrong.includes(key);
  }

  /** The edit to what is typed now; a field that cannot be parsed keeps the value in force. */
  edit(): (policy: Policy) => Policy {
    const values = this.#rows.map((row) => ({ ...row, value: this.#read(row) }));
    return (policy) => {
      const parts: Record<string, unknown> = { ...policy };
      for (const { part, field, value } of values)
        if (value !== undefined) parts[part] = { ...(parts[part] as Fields), [field]: value };
      return parts as Policy;
    };
  }

  #written(row: PlacedSetting, value: number | boolean | null, options: Options): string {
    if (typeof value !== 'number') return '';
    const { decimalMark, wholeSums } = options;
    if (row.as === 'share') return percentText(value).replace('.', decimalMark);
    if (row.as !== 'sum') return String(value);
    const text = decimalText(money(value), this.#policy.shop.currency);
    return (wholeSums === 'short' ? text.replace(/\.0+$/, '') : text).replace('.', decimalMark);
  }

  /** The typed value; undefined: it cannot be parsed. */
  #read({ key, as, optional, least, most }: PlacedSetting): number | boolean | null | undefined {
    if (as === 'yes-no') return this.switches[key];
    const text = this.texts[key];
    if (optional && text.trim() === '') return null;
    if (as === 'choice') return Number(text);
    if (as === 'count') return parseCount(text, [least, most]) ?? undefined;
    const value = as === 'sum' ? parseMoney(text, this.#policy.shop.currency) : parsePercent(text);
    return value !== null && value >= least && value <= most ? value : undefined;
  }
}

const valueIn = (policy: Policy, { part, field }: PlacedSetting): number | boolean | null =>
  (policy[part] as Fields)[field] ?? null;

/** A whole number within bounds; ignores spaces between digit groups. */
export function parseCount(text: string, [least, most]: readonly [number, number]): number | null {
  const bare = text.replace(/\s/g, '');
  if (!/^\d{1,9}$/.test(bare)) return null;
  const count = Number(bare);
  return count >= least && count <= most ? count : null;
}
