// Makes endless sales inside the page, and reports each one as soon as the screen shows it as saved.
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
  /** The screen shows the Z report of this number; null: no shift is closed. */
  readonly closed: ((number: number) => void) | null;
  /** What the seller does where a sale is not saved: tries again without end, or leaves the till so. */
  readonly then: 'retries' | 'stops';
};

/**
 * Every second sale is on account, of one to three pieces; shifts are closed in between, if at all. Ends with the page,
 * or by `stopSelling`.
 */
export async function sellWithoutEnd(page: Page, ears: Ears): Promise<void> {
  await page.exposeFunction('tellSaved', ears.saved);
  await page.exposeFunction('tellNotSaved', ears.notSaved ?? (() => undefined));
  await page.exposeFunction('tellClosed', ears.closed ?? (() => undefined));
  await page.exposeFunction('askCode', ears.code);
  await page.evaluate(sell, {
    debtor: DEBTOR.name,
    cash: CASH_CUSTOMER,
    notSaved: [...NOT_SAVED],
    closes: ears.closed === null ? null : shift.close,
    stopsAt: ears.then === 'stops' ? tender.notSavedTitle : null,
  });
}

/** Longest way to the next payment, ms. */
const PAUSE_MS = 15_000;

/** Sells on until the next cash sale is about to be accepted; resolves then. Throws if the till does not come to it. */
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
  askCode: () => Promise<string>;
};

function sell(names: {
  debtor: string;
  cash: string;
  notSaved: readonly string[];
  /** The words of the button that closes a shift; null: none is closed. */
  closes: string | null;
  stopsAt: string | null;
}): void {
  const { tellSaved, tellNotSaved, tellClosed, askCode } = window as unknown as Wires;
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
  /** A shift is closed after the first sale, and then after every third one. */
  let closing = false;

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
      closing = false;
    } else if (document.querySelector('[data-counted]')) {
      const reason = document.querySelector<HTMLInputElement>('main input[type=radio]');
      if (reason === null) document.querySelector<HTMLElement>('[aria-label^="One more"]')?.click();
      else if (reason.checked) press(new RegExp(`^\\s*${closes}`));
      else reason.click();
    } else if (press(/^\s*Open the shift/)) {
      // nothing to close: the sale before was the last of another page
      closing = false;
    } else press(new RegExp(`^\\s*${closes}`));
    if (!closing) location.hash = '#/till';
  }

  function step(): void {
    const wires = window as unknown as Wires;
    if (wires.sellingEnded === true) return;
    const saved = document.querySelector<HTMLElement>('[data-saved]');
    const dialog = [...document.querySelectorAll('dialog[open]')].at(-1);
    const alert = document.querySelector('main [role=alert]');
    if (closing && names.closes !== null) closeShift(dialog, names.closes);
    else if (saved) {
      const sale = saved.dataset['saved'] ?? '';
      if (sale !== announced) {
        announced = sale;
        tellSaved(readSaved(saved));
        lines = null;
        made += 1;
        onAccount = !onAccount;
        if (names.closes !== null && made % 3 === 1) {
          closing = true;
          location.hash = '#/shift';
          return;
        }
      }
      press(/Next customer/);
    } else if (dialog) answer(dialog);
    else if (alert && saysNotSaved(alert)) retryDisk(alert);
    else if (press(/Choose a customer/)) return;
    else if (document.querySelector('[data-main-act]')) {
      // an empty tender would be a debt, too: a paying customer gives cash first
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
