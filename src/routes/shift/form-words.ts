// Words and icons of the dialogues of the shift's acts; by default those of the act.
import Coins from '@lucide/svelte/icons/coins';
import Minus from '@lucide/svelte/icons/minus';
import Plus from '@lucide/svelte/icons/plus';
import Wallet from '@lucide/svelte/icons/wallet';
import type { ShiftForm } from '$lib/domain/acts';
import { t } from '$lib/ui/text/current.svelte';

type FormWords = {
  readonly button: string;
  readonly title: string;
  readonly text?: string;
  /** On the button that saves it. */
  readonly go: string;
};

const ICONS: Partial<Record<string, typeof Coins>> = { in: Plus, out: Minus, drawer: Wallet };

export const formIcon = ({ name }: ShiftForm): typeof Coins => ICONS[name] ?? Coins;

export function formWords({ name, act }: ShiftForm): FormWords {
  const words = t().shift;
  const own: Partial<Record<string, FormWords>> = {
    in: { button: words.cashIn, title: words.cashInTitle, go: words.put },
    out: { button: words.cashOut, title: words.cashOutTitle, go: words.take },
    drawer: {
      button: words.drawer,
      title: words.drawerTitle,
      text: words.drawerText,
      go: words.record,
    },
  };
  const word = t().journal.acts[act];
  return own[name] ?? { button: word, title: word, go: words.record };
}

export const reasonWords = (reason: ShiftForm['reasons'][number]): string => {
  const { cashReasons, drawerReasons } = t().shift;
  return { ...cashReasons, ...drawerReasons }[reason];
};
