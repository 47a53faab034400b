// The costs of codes, in Russian.
import { plural } from '$lib/ui/text/plural';

const messagesOf = (n: number) =>
  plural('ru', n, {
    one: 'сообщение',
    few: 'сообщения',
    many: 'сообщений',
    other: 'сообщения',
  });

export const costs = {
  title: 'Расходы на коды',
  span: 'За какое время',
  spans: { week: '7 дней', month: '30 дней', quarter: '90 дней', year: 'Год' },
  locked:
    'Расходы хранит сервер магазина. Он попросит PIN, а с настоящим сервисом рассылки — ещё код с вашего телефона.',
  show: 'Показать расходы',
  empty: 'Платных сообщений не было',
  emptyText: 'Здесь появится, сколько кодов ушло и сколько за них взял сервис.',
  total: 'Итого',
  messages: messagesOf,
  unpriced: (n: number) => `${messagesOf(n)} без цены: сервис её не назвал`,
  unpricedShort: (n: number) => `без цены: ${n}`,
  unknownCost: 'цена неизвестна',
  /** Columns of the table and the file. */
  columns: {
    day: 'День',
    channel: 'Способ',
    provider: 'Сервис',
    messages: 'Сообщений',
    unpriced: 'Без цены',
    cost: 'Стоимость',
    currency: 'Валюта',
  },
  download: 'Скачать таблицу (CSV)',
  fileName: 'расходы-на-коды',
};
