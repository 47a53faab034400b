// Labels of scales: their masks and the test of a label, in Russian.
import { plural } from '$lib/ui/text/plural';

const digits = (n: number) =>
  plural('ru', n, { one: 'цифра', few: 'цифры', many: 'цифр', other: 'цифры' });

export const scaleLabels = {
  intro:
    'Весы печатают штрихкод, в котором стоят артикул товара (PLU) и вес, число штук или цена. Здесь вы говорите кассе, где что искать. Коды, которых здесь нет, касса читает как обычные.',
  empty: 'Этикетки весов касса не читает',
  emptyText: 'Добавьте, с каких цифр они начинаются и что в них стоит.',
  add: 'Добавить этикетку',
  title: 'Новая этикетка',
  /** `20–22: вес` */
  mask: (prefixes: string, value: string) => `${prefixes}: ${value}`,
  prefixes: 'С чего начинается код',
  prefixesWrong: 'Выберите, с каких цифр начинается код',
  value: 'Что в нём стоит',
  values: { weight: 'вес', pieces: 'штуки', price: 'цена' },
  valueOptions: {
    weight: 'Вес в граммах',
    pieces: 'Число штук',
    price: 'Цена: её и заплатят, скидки её не меняют',
  },
  layout: 'Цифры после начала',
  other: 'По-другому',
  parts: {
    article: (n: number) => `артикул ${digits(n)}`,
    articleWithPrefix: (n: number) => `артикул: начало и ${digits(n)}`,
    value: (value: string, n: number) => `${value} ${digits(n)}`,
    check: 'контроль',
    skipped: (n: number) => `не читаем ${digits(n)}`,
  },
  articleHasPrefix: 'Начало кода — часть артикула',
  articleHasPrefixHint:
    'Если в списке товаров записано 2100123, а на этикетке это 21 и дальше 00123',
  pattern: 'Десять букв по порядку',
  patternHint:
    'A — артикул, V — вес, штуки или цена (до 6 цифр), C — контрольная цифра веса или цены, X — цифра, которую не читаем',
  patternWrong: 'Нужно десять букв A, V, C и X: все A подряд, все V подряд, C только при 4 или 5 V',
  example: 'Пример',
  exampleParts: {
    prefix: 'начало',
    prefixOfArticle: 'начало артикула',
    article: 'артикул',
    own: 'свой контроль',
    skipped: 'не читаем',
    check: 'контроль',
  },
  remove: 'Удалить',
  test: 'Проверка: отсканируйте этикетку',
  testHint: 'Покажем, что добавила бы касса. В чек ничего не попадёт.',
  check: 'Проверить',
  says: (article: string, value: string) => `На этикетке артикул ${article}, ${value}`,
  sayings: {
    weight: (amount: string) => `вес ${amount}`,
    pieces: (amount: string) => `штук: ${amount}`,
    price: (sum: string) => `цена ${sum}`,
  },
  adds: (name: string, times: string, sum: string) => `Касса добавит: ${name}, ${times} = ${sum}`,
  asks: (name: string) => `Касса спросит, сколько: ${name}`,
  nothing: (why: string) => `Ничего не добавится. ${why}`,
};
