// Goods on their way into the receipt; some ask for an age, a marking code or a weight first.
import { SCANNER_RUN, type StrayEnter } from '$lib/devices/scan';
import { quantityDoubt } from '$lib/domain/goods/unlikely-quantity';
import { pieceOf, type Mark } from '$lib/domain/goods/marking-code';
import { nameIn, needsMark, type Product } from '$lib/domain/goods/product';
import {
  MAX_QUANTITY,
  ONE,
  parseQuantity,
  quantity,
  type Quantity,
} from '$lib/domain/values/quantity';
import type { Labelled, Line, Unlisted } from '$lib/domain/receipt/receipt';
import { till } from '$lib/state/till.svelte';
import { toasts } from '$lib/state/toasts.svelte';
import { saleOfPiece } from '$lib/storage/sales/marked-pieces';
import { formatDateTime } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';
import type { ScannedGoods } from '../shared/receipt/scanned-goods';

/** Goods that wait for their weight. `typed`: an unlikely one, to be asked about; null: none was typed. */
type Weighed = { readonly product: Product; readonly typed: string | null };

/** Goods that are not in the catalogue and wait for a price. */
type UnlistedAsked = { readonly code: string; readonly quantity: Quantity };

/**
 * Goods that wait for the customer's age. `piece`: their marking code; null: they have none. `add`: adds them. `leaveOut`: ends
 * what else was asked about them.
 */
type Asked = {
  readonly name: string;
  readonly askAge: number | null;
  readonly piece: string | null;
  readonly add: () => void;
  readonly leaveOut: () => void;
};

export type RingingDeps = {
  /** Called when goods are in the receipt or wait for an answer. `undo` removes them again; null: there is nothing to remove. */
  readonly ended: (undo: (() => void) | null) => void;
  /** Removes a line; asks first if money was charged. */
  readonly remove: (line: Line) => void;
};

export class Ringing {
  readonly #deps: RingingDeps;
  #asking = $state.raw<readonly Asked[]>([]);
  #marking = $state.raw<Product | null>(null);
  #toWeigh = $state.raw<readonly Weighed[]>([]);
  #unlisted = $state.raw<UnlistedAsked | null>(null);

  constructor(deps: RingingDeps) {
    this.#deps = deps;
  }

  /** Names of the goods that wait for the age to be confirmed. */
  get asking(): readonly string[] {
    return this.#asking.map(({ name }) => name);
  }
  /** The highest age that these goods require, years. */
  get age(): number {
    return Math.max(0, ...this.#asking.map(({ askAge }) => askAge ?? 0));
  }
  /** Goods whose marking code is to be scanned. */
  get marking(): Product | null {
    return this.#marking;
  }
  /** Goods that wait for their weight, newest first. */
  get toWeigh(): readonly Weighed[] {
    return this.#toWeigh;
  }
  /** The unknown barcode whose goods wait for a price. */
  get unlisted(): UnlistedAsked | null {
    return this.#unlisted;
  }

  /**
   * Adds goods. `each`: the quantity that their code stands for. Weighed goods ask for their weight, unless `each` gives it or
   * `times` was typed before; an unlikely one is asked about.
   */
  ring(product: Product, times: string | null, each: Quantity = ONE): void {
    const amount = amountOf(product, times, each);
    if (amount === null) refuse(t().till.timesWrong(times ?? ''));
    else if (needsMark(product)) {
      if (amount > ONE) refuse(t().till.mark.oneByOne);
      this.#marking = product;
      this.#deps.ended(null);
    } else
      this.#onceOldEnough(product, null, () => {
        if (
          each === ONE &&
          product.unit !== 'piece' &&
          (times === null || quantityDoubt(times, product) !== null)
        )
          this.#toWeigh = [{ product, typed: times }, ...this.#toWeigh];
        else this.#add(product, amount);
      });
  }

  /** Adds one piece with its marking code, unless it is in the receipt or was sold before. */
  async ringPiece(product: Product, { code }: Mark, times: string | null): Promise<void> {
    const { mark } = t().till;
    if (this.#marking !== null && this.#marking.id !== product.id) {
      refuse(mark.other(nameOf(product)));
      return;
    }
    const isOne = times === null || parseQuantity(times, product.unit) === ONE;
    const piece = pieceOf(code);
    const isHere =
      till.register.hasPiece(code) ||
      this.#asking.some((each) => each.piece !== null && pieceOf(each.piece) === piece);
    const sale = await saleOfPiece(till.db, code);
    if (!isOne) refuse(mark.oneByOne);
    else if (isHere) refuse(mark.twice);
    else if (sale !== null) {
      const when = formatDateTime(sale.at, language.current);
      refuse(mark.sold(till.printedNumber(sale.till, sale.number), when));
    } else {
      till.sounds.play('scan');
      this.#marking = null;
      this.#onceOldEnough(product, code, () => this.#addPiece(product, code));
    }
  }

  /** Adds the goods of a scale label as a separate line. If the label has no quantity, asks for it. */
  ringLabel(
    { product, label, quantity, unitPrice }: Extract<ScannedGoods, { kind: 'label' }>,
    times: string | null,
  ): void {
    if (times !== null) {
      refuse(t().till.label.oneByOne);
      return;
    }
    till.sounds.play('scan');
    if (needsMark(product)) this.ring(product, null);
    else
      this.#onceOldEnough(product, null, () => {
        this.#addLabelled(product, quantity, { code: label.code, unitPrice });
      });
  }

  /**
   * Asks for the price of goods with an unknown barcode. False: not now, because something else is being asked, or nobody may
   * sell at a typed price.
   */
  askPrice(code: string, times: string | null): boolean {
    if (this.#asks || this.#unlisted !== null || !till.register.mayBeUnlisted) return false;
    const amount = times === null ? ONE : parseQuantity(times, 'piece');
    if (amount === null) refuse(t().till.timesWrong(times ?? ''));
    else {
      till.sounds.play('refusal');
      this.#unlisted = { code, quantity: amount };
    }
    return true;
  }

  /** Adds goods at a typed price, by `add`, once the customer is known to be old enough for them. */
  sellUnlisted({ name, askAge }: Unlisted, add: () => void): void {
    this.#ask({ name, askAge, piece: null, add, leaveOut: () => this.giveUpPrice() });
  }

  /** The goods are in the receipt at a typed price; their undo removes the line. */
  priced(): void {
    this.#unlisted = null;
    this.#addedLine();
  }

  giveUpPrice(): void {
    this.#unlisted = null;
  }

  /** The customer is old enough: adds the goods that waited. */
  confirmAge(): void {
    const waited = this.#asking;
    // confirm first: the age is that of the goods still waiting
    till.register.confirmAge(this.age);
    this.#asking = [];
    for (const { add } of waited) add();
  }

  /** The customer is too young: the goods that waited are not added. */
  leaveOut(): void {
    const names = this.asking.join(', ');
    for (const each of this.#asking) each.leaveOut();
    this.#asking = [];
    this.#deps.ended(null);
    toasts.show(t().till.age.leftOut(names));
  }

  giveUpMark(): void {
    this.#marking = null;
  }

  /** Null: no weight was given, so the goods are not added. The next goods ask for theirs. */
  weighed(amount: Quantity | null): void {
    const [first, ...rest] = this.#toWeigh;
    if (first !== undefined && amount !== null) this.#add(first.product, amount);
    this.#toWeigh = rest;
  }

  /** Whether this Enter ends a part of a code, so that it must not answer a question. */
  answersNothing({ typed, isSecond }: StrayEnter): boolean {
    const asks = this.#asking.length > 0 || this.#marking !== null;
    return asks && (isSecond || typed.length >= SCANNER_RUN);
  }

  get #asks(): boolean {
    return this.#asking.length > 0 || this.#marking !== null || this.#toWeigh.length > 0;
  }

  #onceOldEnough(product: Product, piece: string | null, add: () => void): void {
    const { askAge } = product;
    this.#ask({ name: nameOf(product), askAge, piece, add, leaveOut: () => undefined });
  }

  /** Adds goods at once, or lets them wait for the customer's age. */
  #ask(goods: Asked): void {
    if (till.register.ageToAsk(goods) === null) goods.add();
    else this.#asking = [...this.#asking, goods];
  }

  #addPiece(product: Product, code: string): void {
    this.#addLine(() => till.register.addMarked(product, nameOf(product), code));
  }

  /** `amount` null: the label states none. */
  #addLabelled(product: Product, amount: Quantity | null, label: Omit<Labelled, 'quantity'>): void {
    if (amount === null) this.#toWeigh = [{ product, typed: null }, ...this.#toWeigh];
    else
      this.#addLine(() =>
        till.register.addLabelled(product, nameOf(product), { ...label, quantity: amount }),
      );
  }

  /** Adds a line, and offers to remove it as undo. */
  #addLine(add: () => void): void {
    add();
    this.#addedLine();
  }

  #addedLine(): void {
    const { register } = till;
    const id = register.newestLine;
    this.#deps.ended(() => {
      const line = register.receipt.lines.find((each) => each.id === id);
      if (line !== undefined) this.#deps.remove(line);
    });
  }

  #add(product: Product, amount: Quantity): void {
    const { register } = till;
    const before = register.receipt;
    register.add(product, nameOf(product), amount);
    const id = register.newestLine;
    if (register.receipt === before || id === null) {
      this.#deps.ended(null);
      return;
    }
    const held = before.lines.find((each) => each.id === id);
    this.#deps.ended(() => {
      const line = register.receipt.lines.find((each) => each.id === id);
      if (line === undefined) return;
      if (held === undefined) this.#deps.remove(line);
      else if (line.quantity > amount) register.setQuantity(id, quantity(line.quantity - amount));
    });
  }
}

/** Null: the typed text is not a quantity of these goods, or it is more than can be sold. */
function amountOf({ unit }: Product, times: string | null, each: Quantity): Quantity | null {
  const count = times === null ? ONE : parseQuantity(times, unit);
  const amount = count === null ? null : Math.round((count * each) / ONE);
  return amount === null || amount > MAX_QUANTITY ? null : quantity(amount);
}

const nameOf = (product: Product): string => nameIn(product, language.current);

function refuse(why: string): void {
  toasts.show(why, 'warn');
  till.sounds.play('refusal');
}
