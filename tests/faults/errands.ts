// The acts that a seller makes between two sales, inside the page: money, returns, debts, receipts.
// Each is reported as soon as the screen shows it as saved.
import { correction, repayment } from '$lib/ui/text/en/customers';
import { shift } from '$lib/ui/text/en/shift';
import { till } from '$lib/ui/text/en/till';

/** The acts of which each has to be shown as saved in a run, besides sales. */
export const ACTS = [
  ...(['shift-closed', 'drawer-counted', 'return', 'repayment', 'repayment-cancelled'] as const),
  ...(['balance-corrected', 'cash-moved', 'receipt-cancelled'] as const),
];

/**
 * An act that the screen shows as saved: its entry has this value in this field of its body, or as its hash. No other act of the
 * kind in the shop has it.
 */
export type ShownAct = {
  readonly act: string;
  readonly field: 'hash' | 'counted' | 'note' | 'reason' | 'total';
  readonly value: string | number;
};

/** What the seller's page can do, for its errands. */
export type Hands = {
  readonly found: (text: RegExp, within?: ParentNode) => HTMLButtonElement | undefined;
  readonly press: (text: RegExp, within?: ParentNode) => boolean;
  readonly textOf: (within: ParentNode | null | undefined, selector: string) => string;
  readonly type: (field: HTMLInputElement, text: string) => void;
  readonly saysNotSaved: (within: Element) => boolean;
  /** Presses the Retry of a failed act. */
  readonly retryDisk: (within: Element) => void;
  /** Types the customer's code, or goes on without it. */
  readonly answer: (dialog: Element) => void;
};

export type Errands = {
  readonly isUnderWay: () => boolean;
  /** The errand after this sale, counted from 0. */
  readonly begin: (sale: number) => void;
  /** Presses the next button on the way to the act; `dialog`: the topmost one. */
  readonly step: (dialog: Element | undefined) => void;
};

/** Texts of the till; the page cannot import them. */
export const errandWords = {
  closes: shift.close,
  cashMoved: shift.moved,
  corrected: correction.saved,
  receiptCancelled: till.cleared,
  notCancelled: [repayment.cancel.done, repayment.cancel.refused['other-shift']],
};

type Setting = typeof errandWords & {
  readonly debtor: string;
  /** The number of this page among those that sold, from 0: each begins with another errand. */
  readonly turn: number;
};
type Wires = {
  tellActed: (shown: ShownAct) => void;
  errandsOf: (hands: Hands) => Errands;
};

/** Puts `errandsOf` into the page, which makes the errands of a seller with these hands. */
export function prepareErrands({ debtor, turn, ...words }: Setting): void {
  const wires = window as unknown as Wires;
  const { tellActed } = wires;
  wires.errandsOf = ({ found, press, textOf, type, saysNotSaved, retryDisk, answer }) => {
    /** How long an errand may wait for something that does not come, ms. */
    const PATIENCE_MS = 15_000;
    const RETRY_MS = 300;
    let errand: ((dialog: Element | undefined) => void) | null = null;
    let since = 0;
    let sentAt = 0;
    /** Differs from that of every other errand in the shop. */
    let mark = 0;
    /** Read from the screen before the act is saved; minor units. */
    let sum = 0;
    /** How far a receipt has come: held, opened again, cancelled. */
    let stage: 'new' | 'held' | 'open' | 'cancelled' = 'new';
    let older: readonly Element[] = [];

    const minor = (text: string) => Number(text.replaceAll(/\D/g, ''));
    const main = () => document.querySelector('main') ?? document;
    const messages = () => [...document.querySelectorAll('.toast')];
    /** Whether a message with these words has come since the errand began. */
    const saysNow = (text: string) =>
      messages().some((each) => !older.includes(each) && each.textContent.includes(text));

    function goTo(place: string): boolean {
      if (location.hash === place) return false;
      location.hash = place;
      return true;
    }

    function over(): void {
      errand = null;
      location.hash = '#/till';
    }

    function tell(shown: ShownAct): void {
      tellActed(shown);
      over();
    }

    /** The form that is sent by this button. */
    const formOf = (dialog: Element | undefined, button: RegExp) =>
      dialog && found(button, dialog)?.form;

    /** Fills in the form and sends it; again if it was refused. */
    function send(form: Element, texts: readonly string[], button: RegExp): void {
      const fields = form.querySelectorAll<HTMLInputElement>('input:not([type=radio])');
      for (const [place, text] of texts.entries()) {
        const field = fields[place];
        if (field !== undefined && field.value !== text) type(field, text);
      }
      if (Date.now() - sentAt < RETRY_MS) return;
      if (press(button, form.closest('dialog') ?? document)) sentAt = Date.now();
    }

    /** Counts as many of the largest notes as the mark says, and closes the shift with a reason for the difference. */
    function closeShift(dialog: Element | undefined): void {
      const notes = document.querySelector<HTMLInputElement>('[aria-label^="How many of"]');
      const reason = document.querySelector<HTMLInputElement>('main input[type=radio]');
      if (/Z report no/.test(dialog?.querySelector('[data-slip]')?.textContent ?? '')) {
        for (const act of ['drawer-counted', 'shift-closed'])
          tell({ act, field: 'counted', value: sum });
      } else if (goTo('#/shift')) return;
      else if (notes && notes.value !== `${mark}`) type(notes, `${mark}`);
      else if (notes && reason?.checked === false) reason.click();
      // nothing to close: the previous sale was the last one of another page
      else if (found(/^\s*Open the shift/)) over();
      else {
        sum = minor(textOf(document, '[data-counted]'));
        press(new RegExp(`^\\s*${words.closes}`));
      }
    }

    /** Reports an act whose dialogue shows its entry, or goes on to it. */
    function withEntry(way: (dialog: Element | undefined) => void) {
      return (dialog: Element | undefined): void => {
        const done = dialog?.querySelector<HTMLElement>('[data-entry]');
        const { act = '', entry: value = '' } = done?.dataset ?? {};
        if (done) tell({ act, field: 'hash', value });
        else way(dialog);
      };
    }

    /** Chooses what the customer shows, then why goods come back; false: both are chosen. */
    function sayReturn(dialog: Element): boolean {
      const open = [...dialog.querySelectorAll('select')].find(({ value }) => value === '');
      if (!open) return false;
      open.value = open.querySelector('[value="nothing"]') ? 'nothing' : 'faulty';
      open.dispatchEvent(new Event('change', { bubbles: true }));
      return true;
    }

    /** Returns all goods of the newest sale. */
    function giveBack(dialog: Element | undefined): void {
      if (goTo('#/sales')) return;
      if (!dialog) document.querySelector<HTMLElement>('ul[aria-label="Sales"] li button')?.click();
      else if (!sayReturn(dialog) && !press(/^\s*Refund|^\s*Take the goods back/, dialog))
        void (press(/^\s*All\s*$/, dialog) || press(/^\s*Return\s*$/, dialog));
    }

    function openCard(): void {
      if (!goTo('#/customers')) press(new RegExp(debtor), main());
    }

    /** The debtor pays all they owe. */
    function repay(dialog: Element | undefined): void {
      if (!dialog) openCard();
      else if (dialog.querySelector('[data-main-act]'))
        void (press(/^\s*Accept/, dialog) || press(/^\s*Whole debt/, dialog));
      else if (!press(/^\s*Take a payment/, dialog) && dialog.querySelector('.figures'))
        // they owe nothing
        over();
    }

    /** Cancels the till's newest repayment, if its shift is still open. */
    function cancelRepayment(dialog: Element | undefined): void {
      const begin = /^\s*Ask for the code/;
      const form = formOf(dialog, begin);
      if (goTo('#/journal')) return;
      if (!dialog) press(/Debt payment(?! cancelled)/, main());
      else if (form) send(form, ['Miscounted'], begin);
      else if (words.notCancelled.some((text) => dialog.textContent.includes(text))) over();
      else if (!press(/^\s*Cancel the payment/, dialog) && sentAt > 0) answer(dialog);
    }

    /** Takes a penny off the debt, or gives a point: neither needs a code. */
    function correct(dialog: Element | undefined): void {
      const value = `Miscounted ${mark}`;
      // a correction that takes from the customer, as the form does at first, is sent by the other button
      const form = formOf(dialog, /^\s*(Adjust|Ask for the code)\s*$/);
      if (saysNow(words.corrected)) tell({ act: 'balance-corrected', field: 'reason', value });
      else if (!dialog) openCard();
      else if (form) {
        const isDebt = mark % 2 === 0 && found(/^\s*Take a payment/) !== undefined;
        const way = isDebt ? 'down' : 'points';
        const choice = form.querySelector<HTMLInputElement>(`input[value=${way}]`);
        if (choice?.checked === false) choice.click();
        else send(form, [isDebt ? '0.01' : '1', value], /^\s*Adjust\s*$/);
      } else press(/^\s*Adjust balance/, dialog);
    }

    const moveCash = (begin: RegExp, end: RegExp) => (dialog: Element | undefined) => {
      const value = `Cash ${mark}`;
      const form = formOf(dialog, end);
      if (saysNow(words.cashMoved)) tell({ act: 'cash-moved', field: 'note', value });
      else if (goTo('#/shift')) return;
      else if (form) send(form, ['5', value], end);
      else press(begin, main());
    };

    /** Holds a receipt, and cancels it: in the list of those that are held, or opened again. */
    const giveUp = (from: 'list' | 'screen') => (dialog: Element | undefined) => {
      const act = 'receipt-cancelled';
      const dustbin = dialog?.querySelector<HTMLElement>('[aria-label^="Cancel the receipt"]');
      if (saysNow(words.receiptCancelled)) {
        if (dialog) press(/^\s*Close\s*$/, dialog);
        tell({ act, field: 'total', value: sum });
      } else if (goTo('#/till') || press(/^\s*Next customer/)) return;
      else if (dialog && from === 'screen') {
        dialog.querySelector<HTMLElement>('.list-row')?.click();
        stage = 'open';
      } else if (dustbin && stage !== 'cancelled') {
        sum = minor(textOf(dustbin.closest('li'), '.end'));
        stage = 'cancelled';
        dustbin.click();
      } else if (dialog) return;
      else if (found(/^\s*Hold\s*$/)) {
        if (stage === 'open' || stage === 'cancelled') {
          sum = minor(textOf(document, '.comes-to .figure'));
          stage = 'cancelled';
          document.querySelector<HTMLElement>('[aria-label="Clear"]')?.click();
        } else if (press(/^\s*Hold\s*$/)) stage = 'held';
      } else if (stage !== 'cancelled' && press(/^\s*Held · /)) return;
      else if (stage === 'new') ring();
    };

    /** Rings up as many pieces as the errand's mark says, so that the total is of this receipt alone. */
    function ring(): void {
      const field = document.querySelector<HTMLInputElement>('.find input');
      if (field === null) return;
      if (field.value === '') type(field, `${mark}*`);
      else press(/Ground coffee/, document.querySelector('.tiles') ?? document);
    }

    const ALL = [
      ...[closeShift, withEntry(repay), withEntry(cancelRepayment), withEntry(giveBack), correct],
      ...[moveCash(/^\s*Cash in/, /^\s*Put in/), moveCash(/^\s*Cash out/, /^\s*Take out/)],
      ...[giveUp('screen'), giveUp('list')],
    ];

    return {
      isUnderWay: () => errand !== null,
      begin: (sale) => {
        errand = ALL[(4 * turn + sale) % ALL.length] ?? null;
        mark = 100 * (turn + 1) + sale;
        since = Date.now();
        [sentAt, sum, stage] = [0, 0, 'new'];
        older = messages();
      },
      step: (dialog) => {
        const alert = document.querySelector('main [role=alert]');
        const failed = dialog ?? alert;
        if (failed && saysNotSaved(failed) && found(/Try again|Retry/, failed)) retryDisk(failed);
        else if (Date.now() - since > PATIENCE_MS) {
          // an act that failed leaves its dialogue open, and the seller could not go on
          if (dialog) press(/^\s*(Close|Cancel|Back)\s*$/, dialog);
          over();
        } else errand?.(dialog);
      },
    };
  };
}
