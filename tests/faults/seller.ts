// Makes endless sales, and the day's other acts between them, inside the page.
// Reports each act as soon as the screen shows it as saved.
import type { Page } from '@playwright/test';
import { tender } from '$lib/ui/text/en/till';
import { errandWords, prepareErrands, type Errands, type Hands, type ShownAct } from './errands';
import { NOT_SAVED } from './said';
import type { ScreenOfSale } from './shown';

/** The customer whose debts are confirmed by codes; Vera of the demo pays cash and earns points. */
export const DEBTOR = { name: 'Harriet Poole', phone: '07400 123456' } as const;
const CASH_CUSTOMER = 'Vera Lugova';

export type Ears = {
  /** The screen shows a sale as saved. */
  readonly saved: (screen: ScreenOfSale) => void;
  /** The screen says that the sale is not saved, or that the disk cannot be read. */
  readonly notSaved?: () => void;
  /** The newest code sent to the customer. */
  readonly code: () => string;
  /** Reports of the day's other acts; null: only sales are made. */
  readonly day: DayEars | null;
  /** What the seller does if a sale is not saved: retries without end, or stops and leaves the screen as it is. */
  readonly then: 'retries' | 'stops';
};

export type DayEars = {
  /** The screen shows another act as saved. */
  readonly acted: (shown: ShownAct) => void;
  /** How many pages of the shop have sold before this one: each begins with another act. */
  readonly turn: number;
};

/**
 * Sells without end. Every second sale, of one to three pieces, is on account. One of the day's other acts follows each sale,
 * if any. Ends with the page, or by `stopSelling`.
 */
export async function sellWithoutEnd(page: Page, ears: Ears): Promise<void> {
  await listen(page, ears);
  if (ears.day !== null) {
    const { turn } = ears.day;
    await page.evaluate(prepareErrands, { ...errandWords, debtor: DEBTOR.name, turn });
  }
  await page.evaluate(sell, {
    debtor: DEBTOR.name,
    cash: CASH_CUSTOMER,
    notSaved: [...NOT_SAVED],
    stopsAt: ears.then === 'stops' ? tender.notSavedTitle : null,
  });
}

/** Who listens to each page; a page keeps its functions when it is loaded again. */
const listeners = new WeakMap<Page, Ears>();

async function listen(page: Page, ears: Ears): Promise<void> {
  const isWired = listeners.has(page);
  listeners.set(page, ears);
  if (isWired) return;
  const now = () => listeners.get(page) ?? ears;
  await page.exposeFunction('tellSaved', (screen: ScreenOfSale) => now().saved(screen));
  await page.exposeFunction('tellNotSaved', () => now().notSaved?.());
  await page.exposeFunction('tellActed', (shown: ShownAct) => now().day?.acted(shown));
  await page.exposeFunction('askCode', () => now().code());
}

/** Longest wait for the next payment, ms. */
const PAUSE_MS = 15_000;

/** Resolves when the next cash sale is about to be accepted. Throws if the till does not get there. */
export async function pauseAtPayment(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(window, { sellingPauses: true, sellingPaused: false }));
  await page.waitForFunction(() => (window as unknown as Wires).sellingPaused, null, {
    timeout: PAUSE_MS,
  });
}

export async function sellFurther(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(window, { sellingPauses: false }));
}

/** Ends the sales of this page; a sale that is being saved may still be saved, but is not reported. */
export async function stopSelling(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(window, { sellingEnded: true }));
}

type Wires = {
  sellingEnded?: boolean;
  sellingPauses?: boolean;
  sellingPaused?: boolean;
  tellSaved: (screen: ScreenOfSale) => void;
  tellNotSaved: () => void;
  askCode: () => Promise<string>;
  /** Undefined: only sales are made. */
  errandsOf?: (hands: Hands) => Errands;
};

function sell(names: {
  debtor: string;
  cash: string;
  notSaved: readonly string[];
  stopsAt: string | null;
}): void {
  const { tellSaved, tellNotSaved, askCode, errandsOf } = window as unknown as Wires;
  /** How long to wait for a code before the sale goes on without one, ms. */
  const PATIENCE_MS = 3000;
  const RETRY_MS = 300;
  let announced = '';
  let made = 0;
  let lines: ScreenOfSale['lines'] = null;
  let onAccount = false;
  let typedInto: Element | null = null;
  let typedAt = 0;
  let triedAt = 0;

  const buttons = (within: ParentNode) => [...within.querySelectorAll('button')];
  const found = (text: RegExp, within: ParentNode = document) =>
    buttons(within).find((each) => text.test(each.textContent) && !each.disabled);
  function press(text: RegExp, within: ParentNode = document): boolean {
    const button = found(text, within);
    button?.click();
    return button !== undefined;
  }

  const textOf = (within: ParentNode | null | undefined, selector: string) =>
    within?.querySelector(selector)?.textContent.trim() ?? '';

  function readLines(): ScreenOfSale['lines'] {
    return [...document.querySelectorAll('li button.line')].map((line) => ({
      name: textOf(line, '.name'),
      quantity: textOf(line, 'small').split(' ')[0] ?? '',
      total: textOf(line, 'b'),
    }));
  }

  function readSaved(saved: HTMLElement): ScreenOfSale {
    const items = [...(saved.querySelector('.side-pane ul')?.children ?? [])];
    const parts = (item: Element | undefined) =>
      [...(item?.children ?? [])].map((part) => part.textContent.trim());
    const total = items.findIndex((item) => item.classList.contains('strong'));
    return {
      sale: saved.dataset['saved'] ?? '',
      number: textOf(saved, 'h3'),
      figure: [textOf(saved, '.what'), textOf(saved, '.figure')],
      customer: total > 0 ? (parts(items[0])[0] ?? '') : null,
      total: parts(items[total])[1] ?? '',
      rows: items.slice(total + 1).map((item) => {
        const [label = '', figure = ''] = parts(item);
        return [label, figure] as const;
      }),
      lines,
    };
  }

  function type(field: HTMLInputElement, text: string): void {
    field.value = text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }

  const saysNotSaved = (within: Element) =>
    names.notSaved.some((sentence) => within.textContent.includes(sentence));

  /** The screen reports a disk failure; presses its Retry, at most once per `RETRY_MS`. */
  function retryDisk(within: Element): void {
    if (Date.now() - triedAt < RETRY_MS) return;
    triedAt = Date.now();
    tellNotSaved();
    if (names.stopsAt !== null && within.textContent.includes(names.stopsAt)) {
      (window as unknown as Wires).sellingEnded = true;
      return;
    }
    press(/Try again|Retry/, within);
  }

  function answer(dialog: Element): void {
    const field = dialog.querySelector<HTMLInputElement>('[autocomplete="one-time-code"]');
    const reason = dialog.querySelector<HTMLInputElement>('input[type=radio]');
    if (field) {
      if (field !== typedInto) {
        typedInto = field;
        typedAt = Date.now();
        void askCode().then((code) => type(field, code));
      } else if (Date.now() - typedAt > PATIENCE_MS) press(/Something else/, dialog);
    } else if (saysNotSaved(dialog)) {
      retryDisk(dialog);
    } else if (reason && buttons(dialog).some((each) => /without a code/.test(each.textContent))) {
      reason.click();
      press(/without a code\s*$/, dialog);
    } else if (press(/did not arrive/, dialog)) {
      // one of the other ways
    } else if (press(/Back to payment/, dialog)) onAccount = false;
    else press(new RegExp(onAccount ? names.debtor : names.cash), dialog);
  }

  const errands = errandsOf?.({ found, press, textOf, type, saysNotSaved, retryDisk, answer });

  function step(): void {
    const wires = window as unknown as Wires;
    if (wires.sellingEnded === true) return;
    const saved = document.querySelector<HTMLElement>('[data-saved]');
    const dialog = [...document.querySelectorAll('dialog[open]')].at(-1);
    const alert = document.querySelector('main [role=alert]');
    if (errands?.isUnderWay()) errands.step(dialog);
    else if (saved) {
      const sale = saved.dataset['saved'] ?? '';
      if (sale !== announced) {
        announced = sale;
        tellSaved(readSaved(saved));
        lines = null;
        made += 1;
        onAccount = !onAccount;
        if (errands) {
          errands.begin(made - 1);
          errands.step(dialog);
          return;
        }
      }
      press(/Next customer/);
    } else if (dialog) answer(dialog);
    else if (alert && saysNotSaved(alert)) retryDisk(alert);
    else if (press(/Choose a customer/)) return;
    else if (document.querySelector('[data-main-act]')) {
      // cash comes first, because a payment without any tender would be a debt
      if (onAccount) void (press(/^\s*Put it on account/) || press(/^\s*1\s*$/));
      else if (wires.sellingPauses === true && found(/^\s*Accept/)) wires.sellingPaused = true;
      else void (press(/^\s*Accept/) || press(/^\s*Exact/));
    } else if (document.querySelector('[data-newest]')) {
      const pieces = Number(textOf(document, '[data-newest] .step .amount'));
      const more = document.querySelector<HTMLElement>('[data-newest] .step button:last-child');
      if (pieces < 1 + (made % 3)) return more?.click();
      const written = readLines();
      if (press(/^\s*Pay/)) lines = written;
    } else press(/Ground coffee/, document.querySelector('.tiles') ?? document);
  }

  // A step waits for the page's next task: a refused read is answered within the same task,
  // so pressing on each change of the screen would block the page.
  let awaited = false;
  function stepSoon(): void {
    if (awaited) return;
    awaited = true;
    setTimeout(() => {
      awaited = false;
      step();
    });
  }
  new MutationObserver(stepSoon).observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
  });
  setInterval(stepSoon, 100);
  stepSoon();
}
