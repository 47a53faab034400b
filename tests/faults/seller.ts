// Makes endless sales, and returns, repayments and closes, inside the page.
// Reports each act as soon as the screen shows it as saved.
import type { Page } from '@playwright/test';
import { shift } from '$lib/ui/text/en/shift';
import { tender } from '$lib/ui/text/en/tender';
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
  /** The screen shows the Z report of this number. */
  readonly closed: (number: number) => void;
  /** The screen shows the return or repayment of the entry with this hash as saved. */
  readonly acted: (hash: string, act: string) => void;
  /** The act after the first sale: 0 a close, 1 a return of it, 2 a repayment. The others follow the next sales. */
  readonly turn: number;
};

/**
 * Sells without end. Every second sale, of one to three pieces, is on account. After each sale one of the day's other acts follows,
 * if any. Ends with the page, or by `stopSelling`.
 */
export async function sellWithoutEnd(page: Page, ears: Ears): Promise<void> {
  await page.exposeFunction('tellSaved', ears.saved);
  await page.exposeFunction('tellNotSaved', ears.notSaved ?? (() => undefined));
  await page.exposeFunction('tellClosed', ears.day?.closed ?? (() => undefined));
  await page.exposeFunction('tellActed', ears.day?.acted ?? (() => undefined));
  await page.exposeFunction('askCode', ears.code);
  await page.evaluate(sell, {
    debtor: DEBTOR.name,
    cash: CASH_CUSTOMER,
    notSaved: [...NOT_SAVED],
    day: ears.day && { turn: ears.day.turn, closes: shift.close },
    stopsAt: ears.then === 'stops' ? tender.notSavedTitle : null,
  });
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
  tellClosed: (number: number) => void;
  tellActed: (hash: string, act: string) => void;
  askCode: () => Promise<string>;
};

function sell(names: {
  debtor: string;
  cash: string;
  notSaved: readonly string[];
  /** `closes`: the words of the button that closes a shift. */
  day: { readonly turn: number; readonly closes: string } | null;
  stopsAt: string | null;
}): void {
  const { tellSaved, tellNotSaved, tellClosed, tellActed, askCode } = window as unknown as Wires;
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
  /** The act between two sales that is being made. */
  let errand: 'close' | 'return' | 'repay' | null = null;
  let errandSince = 0;

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

  async function typeCode(field: HTMLInputElement): Promise<void> {
    const code = await askCode();
    field.value = code;
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
        void typeCode(field);
      } else if (Date.now() - typedAt > PATIENCE_MS) press(/did not arrive/, dialog);
    } else if (saysNotSaved(dialog)) {
      retryDisk(dialog);
    } else if (reason && buttons(dialog).some((each) => /without a code/.test(each.textContent))) {
      reason.click();
      press(/without a code\s*$/, dialog);
    } else if (press(/Back to payment/, dialog)) onAccount = false;
    else press(new RegExp(onAccount ? names.debtor : names.cash), dialog);
  }

  /** Counts one note or coin too few or too many, closes the shift with a reason, and goes back to the goods. */
  function closeShift(dialog: Element | undefined, closes: string): void {
    const slip = dialog?.querySelector('[data-slip]');
    const report = /Z report no\. ?(\d+)/.exec(slip?.textContent ?? '')?.[1];
    if (dialog && report !== undefined) {
      tellClosed(Number(report));
      press(/^\s*Close\s*$/, dialog);
      errand = null;
    } else if (document.querySelector('[data-counted]')) {
      const reason = document.querySelector<HTMLInputElement>('main input[type=radio]');
      if (reason === null) document.querySelector<HTMLElement>('[aria-label^="One more"]')?.click();
      else if (reason.checked) press(new RegExp(`^\\s*${closes}`));
      else reason.click();
    } else if (press(/^\s*Open the shift/)) {
      // nothing to close: the previous sale was the last one of another page
      errand = null;
    } else press(new RegExp(`^\\s*${closes}`));
  }

  /** Finishes a return or repayment that is shown as saved, or presses the next button on the way to it. */
  function act(dialog: Element | undefined, way: (dialog: Element | undefined) => void): void {
    const done = dialog?.querySelector<HTMLElement>('[data-entry]');
    if (dialog && done) {
      tellActed(done.dataset['entry'] ?? '', done.dataset['act'] ?? '');
      press(/^\s*Done\s*$/, dialog);
      errand = null;
    } else if (dialog && saysNotSaved(dialog)) retryDisk(dialog);
    else way(dialog);
  }

  /** Returns all goods of the newest sale. */
  function giveBack(dialog: Element | undefined): void {
    if (!dialog) {
      if (location.hash !== '#/sales') location.hash = '#/sales';
      else document.querySelector<HTMLElement>('ul[aria-label="Sales"] li button')?.click();
    } else if (!press(/^\s*Refund|^\s*Take the goods back/, dialog))
      void (press(/^\s*All\s*$/, dialog) || press(/^\s*Return\s*$/, dialog));
  }

  /** The debtor pays all they owe; if they owe nothing, the next sale is made. */
  function repay(dialog: Element | undefined): void {
    if (!dialog) {
      if (location.hash !== '#/customers') location.hash = '#/customers';
      else press(new RegExp(names.debtor), document.querySelector('main') ?? document);
    } else if (dialog.querySelector('[data-main-act]'))
      void (press(/^\s*Accept/, dialog) || press(/^\s*Whole debt/, dialog));
    else if (!press(/^\s*Take a payment/, dialog) && Date.now() - errandSince > PATIENCE_MS)
      errand = null;
  }

  /** Does the act that is due, and goes back to the goods when it is done. */
  function run(dialog: Element | undefined, closes: string): void {
    const alert = document.querySelector('main [role=alert]');
    if (!dialog && alert && saysNotSaved(alert)) retryDisk(alert);
    else if (errand === 'close') closeShift(dialog, closes);
    else if (errand === 'return') act(dialog, giveBack);
    else act(dialog, repay);
    if (errand === null) location.hash = '#/till';
  }

  function step(): void {
    const wires = window as unknown as Wires;
    if (wires.sellingEnded === true) return;
    const saved = document.querySelector<HTMLElement>('[data-saved]');
    const dialog = [...document.querySelectorAll('dialog[open]')].at(-1);
    const alert = document.querySelector('main [role=alert]');
    if (errand !== null && names.day !== null) run(dialog, names.day.closes);
    else if (saved) {
      const sale = saved.dataset['saved'] ?? '';
      if (sale !== announced) {
        announced = sale;
        tellSaved(readSaved(saved));
        lines = null;
        made += 1;
        onAccount = !onAccount;
        if (names.day !== null) {
          errand = (['close', 'return', 'repay'] as const)[(made - 1 + names.day.turn) % 3] ?? null;
          errandSince = Date.now();
          if (errand === 'close') location.hash = '#/shift';
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
