// The dialogue that asks for the customer's code, in Russian.
import type { DeliveryState } from '$lib/contract/challenge';
import type { Action, Channel } from '$lib/contract/values';
import { form, plural } from '$lib/ui/text/plural';

export const code = {
  title: 'Код покупателя',
  /** Number of this code among several. */
  titleOf: (now: number, of: number) => `Код покупателя · ${now} из ${of}`,
  fieldLabel: (digits: number) =>
    `Код из сообщения, ${plural('ru', digits, { one: 'цифра', few: 'цифры', many: 'цифр', other: 'цифры' })}`,
  ask: 'Попросите покупателя назвать код из сообщения.',
  askCall: 'Покупателю позвонят. Спросите последние цифры номера, с которого звонят.',
  fieldLabelCall: 'Последние цифры номера',

  actions: {
    'sell-on-account': 'В долг',
    'redeem-points': 'Списать баллы',
    'change-phone': 'Сменить телефон',
    'issue-reserve-codes': 'Выдать резервные коды',
    'merge-customers': 'Объединить карточки',
    'correct-balance': 'Корректировка',
    'cancel-repayment': 'Отменить погашение',
    'authorise-person': 'Добавить доверенное лицо',
    'return-goods': 'Вернуть товар',
  } satisfies Record<Action, string>,
  deal: (action: string, name: string) => `${action} · ${name}`,

  channels: {
    sms: 'SMS',
    viber: 'Viber',
    whatsapp: 'WhatsApp',
    call: 'Звонок',
    telegram: 'Telegram',
  } satisfies Record<Channel, string>,
  sentBy: (channel: string, phone: string) => `${channel} на ${phone}`,
  sentAt: (time: string) => `Отправлен в ${time}`,
  next: (channel: string, clock: string) => `Иначе через ${clock}: ${channel}`,
  earlier: (channel: string, time: string, delivery: string) =>
    `До этого, в ${time}: ${channel} · ${delivery}. Его код тоже подойдёт.`,
  otherLength: (digits: number) =>
    `В коде ${plural('ru', digits, { one: 'цифра', few: 'цифры', many: 'цифр', other: 'цифры' })}`,
  delivery: {
    moderation: 'Проверяется сервисом',
    queued: 'Стоит в очереди',
    sent: 'В пути',
    delivered: 'Доставлен',
    read: 'Прочитан',
    expired: 'Не дошёл вовремя',
    failed: 'Не доставлен',
    'not-found': 'Сервис не помнит это сообщение',
    unknown: 'Доставка неизвестна',
  } satisfies Record<DeliveryState, string>,

  sending: 'Отправляем код…',
  sendingText: 'Обычно это занимает пару секунд.',
  checking: 'Проверяем…',
  saving: 'Код подошёл. Сохраняем чек…',
  wrong: (left: number) =>
    `Код не подошёл. Проверьте цифры и введите ещё раз — ${triesLeft(left)}.`,
  unchecked:
    'Сервер магазина не ответил, код ещё не проверен. Попытка не потрачена: наберите код снова.',
  validFor: (clock: string) => `Действует ещё ${clock}`,
  resendIn: (clock: string) => `Повторить через ${clock}`,
  resend: 'Отправить ещё раз',
  sendsLeft: (n: number) =>
    `ещё ${plural('ru', n, { one: 'раз', few: 'раза', many: 'раз', other: 'раза' })}`,
  noSendsLeft: 'Больше отправить нельзя, но код ещё действует.',
  resent: 'Отправлено ещё раз. Код тот же.',
  sendBy: (channel: string) => `Отправить: ${channel}`,
  customerTypes: 'Дать ввести покупателю',
  customerPhone: {
    button: 'На телефоне покупателя',
    title: 'Код на телефоне покупателя',
    qr: 'QR-код: открывает подтверждение на телефоне покупателя',
    text: 'Покупатель наводит камеру, видит сумму и вводит код сам. Касса узнает об этом сама.',
    local:
      'Этот адрес откроется только на этом компьютере: у сервера магазина ещё нет адреса в сети.',
    openHere: 'Открыть здесь, для пробы',
    noAddress:
      'Телефон покупателя не может открыть страницу: у сервера магазина ещё нет адреса в сети. Спросите код и введите его здесь.',
    over: 'Этот код больше не действует. Вернитесь и отправьте новый.',
    unreachable:
      'Касса не видит сервер магазина. Вернитесь и введите код здесь или попробуйте ещё раз.',
    back: 'Назад к коду',
  },
  /** The till turned round to the customer. */
  side: {
    ask: (phone: string) => `Введите код из сообщения, которое пришло на ${phone}`,
    askCall: (phone: string) =>
      `Вам звонят на ${phone}. Введите последние цифры номера, с которого звонят`,
    consent: 'Вводя код, вы соглашаетесь с этой суммой. Не согласны — верните кассу кассиру.',
    giveBack: 'Верните, пожалуйста, кассу кассиру',
    takeBack: 'Вернуть кассиру',
    takeBackPin: (name: string) => `${name}, введите PIN, чтобы забрать кассу`,
  },
  /** Whose phone is asked, where the customer has authorised others. */
  to: {
    title: 'Кому отправить код?',
    text: 'Покупатель сам или доверенное лицо, которое пришло вместо него.',
    customer: 'Покупатель',
    person: 'Доверенное лицо',
    ask: 'Попросите доверенное лицо назвать код из сообщения.',
    askCall: 'Доверенному лицу позвонят. Спросите последние цифры номера, с которого звонят.',
    heard: 'Покупатель получит сообщение об этой покупке.',
    send: 'Отправить код',
    other: 'Спросить другого',
  },
  didNotArrive: 'Код не пришёл',
  noAccess: 'Нет доступа к этому номеру',
  cancel: 'Отменить код',
  cancelTitle: 'Отменить код?',
  cancelQuestion: 'Отправленный код больше не подойдёт.',
  keepWaiting: 'Ждать код',
  demo: 'Деморежим: код на странице',

  /** Stops after which continuing without a code is not offered. */
  stoppedTitle: 'Код не отправлен',
  stopped: {
    'phone-held': (phone: string, until: string | null) =>
      `У этого покупателя записан другой номер: ${phone}. Код уходит только на него. ${
        until === null
          ? 'Новый начнёт действовать через сутки после записи в карточку или сразу, если тогда же ввели код со старого номера.'
          : `Новый начнёт действовать: ${until}.`
      }`,
    'phone-too-new': {
      points: (until: string) =>
        `Этот номер записан недавно. Списать баллы с ним можно будет после ${until}. Примите деньги.`,
      debt: (until: string, allowed: string) =>
        `Этот номер записан недавно. В долг по нему можно взять не больше ${allowed}; больше — после ${until}. Остальное примите наличными или картой.`,
      nothing: (until: string) =>
        `Этот номер записан недавно. Ещё взять в долг по нему можно будет после ${until}. Примите деньги.`,
    },
    'customer-disputed': (moment: string) =>
      `Покупатель оспаривает запись на его имя (${moment}). Пока спор не закрыт, ни одна касса не продаёт ему в долг и не списывает баллы. Спор закрывает управляющий в разделе «Долги и баллы без кода». Примите деньги.`,
    'over-limit': {
      some: (allowed: string) =>
        `Столько в долг нельзя: по записям всех касс этому покупателю можно ещё ${allowed}. Остальное примите наличными или картой.`,
      nothing:
        'В долг больше нельзя: по записям всех касс этому покупателю больше не положено. Примите деньги.',
    },
    'points-short': {
      some: (points: string) =>
        `Столько баллов списать нельзя: по записям всех касс можно ${points}. Остальное примите наличными или картой.`,
      nothing: 'По записям всех касс у этого покупателя нет баллов для списания. Примите деньги.',
    },
    'card-differs':
      'Карточка этого покупателя на кассе не та, которую знает сервер магазина. Примите деньги и скажите владельцу.',
    'codes-stopped':
      'Сервер магазина больше не отправляет коды с этой кассы, пока владелец не разрешит снова. Примите деньги и скажите владельцу.',
    'person-refused': {
      'unknown-person':
        'Сервер магазина не знает этого доверенного лица: его убрали с карточки, или код покупателя для него не дошёл до сервера. Спросите покупателя или добавьте доверенное лицо ещё раз.',
      'own-number':
        'Это ваш собственный номер: подтвердить свою же операцию нельзя. Пусть её проведёт другой сотрудник.',
      'main-number': 'Это основной номер покупателя: добавлять его не нужно.',
      'too-many': 'На карточке уже пять доверенных лиц. Сначала уберите одно.',
    },
    'operator-unknown':
      'Сервер магазина больше не знает этого кассира. Войдите под другим именем и отправьте код ещё раз.',
    'challenge-differs': 'Чек изменился, пока уходил код. Отправьте код ещё раз.',
    'policy-changed':
      'Правила баллов в магазине изменились, касса получает новые. Уберите баллы из оплаты и добавьте снова.',
    'journal-behind':
      'Касса давно не передавала журнал на сервер магазина. Дождитесь, пока он уйдёт, и попробуйте ещё раз.',
    cancelled: 'Запрос кода отменён.',
    superseded: 'Отправлен более новый код. Нужен он.',
    'unknown-challenge': 'Сервер магазина не помнит этот код. Отправьте новый.',
  },
  /** The same stops where nothing is sold, so that no money can be taken instead. */
  stoppedElsewhere: {
    'phone-too-new': {
      some: (until: string, allowed: string) =>
        `Этот номер записан недавно. Кодом с него можно подтвердить не больше ${allowed}; больше — после ${until}.`,
      nothing: (until: string) =>
        `Этот номер записан недавно. Подтвердить такое кодом с него можно будет после ${until}.`,
    },
    'customer-disputed': (moment: string) =>
      `Покупатель оспаривает запись на его имя (${moment}). Сначала закройте спор в разделе «Долги и баллы без кода».`,
    'over-limit': (allowed: string) =>
      `По записям всех касс этому покупателю можно в долг ещё ${allowed}.`,
    'points-short': (points: string) =>
      `По записям всех касс у этого покупателя можно списать ${points}.`,
    'card-differs':
      'Карточка этого покупателя на кассе не та, которую знает сервер магазина. Скажите владельцу.',
    'codes-stopped':
      'Сервер магазина больше не отправляет коды с этой кассы, пока владелец не разрешит снова. Скажите владельцу.',
    'challenge-differs': 'Пока уходил код, что-то изменилось. Отправьте код ещё раз.',
  },
};

/** `осталась 1 попытка`, `осталось 4 попытки`: the verb agrees too. */
function triesLeft(left: number): string {
  const verb = form('ru', left, { one: 'осталась', other: 'осталось' });
  const tries = { one: 'попытка', few: 'попытки', many: 'попыток', other: 'попытки' };
  return `${verb} ${plural('ru', left, tries)}`;
}
