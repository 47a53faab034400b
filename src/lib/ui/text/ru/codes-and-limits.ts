// Settings → Codes and limits, in Russian.
import type { Policy } from '$lib/contract/policy';
import type { SaleAction } from '$lib/contract/values';

export const codesAndLimits = {
  demo: 'Демо',
  ownService: 'Описанный сервис',
  methods: 'Контакты',
  methodsHint: 'Чем покупатель подтверждает долг и списание баллов.',
  method: {
    'sell-on-account': 'Продажа в долг',
    'redeem-points': 'Списание баллов',
  } satisfies Record<SaleAction, string>,
  none: 'Ничем',
  noneHint: 'код не спрашивается',
  noneWarning: {
    'sell-on-account':
      'Долг будет записан без согласия покупателя. В журнале и в чеке будет красным: «не требовалось».',
    'redeem-points':
      'Баллы будут списаны без согласия покупателя. В журнале и в чеке будет красным: «не требовалось».',
  } satisfies Record<SaleAction, string>,
  cannot: (provider: string) => `${provider} так не умеет`,
  needsField: (field: string) => `включается в разделе «Сообщения»: ${field}`,
  providerUnknown: 'неизвестно, умеет ли сервис',
  addFirst: 'Если код не дошёл, попробовать ещё:',
  addNext: 'Ещё:',
  addTo: (act: string) => `${act}: добавить способ`,
  chainOf: (act: string) => `${act}: что пробовать дальше`,
  then: 'затем',
  up: 'Выше',
  down: 'Ниже',
  moveUp: (channel: string) => `${channel}: поставить раньше`,
  moveDown: (channel: string) => `${channel}: поставить позже`,
  removeOf: (channel: string) => `${channel}: убрать`,
  wait: 'Сколько ждать доставки',
  waitHint:
    'Код не дошёл за это время или сервис о нём молчит — сервер магазина сам попробует следующий способ. Опоздавший код тоже подойдёт.',
  threshold: 'Без кода до суммы',
  thresholdHint:
    'Считается всё, что покупатель взял без кода на одной кассе за 30 дней, вместе: разбить чек не поможет. Ноль — код нужен всегда.',
  code: 'Код',
  lifetime: 'Сколько действует код',
  checks: 'Попыток ввести код',
  checksHint: 'Для кода из звонка — не больше трёх.',
  sends: 'Отправок одного кода',
  sendsHint: 'Вместе с первой.',
  limits: 'Долг',
  debtLimit: 'Лимит долга покупателя',
  debtLimitHint: 'Больше может записать только тот, у кого есть право.',
  newNumberCap: 'Долг по новому номеру',
  newNumberCapHint: 'Столько можно взять в первые сутки после того, как номер записан.',
  caps: 'Без кода, когда связи нет',
  capsHint: 'Сколько может записать сотрудник с правом. За сутки — любые 24 часа подряд.',
  perAct: 'За один раз',
  perCustomer: 'Одному покупателю за сутки',
  perTill: 'На одной кассе за сутки',
  numbers: 'Номера покупателей',
  phoneCountry: 'Страна телефонов',
  phoneCountryHint: 'Как читать номер, набранный без кода страны.',
  prefixes: 'На какие номера можно писать',
  prefixesHint:
    'Начала номеров через запятую, например +7, +375. Код, общий для нескольких стран (+7, +1, +44), разрешает только страну телефонов: для Казахстана из России добавьте +77. На спутниковые и платные номера ничего не отправляется.',
  prefixesWrong: {
    empty: 'Напишите хотя бы одно начало номера, например +7: иначе коды не уйдут никому.',
    malformed:
      'Начало номера пишется с плюсом и кодом страны, например +79. Через запятую можно несколько.',
    'no-country':
      'Спутниковые и платные сети, такие как +870 и +979, разрешить нельзя. Уберите их из списка.',
  },
  messageLimits: 'Сколько сообщений отправлять',
  messageLimitsHint:
    'Сверх этого сервер магазина не отправит ничего: ни один сбой и ни одна шалость не съедят деньги на счёте.',
  limit: {
    perPhoneHour: 'На один номер за час',
    perPhoneDay: 'На один номер за сутки',
    perTillHour: 'С одной кассы за час',
    perShopDay: 'Всем магазином за сутки',
  } satisfies Record<keyof Policy['limits'], string>,
  countWrong: (least: number, most: number) => `Нужно целое число от ${least} до ${most}.`,
  weakened: 'Это снизит защиту покупателей',
};
