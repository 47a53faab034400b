// The goods of a sale that are chosen for a return.
import type { ActDeps } from '$lib/state/act-in-hand.svelte';
import type { BodyOf, EntryOf } from '$lib/contract/journal';
import type { ShownForReturn } from '$lib/contract/acts/return';
import type { LineOfSale } from '$lib/contract/acts/sale';
import {
  consentOf,
  decideReturn,
  givenBy,
  soldIn,
  type ReturnedGoods,
} from '$lib/domain/acts/money/return';
import type { MovedAction } from '$lib/domain/consent/confirmation';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { codeHash, type ReceiptCode } from '$lib/domain/values/receipt-number';
import { leftToReturn, returnedBy } from '$lib/domain/receipt/returns';
import { scannedReceipt } from '$lib/state/scanned-receipt';
import type { ReturnFacts } from '$lib/storage/sales/returns';
import { ReturnAct, typedQuantity, type Place, type ReturnBy } from './return-act.svelte';

export class ReturnForm extends ReturnAct<ReturnFacts> {
  readonly sale: EntryOf<'sale'>;
  readonly #decimalMark: string;
  /** Quantities as typed, by line. */
  readonly texts: string[];
  readonly places: Place[];
  /** Null: not chosen yet. */
  shown = $state<ShownForReturn | null>(null);
  #scanned = $state.raw<string | null>(null);

  /** `decimalMark`: decimal separator of the screen language. */
  constructor(deps: ActDeps, sale: EntryOf<'sale'>, decimalMark: string) {
    super(deps);
    this.sale = sale;
    this.#decimalMark = decimalMark;
    const texts = $state(sale.body.lines.map(() => ''));
    const places = $state(sale.body.lines.map((): Place => 'stock'));
    this.texts = texts;
    this.places = places;
    const scanned = scannedReceipt.of(sale.hash);
    if (scanned !== null) this.scan(scanned);
  }

  /** Whether the code of the paper itself was scanned, not of a copy. */
  get isPaperScanned(): boolean {
    return this.#scanned !== null;
  }

  /** Takes the scanned code of a receipt; false: it is the receipt of another sale. */
  scan({ hash, edition }: ReceiptCode): boolean {
    if (hash !== codeHash(this.sale.hash)) return false;
    this.edited();
    if (edition === 'original') this.#scanned = hash;
    this.shown = edition === 'original' ? 'paper' : 'copy';
    return true;
  }

  /** By line, how much can still be returned, in thousandths. */
  left(facts: ReturnFacts): number[] {
    const sold = soldIn(this.sale.body, facts.since);
    const before = returnedBy(facts.since.returns);
    return sold.lines.map((_, line) => leftToReturn(sold, before, line));
  }

  /** Thousandths typed for a line; zero: none; null: not a quantity. */
  typed(line: number, of: Pick<LineOfSale, 'unit'>): number | null {
    return typedQuantity(this.texts[line] ?? '', of);
  }

  set(line: number, thousandths: number): void {
    this.edited();
    this.texts[line] =
      thousandths <= 0 ? '' : String(thousandths / 1000).replace('.', this.#decimalMark);
  }

  get goods(): ReturnedGoods[] {
    return this.sale.body.lines.flatMap((of, line) => {
      const quantity = this.typed(line, of) ?? 0;
      return quantity === 0 ? [] : [{ line, quantity, to: this.places[line] ?? 'stock' }];
    });
  }

  override get missing() {
    return this.shown === null ? 'shown' : super.missing;
  }

  get isWrong(): boolean {
    return this.sale.body.lines.some((of, line) => this.typed(line, of) === null);
  }

  decide(facts: ReturnFacts, by: ReturnBy) {
    return decideReturn({ ...this.asked(by.approvedBy), ...facts, ...by, asked: null });
  }

  override asks(
    { customer, since }: ReturnFacts,
    policy: VerifiedPolicy,
    body: BodyOf<'return'>,
  ): MovedAction | null {
    return customer === null
      ? null
      : consentOf(policy, this.sale.body, returnedBy(since.returns), givenBy(body));
  }

  protected asked(approvedBy: string | null) {
    const { sale, goods } = this;
    const shown = this.shown ?? 'nothing';
    return { ...this.common(), sale, goods, shown, scanned: this.#scanned, approvedBy };
  }
}
