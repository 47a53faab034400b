// Messages about acts by right, to the operator whom the act names.
import type { ActByRightKind, GoodsTold } from '$lib/contract/owner-notice';
import type { Policy } from '$lib/contract/policy';
import { shortName, voiceOf, type Moment, type Voice } from './message-words';
import type { NewsOfAct } from './notice-message';
import type { Language } from '$lib/domain/values/language';

/** What an act changed by right. `debt` and `limit` in minor units; sums are positive. */
export type ByRight =
  | {
      readonly kind: 'import' | 'import-undone' | 'correction' | 'forgiveness';
      readonly debt: number;
      readonly points: number;
    }
  | { readonly kind: 'points-given'; readonly points: number }
  /** `limit` null: the card has no limit any more. */
  | { readonly kind: 'credit'; readonly limit: number | null }
  /** Goods got a lower price in the catalogue, or something else that matters at the till. */
  | { readonly kind: 'prices-lowered' | 'goods-changed'; readonly goods: GoodsTold }
  | {
      readonly kind:
        'dispute-closed' | 'reviewed' | 'number-changed' | 'forgotten' | 'reminders-declined';
    };

/** The sums of an act, for a message about several acts. */
export function sumsByRight(act: ByRight): readonly NewsOfAct[] {
  const debt = 'debt' in act ? act.debt : 0;
  const points = 'points' in act ? act.points : 0;
  return [
    ...(debt > 0 ? [{ action: 'sell-on-account', moved: debt } as const] : []),
    ...(points > 0 ? [{ action: 'redeem-points', moved: points } as const] : []),
  ];
}

/** «Весна: вашим именем списан долг 540,00 ₽, 25.11 17:40. Не вы? Смените PIN и скажите владельцу.» */
export function wordByRight(
  acts: readonly ByRight[],
  policy: Pick<Policy, 'shop'>,
  moment: Moment,
): string {
  const voice = voiceOf(policy);
  const what = acts.map((act) => wordAct(act, voice)).join('; ');
  const said = `${voice.pick('вашим именем', 'in your name')} ${what}, ${voice.when(moment)}`;
  return voice.toOperator(said);
}

function wordAct(act: ByRight, { language, pick, and, sum, sums, points }: Voice): string {
  switch (act.kind) {
    case 'import': {
      const moved = and(sums(act.debt, act.points));
      return pick(`загрузка карточек на ${moved}`, `cards imported with ${moved}`);
    }
    case 'import-undone': {
      const moved = and(sums(act.debt, act.points));
      return pick(
        `отмена загрузки карточек на ${moved}`,
        `an import of cards with ${moved} undone`,
      );
    }
    case 'correction': {
      const debt = sums(act.debt, 0).map((of) =>
        pick(`записан долг ${of}`, `a debt of ${of} recorded`),
      );
      const taken = sums(0, act.points).map((of) => pick(`списано ${of}`, `${of} taken`));
      return `${pick('правка счёта', 'an account corrected')}: ${and([...debt, ...taken])}`;
    }
    case 'forgiveness':
      return and([
        ...sums(act.debt, 0).map((of) => pick(`списан долг ${of}`, `a debt of ${of} written off`)),
        ...sums(0, act.points).map((of) => pick(`начислено ${of}`, `${of} given`)),
      ]);
    case 'points-given':
      return pick(
        `начислено ${points(act.points)} сверх правил`,
        `${points(act.points)} given beyond the rules`,
      );
    case 'credit':
      if (act.limit === null) return pick('карточка: долг без предела', 'a card without a limit');
      return pick(
        `карточка: предел долга ${sum(act.limit)}`,
        `a card with a limit of ${sum(act.limit)}`,
      );
    case 'prices-lowered':
    case 'goods-changed':
      return wordGoods(act.kind, act.goods, language);
    case 'dispute-closed':
    case 'reviewed':
    case 'number-changed':
    case 'forgotten':
    case 'reminders-declined':
      return WORDS[language][act.kind];
  }
}

/** «изменены товары: 3, например «Хлеб» (штрихкод)» */
export function wordGoods(
  kind: 'prices-lowered' | 'goods-changed',
  { products, example: { name, field } }: GoodsTold,
  language: Language,
): string {
  const { [kind]: what, such, open, close, fields } = GOODS[language];
  if (name === null) return `${what}: ${products}`;
  const which = field === 'price' ? '' : ` (${fields[field]})`;
  return `${what}: ${products}, ${such} ${open}${shortName(name)}${close}${which}`;
}

const GOODS = {
  ru: {
    'prices-lowered': 'снижены цены товаров',
    'goods-changed': 'изменены товары',
    such: 'например',
    open: '«',
    close: '»',
    fields: {
      name: 'название',
      barcodes: 'штрихкод',
      tax: 'НДС',
      noDiscounts: 'без скидок',
      askAge: 'возраст',
      marked: 'без маркировки',
    },
  },
  en: {
    'prices-lowered': 'prices of goods lowered',
    'goods-changed': 'goods changed',
    such: 'such as',
    open: '“',
    close: '”',
    fields: {
      name: 'name',
      barcodes: 'barcode',
      tax: 'VAT',
      noDiscounts: 'no discounts',
      askAge: 'age',
      marked: 'not marked',
    },
  },
} as const;

const WORDS = {
  ru: {
    'dispute-closed': 'закрыт спор покупателя',
    reviewed: 'проверены записи без кода',
    'number-changed': 'смена номера покупателя',
    forgotten: 'удалена карточка покупателя',
    'reminders-declined': 'покупателю выключены напоминания о долге',
  },
  en: {
    'dispute-closed': 'a customer’s dispute closed',
    reviewed: 'entries without a code reviewed',
    'number-changed': 'a customer’s number changed',
    forgotten: 'a customer forgotten',
    'reminders-declined': 'reminders of a debt switched off',
  },
} as const satisfies Record<Language, Partial<Record<ActByRightKind, string>>>;
