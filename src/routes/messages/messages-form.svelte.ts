// The messaging settings as typed: which service, its fields, the texts. A secret typed lives here until it is saved, and nowhere else.
import type {
  ProviderChannel,
  ProviderDescription,
  ProviderDraft,
  ProviderField,
  ProviderSettings,
  Texts,
} from '$lib/contract/provider';
import { textIn } from '$lib/domain/customer-message';
import type { Language } from '$lib/domain/product';

/** Fields that decide where secrets are sent; a held secret does not go to another address. */
const isAddress = ({ kind, key }: ProviderField) =>
  kind === 'url' || key === 'host' || key === 'spec';

export class MessagesForm {
  #providers = $state.raw<readonly ProviderDescription[]>([]);
  #saved = $state.raw<ProviderSettings>() as ProviderSettings;
  #id = $state('');
  #replacing = $state.raw<readonly string[]>([]);
  /** Text per field key. */
  values = $state<Record<string, string>>({});
  texts = $state<Texts>({ 'sell-on-account': '', 'redeem-points': '' });
  /** Warn below this, in the service's own currency; empty: never. */
  lowBalance = $state('');

  readonly description: ProviderDescription | null = $derived.by(
    () => this.providers.find((each) => each.id === this.#id) ?? null,
  );
  readonly draft: ProviderDraft = $derived.by(() => ({
    id: this.#id,
    fields: Object.fromEntries(
      (this.description?.fields ?? [])
        .map(({ key }) => [key, (this.values[key] ?? '').trim()] as const)
        .filter(([, text]) => text !== ''),
    ),
    texts: { ...this.texts },
    lowBalance: parseLowBalance(this.lowBalance) ?? null,
  }));
  /** What the service can do with the settings as typed; none: that shows only once they are saved. */
  readonly channels: readonly ProviderChannel[] = $derived.by(() => {
    const all = this.description?.channels ?? [];
    if (all.length > 0) return all.filter(({ needs }) => needs.every((key) => this.#isSet(key)));
    return this.#id === this.#saved.id && !this.addressChanged ? this.#saved.channels : [];
  });
  /** Differs from what the relay holds. */
  readonly changed: boolean = $derived.by(
    () =>
      this.#id !== this.#saved.id ||
      this.texts['sell-on-account'] !== this.#saved.texts['sell-on-account'] ||
      this.texts['redeem-points'] !== this.#saved.texts['redeem-points'] ||
      this.lowBalance.trim() !== (this.#saved.lowBalance ?? '') ||
      this.#fieldsChanged,
  );

  constructor(providers: readonly ProviderDescription[], saved: ProviderSettings) {
    this.#providers = providers;
    this.take(saved);
  }

  get providers(): readonly ProviderDescription[] {
    return this.#providers;
  }
  /** The relay tells more by now, to whoever has shown his PIN; nothing typed is touched. */
  learn(providers: readonly ProviderDescription[], saved: ProviderSettings): void {
    this.#providers = providers;
    const spec = saved.id === this.#saved.id ? plainOf(saved, 'spec') : '';
    if (typeof this.#saved.fields['spec'] !== 'object' || spec === '') return;
    this.#saved = { ...this.#saved, fields: { ...this.#saved.fields, spec } };
    if (this.#id === saved.id) this.values['spec'] ||= spec;
  }

  get saved(): ProviderSettings {
    return this.#saved;
  }
  get id(): string {
    return this.#id;
  }

  /** A text the shop has not worded itself follows the language of messages. */
  speak(language: Language): void {
    this.texts = {
      'sell-on-account': textIn(language, this.texts['sell-on-account']),
      'redeem-points': textIn(language, this.texts['redeem-points']),
    };
  }

  /** Begins again from what the relay holds. */
  take(saved: ProviderSettings): void {
    this.#saved = saved;
    this.texts = { ...saved.texts };
    this.lowBalance = saved.lowBalance ?? '';
    this.choose(saved.id);
  }

  choose(id: string): void {
    this.#id = id;
    this.#replacing = [];
    const fields = this.providers.find((each) => each.id === id)?.fields ?? [];
    this.values = Object.fromEntries(
      fields.map(({ key }) => [key, id === this.#saved.id ? plainOf(this.#saved, key) : '']),
    );
  }

  /** The end of what the relay holds, does not tell and will go on using; null: it has to be typed. */
  heldTail(field: ProviderField): string | null {
    const held = this.#id === this.#saved.id ? this.#saved.fields[field.key] : undefined;
    if (typeof held !== 'object' || !held.set) return null;
    if (this.addressChanged || this.#replacing.includes(field.key)) return null;
    return held.tail.replace('…', '');
  }

  /** A secret was held, and is lost with the address it belonged to. */
  get addressChanged(): boolean {
    return (
      this.#id === this.#saved.id &&
      (this.description?.fields ?? []).some(
        (field) =>
          isAddress(field) &&
          (this.values[field.key] ?? '').trim() !== plainOf(this.#saved, field.key),
      )
    );
  }

  /** Owners are told of what leads codes another way, or hides what they confirm; what follows the demo is only better. */
  get tellsOwners(): boolean {
    if (this.#saved.demo) return false;
    if (this.#id !== this.#saved.id) return true;
    const lost = (['sell-on-account', 'redeem-points'] as const).some((action) =>
      ['{amount}', '{shop}'].some(
        (name) => this.#saved.texts[action].includes(name) && !this.texts[action].includes(name),
      ),
    );
    return lost || this.#fieldsChanged;
  }

  get #fieldsChanged(): boolean {
    return (this.description?.fields ?? []).some(
      ({ key }) => (this.values[key] ?? '').trim() !== plainOf(this.#saved, key),
    );
  }

  get lowBalanceWrong(): boolean {
    return parseLowBalance(this.lowBalance) === undefined;
  }

  isReplacing(key: string): boolean {
    return this.#replacing.includes(key);
  }
  replace(key: string): void {
    this.#replacing = [...this.#replacing, key];
  }
  keep(key: string): void {
    this.#replacing = this.#replacing.filter((each) => each !== key);
    this.values[key] = '';
  }

  #isSet(key: string): boolean {
    if ((this.values[key] ?? '').trim() !== '') return true;
    const field = this.description?.fields.find((each) => each.key === key);
    return field !== undefined && this.heldTail(field) !== null;
  }
}

/** The settings without the text of a described service: a key may be written into it. */
export function hideSpec(saved: ProviderSettings): ProviderSettings {
  if (plainOf(saved, 'spec') === '') return saved;
  return { ...saved, fields: { ...saved.fields, spec: { set: true, tail: '' } } };
}

/** A sum of the service's, kept as text: its currency is not the shop's. Null: none; undefined: not a sum. */
export function parseLowBalance(text: string): string | null | undefined {
  const bare = text.replace(/\s/g, '').replace(',', '.');
  if (bare === '') return null;
  return /^\d{1,12}(\.\d{1,6})?$/.test(bare) ? bare : undefined;
}

function plainOf(saved: ProviderSettings, key: string): string {
  const value = saved.fields[key];
  return typeof value === 'string' ? value : '';
}
