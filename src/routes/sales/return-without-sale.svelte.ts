// The goods chosen for a return without a sale.
import type { ActDeps } from '$lib/state/act-in-hand.svelte';
import type { Currency } from '$lib/contract/values';
import {
  decideReturnWithoutSale,
  type GoodsOfNoSale,
} from '$lib/domain/acts/money/return-without-sale';
import { pieceOf } from '$lib/domain/goods/marking-code';
import { parseMoney } from '$lib/domain/values/money';
import type { Product } from '$lib/domain/goods/product';
import { ONE, type Quantity } from '$lib/domain/values/quantity';
import type { FactsWithoutSale } from '$lib/storage/sales/returns';
import {
  ReturnAct,
  typedQuantity,
  type Place,
  type ReturnBy,
} from '../shared/returns/return-act.svelte';

/** `quantity` and `price`: text as typed. */
type Row = {
  readonly product: Pick<Product, 'id' | 'unit' | 'price' | 'tax'>;
  readonly name: string;
  /** The marking code of a single piece; null: not marked. */
  readonly mark: string | null;
  quantity: string;
  price: string;
  to: Place;
};

export class ReturnWithoutSaleForm extends ReturnAct<FactsWithoutSale> {
  readonly #currency: Currency;
  readonly #decimalMark: string;
  readonly rows = $state<Row[]>([]);
  customer = $state.raw<{ readonly id: string; readonly name: string } | null>(null);

  /** `decimalMark`: decimal separator of the screen language. */
  constructor(deps: ActDeps, currency: Currency, decimalMark: string) {
    super(deps);
    this.#currency = currency;
    this.#decimalMark = decimalMark;
    this.inCash = true;
  }

  /**
   * Adds goods; if they are chosen already, increases their quantity. `price`: list price in typed form. `amount`: quantity to
   * add; null: one piece, or typed later.
   */
  add(
    { id, unit, price: list, tax }: Product,
    {
      name,
      price,
      mark,
      amount,
    }: Pick<Row, 'name' | 'price' | 'mark'> & { readonly amount: Quantity | null },
  ): void {
    this.edited();
    if (mark !== null) {
      const piece = { product: { id, unit, price: list, tax }, name, mark, quantity: '1', price };
      if (!this.#hasPiece(mark)) this.rows.push({ ...piece, to: 'stock' });
      return;
    }
    const row = this.rows.find((each) => each.product.id === id && each.mark === null);
    const more = amount ?? (unit === 'piece' ? ONE : 0);
    const typed = (thousandths: number) =>
      thousandths === 0 ? '' : String(thousandths / ONE).replace('.', this.#decimalMark);
    if (row === undefined) {
      const quantity = typed(more);
      const row = { product: { id, unit, price: list, tax }, name, mark, quantity, price };
      this.rows.push({ ...row, to: 'stock' });
    } else if (more > 0) row.quantity = typed((this.quantityOf(row) ?? 0) + more);
  }

  #hasPiece(code: string): boolean {
    return this.rows.some(({ mark }) => mark !== null && pieceOf(mark) === pieceOf(code));
  }

  remove(place: number): void {
    this.edited();
    this.rows.splice(place, 1);
  }

  /** Thousandths; null: not a quantity, or zero. */
  quantityOf({ quantity, product }: Row): number | null {
    const typed = typedQuantity(quantity, product);
    return typed === 0 ? null : typed;
  }

  /** Minor units per unit; null: no price. */
  priceOf({ price }: Row): number | null {
    return parseMoney(price, this.#currency);
  }

  get isWrong(): boolean {
    return this.rows.some((row) => this.quantityOf(row) === null || this.priceOf(row) === null);
  }

  /** The goods, without rows that are not filled in yet. */
  get #goods(): GoodsOfNoSale[] {
    return this.rows.flatMap((row): GoodsOfNoSale[] => {
      const [quantity, given] = [this.quantityOf(row), this.priceOf(row)];
      if (quantity === null || given === null) return [];
      const { product, name, mark, to } = row;
      const { id, unit, price: list, tax } = product;
      return [{ product: id, name, unit, quantity, prices: { given, list }, mark, tax, to }];
    });
  }

  decide(facts: FactsWithoutSale, by: ReturnBy) {
    return decideReturnWithoutSale({ ...this.asked(by.approvedBy), ...facts, ...by });
  }

  protected asked(approvedBy: string | null) {
    const customer = this.customer?.id ?? null;
    return { ...this.common(), sale: null, customer, goods: this.#goods, approvedBy };
  }
}
