// Messages about acts by right, to the operator whom the act names.
import type { ActByRightKind, GoodsTold } from '$lib/contract/owner-notice';
import type { Policy } from '$lib/contract/policy';
import { oneLine, shortName, wordAmount } from './message-words';
import { wordMoment, type Moment, type NewsOfAct } from './notice-message';
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
  { shop }: Pick<Policy, 'shop'>,
  moment: Moment,
): string {
  const language = shop.messageLanguage;
  const what = acts.map((act) => wordAct(act, { shop }, language)).join('; ');
  const when = wordMoment(moment, language);
  return oneLine(
    language === 'ru'
      ? `${shortName(shop.name)}: вашим именем ${what}, ${when}. Не вы? Смените PIN и скажите владельцу.`
      : `${shortName(shop.name)}: in your name ${what}, ${when}. Not you? Change your PIN and tell the owner.`,
  );
}

function wordAct(act: ByRight, { shop }: Pick<Policy, 'shop'>, language: Language): string {
  const ru = language === 'ru';
  const { currency } = shop;
  const sum = (minor: number) => wordAmount({ minor, currency: currency.code }, currency, language);
  const count = (points: number) => wordAmount({ points }, currency, language);
  const and = ru ? ' и ' : ' and ';
  const both = (debt: string, points: string): string =>
    [...('debt' in act && act.debt > 0 ? [debt] : []), ...(points === '' ? [] : [points])].join(
      and,
    );
  switch (act.kind) {
    case 'import': {
      const sums = both(sum(act.debt), act.points > 0 ? count(act.points) : '');
      return ru ? `загрузка карточек на ${sums}` : `cards imported with ${sums}`;
    }
    case 'import-undone': {
      const sums = both(sum(act.debt), act.points > 0 ? count(act.points) : '');
      return ru ? `отмена загрузки карточек на ${sums}` : `an import of cards with ${sums} undone`;
    }
    case 'correction': {
      const points = act.points === 0 ? '' : count(act.points);
      return ru
        ? `правка счёта: ${both(`записан долг ${sum(act.debt)}`, points && `списано ${points}`)}`
        : `an account corrected: ${both(`a debt of ${sum(act.debt)} recorded`, points && `${points} taken`)}`;
    }
    case 'forgiveness': {
      const points = act.points === 0 ? '' : count(act.points);
      return ru
        ? both(`списан долг ${sum(act.debt)}`, points && `начислено ${points}`)
        : both(`a debt of ${sum(act.debt)} written off`, points && `${points} given`);
    }
    case 'points-given':
      return ru
        ? `начислено ${count(act.points)} сверх правил`
        : `${count(act.points)} given beyond the rules`;
    case 'credit':
      if (act.limit === null) return ru ? 'карточка: долг без предела' : 'a card without a limit';
      return ru
        ? `карточка: предел долга ${sum(act.limit)}`
        : `a card with a limit of ${sum(act.limit)}`;
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
