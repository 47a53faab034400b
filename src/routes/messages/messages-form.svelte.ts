// The messaging settings as typed: which service, its fields, the texts. A secret typed lives here until it is saved, and nowhere else.
import type {
  ProviderDescription,
  ProviderDraft,
  ProviderField,
  ProviderSettings,
  Texts,
} from '$lib/contract/provider';

/** Fields that decide where secrets are sent; a held secret does not go to another address. */
const isAddress = ({ kind, key }: ProviderField) =>
  kind === 'url' || key === 'host' || key === 'spec';

export class MessagesForm {
  readonly providers: readonly ProviderDescription[];
  #saved = $state.raw<ProviderSettings>() as ProviderSettings;
  #id = $state('');
  #replacing = $state.raw<readonly string[]>([]);
  /** Text per field key. */
  values = $state<Record<string, string>>({});
  texts = $state<Texts>({ 'sell-on-account': '', 'redeem-points': '' });

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
  }));
  /** Differs from what the relay holds. */
  readonly changed: boolean = $derived.by(
    () =>
      this.#id !== this.#saved.id ||
      this.texts['sell-on-account'] !== this.#saved.texts['sell-on-account'] ||
      this.texts['redeem-points'] !== this.#saved.texts['redeem-points'] ||
      (this.description?.fields ?? []).some(
        ({ key }) => (this.values[key] ?? '').trim() !== plainOf(this.#saved, key),
      ),
  );

  constructor(providers: readonly ProviderDescription[], saved: ProviderSettings) {
    this.providers = providers;
    this.take(saved);
  }

  get saved(): ProviderSettings {
    return this.#saved;
  }
  get id(): string {
    return this.#id;
  }

  /** Begins again from what the relay holds. */
  take(saved: ProviderSettings): void {
    this.#saved = saved;
    this.texts = { ...saved.texts };
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

  /** The end of a secret the relay holds and will go on using; null: it has to be typed. */
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
}

function plainOf(saved: ProviderSettings, key: string): string {
  const value = saved.fields[key];
  return typeof value === 'string' ? value : '';
}
