// Settings → Contacts, in Russian. The shape of this file is the shape of every other language's.
import type { SaleAction } from '$lib/contract/values';

export const contacts = {
  demo: 'Показ',
  methods: 'Чем подтверждает покупатель',
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
  providerUnknown: 'неизвестно, умеет ли сервис',
  threshold: 'Без кода до суммы',
  thresholdHint: 'Ноль — код нужен всегда.',
  lifetime: 'Сколько действует код',
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
  shop: 'Магазин',
  phoneCountry: 'Страна телефонов',
  phoneCountryHint: 'Как читать номер, набранный без кода страны.',
  contact: 'Телефон магазина для вопросов',
  contactHint: 'Покупатель увидит его в уведомлении. Можно оставить пустым.',
};
