// How an act was confirmed, in Russian.
import type { OverrideReason } from '$lib/contract/acts/account';
import type { Channel } from '$lib/contract/values';

export const proof = {
  title: 'Чем подтверждено',
  unknownOperator: 'сотрудника уже нет в списке',
  personCode: (channel: string) => `Код доверенного лица · ${channel}, подпись верна`,
  code: (channel: string) => `Код · ${channel}, подпись верна`,
  channels: {
    sms: 'SMS',
    viber: 'Viber',
    whatsapp: 'WhatsApp',
    call: 'звонок',
    telegram: 'Telegram',
  } satisfies Record<Channel, string>,
  /** A code of the demo: correct, but no proof. */
  demoCode: 'Код верен · демо',
  demoReserveCode: 'Резервный код верен · демо',
  reserveCode: 'Резервный код, проверен',
  wrongReserveCode: 'Не подтверждено: резервный код недействителен',
  wrongSignature: 'Не подтверждено: подпись неверна',
  otherAct: 'Не подтверждено: код выдан для другой операции',
  override: 'Без кода',
  because: {
    'no-internet': 'нет интернета',
    'provider-failed': 'сервис не отправил',
    'code-did-not-arrive': 'код не пришёл',
    'phone-not-at-hand': 'нет телефона с собой',
    other: 'другая причина',
  } satisfies Record<OverrideReason, string>,
  allowedBy: (name: string) => `разрешает ${name}`,
  askedBy: (name: string) => `просит ${name}`,
  none: 'Не подтверждено',
  noneBecause: {
    demo: 'демо',
    import: 'перенесено из файла',
    'import-untold': 'перенесено из файла без сообщения',
  },
  byRight: 'По праву, в пользу покупателя',
  notRequired: 'Код не требовался',
  notRequiredBecause: {
    'method-none': 'способ не выбран',
    'below-threshold': 'сумма ниже порога',
  },
};
