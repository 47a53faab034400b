// The form of the messaging settings. Holds a typed secret only until it is saved.
import type {
  ProviderChannel,
  ProviderDescription,
  ProviderDraft,
  ProviderField,
  ProviderSettings,
  Texts,
} from '$lib/contract/provider';
import { textIn } from '$lib/domain/messages/code-message';
import type { Language } from '$lib/domain/values/language';

/** Fields that determine where secrets are sent: a stored secret is not sent to a changed address. */
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
  /** Threshold of the warning, in the service's currency; empty: never warn. */
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
  /** What the service can do with these settings; empty: unknown until they are saved. */
  readonly channels: readonly ProviderChannel[] = $derived.by(() => {
    const all = this.description?.channels ?? [];
    if (all.length > 0) return all.filter(({ needs }) => needs.every((key) => this.#isSet(key)));
    return this.#id === this.#saved.id && !this.addressChanged ? this.#saved.channels : [];
  });
  /** Whether the form differs from the relay's settings. */
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
  /** Adds what the relay reveals after an elevation; does not change input. */
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

  /** Texts that the shop has not changed follow the message language. */
  speak(language: Language): void {
    this.texts = {
      'sell-on-account': textIn(language, this.texts['sell-on-account']),
      'redeem-points': textIn(language, this.texts['redeem-points']),
    };
  }

  /** Starts again from the relay's settings. */
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

  /** The end of a secret stored at the relay, which stays in use; null: it must be typed. */
  heldTail(field: ProviderField): string | null {
    const held = this.#id === this.#saved.id ? this.#saved.fields[field.key] : undefined;
    if (typeof held !== 'object' || !held.set) return null;
    if (this.addressChanged || this.#replacing.includes(field.key)) return null;
    return held.tail.replace('…', '');
  }

  /** Whether a stored secret is invalid because its address has changed. */
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

  /** Whether owners are notified: if codes are redirected or no longer say what they confirm, but not on leaving the demo. */
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

/** The settings without the description of a service, which may have a key in it. */
export function hideSpec(saved: ProviderSettings): ProviderSettings {
  if (plainOf(saved, 'spec') === '') return saved;
  return { ...saved, fields: { ...saved.fields, spec: { set: true, tail: '' } } };
}

/** An amount in the service's currency, so kept as text. Null: none; undefined: not an amount. */
export function parseLowBalance(text: string): string | null | undefined {
  const bare = text.replace(/\s/g, '').replace(',', '.');
  if (bare === '') return null;
  return /^\d{1,12}(\.\d{1,6})?$/.test(bare) ? bare : undefined;
}

function plainOf(saved: ProviderSettings, key: string): string {
  const value = saved.fields[key];
  return typeof value === 'string' ? value : '';
}
