// The import of one price list: preview, parsing, confirmation, one act.
// Nothing is stored before the operator confirms.
import type { Column, Mapping } from '$lib/domain/goods/price-list';
import { openPriceList, type PriceListImport } from '$lib/search/import-client';
import {
  isMappingComplete,
  remapped,
  REQUIRED_COLUMNS,
  type Preview,
  type PreviewChoice,
  type PreviewRefusal,
  type Progress,
  type Reading,
} from '$lib/search/price-list-file';
import type { Till } from '$lib/state/till.svelte';
import type { CatalogueOutcome } from '$lib/storage/goods/catalogue';
import { storageErrorKind, type StorageErrorKind } from '$lib/storage/storage-error';

export type Read = Extract<Reading, { kind: 'read' }>;

export type Stage =
  | { readonly kind: 'choosing' }
  | { readonly kind: 'looking' }
  | { readonly kind: 'preview'; readonly preview: Preview }
  | { readonly kind: 'reading'; readonly preview: Preview; readonly progress: Progress | null }
  | { readonly kind: 'read'; readonly preview: Preview; readonly read: Read }
  | { readonly kind: 'storing'; readonly preview: Preview; readonly read: Read }
  | { readonly kind: 'stored'; readonly read: Read };

/** Why there is no next step; shown once, in the stage that it returned to. */
export type Trouble =
  | { readonly kind: 'refused'; readonly because: PreviewRefusal['because'] }
  | { readonly kind: 'failed' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'not-saved'; readonly because: StorageErrorKind }
  | {
      readonly kind: 'not-allowed';
      readonly because: Extract<CatalogueOutcome, { kind: 'refused' }>['because'];
    };

type Choice = Omit<PreviewChoice, 'currency'>;
const DETECT: Choice = { encoding: null, separator: null, header: null };

export class PriceListReading {
  readonly #till: Till;
  #file: File | null = null;
  #work: PriceListImport | null = null;
  #stage = $state.raw<Stage>({ kind: 'choosing' });
  #trouble = $state.raw<Trouble | null>(null);
  #choice = $state.raw<Choice>(DETECT);
  #mapping = $state.raw<Mapping | null>(null);

  constructor(till: Till) {
    this.#till = till;
  }

  get stage(): Stage {
    return this.#stage;
  }
  get trouble(): Trouble | null {
    return this.#trouble;
  }
  get fileName(): string {
    return this.#file?.name ?? '';
  }
  get mapping(): Mapping | null {
    return this.#mapping;
  }
  get complete(): boolean {
    return this.#mapping !== null && isMappingComplete(this.#mapping);
  }
  /** Required columns that are not assigned yet. */
  get missing(): readonly Column[] {
    const mapping = this.#mapping;
    return mapping === null ? [] : REQUIRED_COLUMNS.filter((column) => mapping[column] === null);
  }

  /** Previews a newly chosen file. */
  async choose(file: File): Promise<void> {
    this.#end();
    this.#file = file;
    this.#work = openPriceList(file);
    this.#choice = DETECT;
    this.#stage = { kind: 'looking' };
    await this.#look();
  }

  /** Previews the file again with other parsing options. */
  async reinterpret(change: Partial<Choice>): Promise<void> {
    this.#choice = { ...this.#choice, ...change };
    await this.#look();
  }

  async #look(): Promise<void> {
    const currency = this.#till.policy.current?.shop.currency;
    const work = this.#work;
    if (!currency || !work) return;
    this.#trouble = null;
    const looked = await work.preview({ ...this.#choice, currency });
    if (work !== this.#work) return;
    switch (looked.kind) {
      case 'preview':
        this.#mapping = looked.mapping;
        this.#stage = { kind: 'preview', preview: looked };
        return;
      case 'cancelled':
        // a newer preview is in progress
        return;
      case 'refused':
        this.#giveUp({ kind: 'refused', because: looked.because });
        return;
      case 'failed':
        this.#giveUp({ kind: 'failed' });
    }
  }

  /** Assigns a meaning to the column at `place`; null: the column is ignored. */
  mean(place: number, column: Column | null): void {
    const mapping = this.#mapping;
    if (mapping === null) return;
    if (column !== null) {
      this.#mapping = remapped(mapping, column, place);
      return;
    }
    const held = (Object.keys(mapping) as Column[]).find((each) => mapping[each] === place);
    if (held !== undefined) this.#mapping = { ...mapping, [held]: null };
  }

  /** Parses the whole file by the assigned columns. */
  async read(): Promise<void> {
    const { preview } = this.#preview();
    const work = this.#work;
    const mapping = this.#mapping;
    if (!preview || !work || !mapping) return;
    this.#trouble = null;
    this.#stage = { kind: 'reading', preview, progress: null };
    const { catalogue } = this.#till;
    const packed = await catalogue.packed();
    if (work !== this.#work) return;
    const current = packed === null ? null : { packed, categories: catalogue.categoryNames };
    const result = await work.read(preview, mapping, current, (progress) => {
      if (this.#stage.kind === 'reading') this.#stage = { kind: 'reading', preview, progress };
    });
    if (work !== this.#work) return;
    switch (result.kind) {
      case 'read':
        this.#stage = { kind: 'read', preview, read: result };
        return;
      case 'columns-missing':
        // the screen names the missing columns
        this.#stage = { kind: 'preview', preview };
        return;
      case 'cancelled':
        return;
      case 'failed':
        this.#giveUp({ kind: 'failed' });
    }
  }

  /** Stops the parsing; the file stays chosen. */
  cancel(): void {
    const { preview } = this.#preview();
    const file = this.#file;
    this.#end();
    if (!preview || !file) return;
    // the worker was terminated with its work: start another one
    this.#file = file;
    this.#work = openPriceList(file);
    this.#stage = { kind: 'preview', preview };
    this.#trouble = { kind: 'cancelled' };
  }

  backToColumns(): void {
    const { preview } = this.#preview();
    if (preview) this.#stage = { kind: 'preview', preview };
    this.#trouble = null;
  }

  /** Stores the changes that the list contains. */
  async store(): Promise<void> {
    const stage = this.#stage;
    const operator = this.#till.signIn.operator;
    if (stage.kind !== 'read' || !operator) return;
    const { preview, read } = stage;
    this.#trouble = null;
    this.#stage = { kind: 'storing', preview, read };
    try {
      const attempt = {
        source: 'file',
        file: nameForJournal(this.fileName),
        refused: read.refusedRows,
        changes: read.changes,
        operator: operator.id,
        at: this.#till.now(),
      } as const;
      const { catalogue, uploader } = this.#till;
      const outcome = await uploader.pausedDuring(() => catalogue.change(attempt));
      if (outcome.kind === 'saved') {
        this.#end();
        this.#stage = { kind: 'stored', read };
        return;
      }
      this.#trouble = { kind: 'not-allowed', because: outcome.because };
    } catch (error) {
      this.#trouble = { kind: 'not-saved', because: storageErrorKind(error) };
    }
    this.#stage = { kind: 'read', preview, read };
  }

  /** Discards the file without storing anything. */
  forget(): void {
    this.#end();
    this.#trouble = null;
    this.#stage = { kind: 'choosing' };
  }

  #giveUp(trouble: Trouble): void {
    this.#end();
    this.#trouble = trouble;
    this.#stage = { kind: 'choosing' };
  }

  #preview(): { preview: Preview | null } {
    return { preview: 'preview' in this.#stage ? this.#stage.preview : null };
  }

  #end(): void {
    this.#work?.cancel();
    this.#work = null;
    this.#file = null;
  }
}

/** Removes lone surrogates, which have no canonical form, and cuts to the journal's maximum length. */
function nameForJournal(name: string): string {
  return name.slice(0, 300).replace(/\p{Surrogate}/gu, '');
}
