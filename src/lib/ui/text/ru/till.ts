// Russian text. The till screen: goods and receipt.
import { plural } from '$lib/ui/text/plural';
import { since } from './since';

export const till = {
  searchHint: 'Название, штрихкод или артикул',
  searchLabel: 'Найти товар',
  clearSearch: 'Очистить поиск',
  showKeys: 'Клавиши (F1)',
  categories: 'Категории',
  popular: 'Часто берут',
  uncategorised: 'Без категории',
  inStock: (amount: string) => `остаток ${amount}`,
  outOfStock: 'нет в наличии',
  /** On a tile: little stock is left. */
  low: (amount: string) => `мало: ${amount}`,
  /** On a tile: no stock is left. */
  none: 'нет',
  inReceipt: (amount: string) => `в чеке: ${amount}`,
  sku: (sku: string) => `арт. ${sku}`,
  found: (n: number) =>
    plural('ru', n, { one: 'товар', few: 'товара', many: 'товаров', other: 'товара' }),

  receipt: 'Чек',
  emptyTitle: 'Чек пуст',
  emptyText: 'Коснитесь товара, найдите его по названию или отсканируйте штрихкод.',
  noGoodsTitle: 'Товаров ещё нет',
  noGoodsText: 'Загрузите свой прайс-лист, и можно продавать.',
  notFoundTitle: (text: string) => `Ничего не нашлось: «${text}»`,
  notFoundText: 'Проверьте буквы или наберите только начало слова.',
  barcodeNotFound: (barcode: string) => `Штрихкода ${barcode} нет в списке`,
  barcodeWrong: (barcode: string) =>
    `Штрихкод ${barcode} прочитан с ошибкой. Отсканируйте ещё раз.`,
  unlisted: {
    price: 'Цена',
    name: 'Что это',
    goods: 'Товар',
    forAdults: '18+: спросить возраст',
    sell: 'Продать по этой цене',
    needsColleague: 'Цены в прайсе нет: продажу разрешит коллега своим PIN-кодом.',
    allows: (price: string) => `продажу по цене ${price}`,
  },

  lineTimes: (quantity: string, price: string) => `${quantity} × ${price}`,
  quantity: 'Количество',
  weight: (unit: string) => `Сколько, ${unit}`,
  quantityWrong: 'Введите число больше нуля',
  weightWrong: 'Введите вес, например 0,412',
  weightDoubt: {
    grams: (grams: number) => `Может быть, ${grams} г?`,
    gramsText: (weight: string, sum: string) => `Набрано ${weight}: это будет стоить ${sum}.`,
    yesGrams: (grams: number) => `${grams} г`,
    no: (weight: string) => `Нет, ${weight}`,
    much: (weight: string) => `Продать ${weight}?`,
    muchText: (sum: string) => `Это необычно много. Стоить будет ${sum}.`,
    yes: (weight: string) => `Да, ${weight}`,
  },
  setQuantity: 'Изменить количество',
  oneMore: 'Ещё один',
  oneLess: 'На один меньше',
  removeLine: 'Убрать из чека',
  removed: (name: string) => `Убрано: ${name}`,
  /** For screen readers. */
  added: (name: string, times: string, total: string) => `${name}, ${times}. Итого ${total}`,
  timesWrong: (times: string) => `Столько продать нельзя: ${times}`,
  scanAgain: 'Штрихкод прочитан не целиком. Отсканируйте ещё раз.',
  mark: {
    title: 'Отсканируйте код маркировки',
    text: 'Квадратный код на упаковке, он у каждой штуки свой. По обычному штрихкоду этот товар не продать.',
    waiting: 'Ждём сканер…',
    ofLine: (serial: string) => `код ${serial}`,
    twice: 'Эта штука уже в чеке: у каждой свой код',
    sold: (receipt: string, when: string) =>
      `Эта штука уже продана: чек ${receipt}, ${when}. Продать её снова можно после возврата.`,
    oneByOne: 'Маркированный товар сканируйте по одной штуке',
    other: (name: string) => `Это код другого товара: ${name}`,
  },
  label: {
    noArticle: (plu: string) => `Нет такого товара: PLU ${plu}`,
    several: (plu: string, names: string) =>
      `PLU ${plu} стоит у нескольких товаров: ${names}. Дайте им разные артикулы.`,
    otherUnit: {
      weight: (name: string) => `На этикетке вес, а «${name}» продаётся не на килограммы`,
      pieces: (name: string) => `На этикетке штуки, а «${name}» продаётся не поштучно`,
    },
    noPrice: (name: string) =>
      `На этикетке цена, а у «${name}» в списке цены нет: не понять, сколько это`,
    otherPrice: (sum: string, name: string, price: string) =>
      `Цена на этикетке, ${sum}, не подходит товару «${name}» по ${price}`,
    price: 'цена с этикетки',
    tooMuch: (name: string) => `На этикетке слишком много: ${name}`,
    oneByOne: 'Сканируйте этикетки весов по одной, без числа перед ними',
  },
  age: {
    title: (age: number) =>
      `Покупателю есть ${plural('ru', age, { one: 'год', few: 'года', many: 'лет', other: 'года' })}?`,
    text: 'Этот товар продаём не всем. Если сомневаетесь, попросите документ.',
    yes: 'Да, есть',
    no: 'Не продавать',
    leftOut: (name: string) => `Не добавлено: ${name}`,
  },
  price: 'Цена',
  discounts: {
    automatic: (name: string) => `Автоскидка «${name}»`,
    ofReceipt: 'Скидка на чек',
    percent: 'Скидка, %',
    sum: 'Скидка суммой',
    price: 'Цена вручную',
    listPrice: (price: string) => `по прайсу ${price}`,
    none: 'Этот товар продаётся без скидок.',
    notLabels: 'Цены с этикеток весов скидка не меняет.',
    newTotal: 'Станет',
    unlikely: (price: string) => `Продать по ${price}?`,
    unlikelyText: (price: string) => `По прайсу ${price}.`,
    sellSo: (price: string) => `Да, по ${price}`,
    correct: 'Исправить',
    remove: 'Без скидки',
    allows: 'дать эту скидку',
  },
  discount: 'Скидка',
  total: 'Итого',
  pay: 'К оплате',
  hold: 'Отложить',
  clear: 'Очистить',
  /** The button for them where there is no room for each. */
  receiptActs: 'Отложить, скидка, очистить',
  cleared: 'Чек отменён',
  holding: (what: string) => `Чек отложен: ${what}`,
  held: {
    button: (n: number) => `Отложено · ${n}`,
    title: 'Отложенные чеки',
    none: 'Отложенных чеков нет',
    noneText: 'Покупатель вернулся за товаром? Отложите чек и пробейте следующий.',
    note: (when: string, lines: string) => `${since(when)} · ${lines}`,
    code: 'код запрошен',
    giveUp: (what: string) => `Отменить чек: ${what}`,
  },
  priceChanges: {
    title: 'Цены изменились',
    text: 'Пока чек был отложен, эти товары стали стоить иначе.',
    keep: 'Прежние цены',
    take: 'Новые цены',
  },
  notLeft: {
    busy: 'Сначала закончите оплату этого чека',
    refused: 'Чек остался открытым: у вас нет права продавать или не прочитаны настройки магазина',
    stored: (why: string) => `Чек остался открытым. ${why}`,
  },

  chooseCustomer: 'Выбрать покупателя',
  removeCustomer: 'Убрать покупателя',
  owes: (amount: string) => `долг ${amount}`,
  /** What of the debt should have been paid. */
  overdue: (amount: string) => `просрочено ${amount}`,
  noCredit: 'только за деньги',

  sheetOpen: 'Показать чек целиком',
  sheetClose: 'Свернуть чек',
};
