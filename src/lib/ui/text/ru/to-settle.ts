// The list of discrepancies, in Russian.
import type { SettledOutcome } from '$lib/contract/journal';
import { plural } from '$lib/ui/text/plural';

export const toSettle = {
  text: 'Правил никто не нарушал: касса не могла знать, что тем временем сделали на другой. Все записи остались в силе. Решите, что с этим делать, и отметьте: из списка уйдёт на всех кассах.',
  count: (n: number) =>
    plural('ru', n, {
      one: 'запись ждёт решения',
      few: 'записи ждут решения',
      many: 'записей ждут решения',
      other: 'записи ждут решения',
    }),
  none: 'Разбирать нечего',
  noneText:
    'Здесь появится то, что не сошлось между кассами: например, на двух сразу использовали один лимит долга.',
  found: (moment: string) => `сервер магазина обнаружил ${moment}`,
  /** The two sides of a discrepancy. */
  recorded: 'Записали',
  recordedElsewhere: 'А на другой кассе уже было',
  notApplied: 'Не применено',
  kept: 'Осталось',
  otherTill: 'другая касса',
  notHere: 'этой записи на кассе нет',
  noCustomer: 'покупатель без карточки',
  sameNumber: 'Карточки с этим номером',
  answer: 'Решить…',
  apply: (value: string) => `Применить: ${value}`,
  field: (product: string, field: string, lost: string, kept: string) =>
    `${product}: ${field} ${lost}, а сейчас ${kept}`,
  fields: {
    name: 'название',
    names: 'название',
    sku: 'артикул',
    barcodes: 'штрихкоды',
    noDiscounts: 'скидки',
    tax: 'НДС',
    askAge: 'возраст покупателя',
    marked: 'маркировка',
    price: 'цена',
    usualMost: 'обычно не больше',
    unit: 'единица',
    category: 'категория',
    stock: 'остаток',
  },
  /** A field of a category, and what stands for its value. */
  categoryFields: { name: 'название', colour: 'цвет', removed: 'на кассах' },
  fromAge: (age: number) =>
    `с ${plural('ru', age, { one: 'года', few: 'лет', many: 'лет', other: 'лет' })}`,
  offered: { yes: 'есть', no: 'нет' },
  moved: (category: string) => `${category}: другое место в списке`,
  noValue: 'нет',
  moreFields: (n: number) => `и ещё ${n.toLocaleString('ru')}`,
  applyGoods: 'Применить эти значения',
  appliedNote: 'Применено второе значение',
  title: 'Что решили',
  explanation: 'Долги, баллы и карточки от этого не меняются. Решение останется в журнале.',
  answers: {
    stands: { text: 'Оставить как есть', hint: 'Так и должно быть или ничего уже не сделать' },
    'dealt-with': { text: 'Приняли меры', hint: 'Поговорили с покупателем, поправили карточку' },
  } satisfies Partial<Record<SettledOutcome, { text: string; hint: string }>>,
  note: 'Пояснение',
  noteHint: 'Например: договорились, что вернёт до пятницы.',
  noteMissing: 'Напишите, что решили: в журнале это останется с вашим именем.',
  close: 'Разобрано',
  done: 'Разобрано. С других касс это тоже уйдёт.',
  wrongOutcome: 'Так ответить на это нельзя.',
  unknown: 'Этой записи на кассе уже нет: обновите список.',
  closedList: 'Разобрано недавно',
  closedTag: (outcome: string, who: string, moment: string) => `${outcome} · ${who} · ${moment}`,
  outcomes: {
    stands: 'Оставлено как есть',
    'dealt-with': 'Приняты меры',
    applied: 'Применено второе значение',
  } satisfies Record<SettledOutcome, string>,
};
