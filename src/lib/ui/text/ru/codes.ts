// Codes, going on without one, and proofs, in Russian.
import type { OverrideReason } from '$lib/contract/acts/account';
import type { DeliveryState } from '$lib/contract/challenge';
import type { Action, Channel, SaleAction } from '$lib/contract/values';
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
    'forget-customer': 'Удалить карточку',
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
  sendingSlow:
    'Сервер магазина пока не отвечает. Если он промолчит, через несколько секунд появятся другие способы.',
  checking: 'Проверяем…',
  checkingSlow: 'Проверяем… Сервер магазина пока не отвечает.',
  saving: 'Код подошёл. Сохраняем чек…',
  wrong: (left: number) => `Код не подошёл: ${triesLeft(left)}.`,
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
  otherWay: 'Другой способ…',
  ways: {
    title: 'Другой способ',
    otherNote: 'Код придёт на другой номер',
    typesNote: 'Экран поворачивают к нему',
    phoneNote: 'Покупатель наводит камеру на QR-код и вводит код у себя',
    withoutNote: 'По резервному коду или без кода',
    hold: 'Отложить чек',
    holdNote: 'Код останется в силе: его можно ввести, когда чек откроют снова',
    pay: 'Оплатить иначе',
    payNote: 'Отправленный код перестанет действовать',
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
    'phone-unaccepted': {
      debt: (allowed: string) =>
        `Карточкой пользовались до того, как на неё записали этот номер, поэтому номер должен принять владелец. До тех пор в долг можно взять не больше ${allowed}. Остальное примите наличными или картой.`,
      nothing:
        'Карточкой пользовались до того, как на неё записали этот номер, поэтому номер сначала должен принять владелец. Примите деньги.',
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
    'phone-unaccepted':
      'Карточкой пользовались до того, как на неё записали этот номер, поэтому номер сначала должен принять владелец.',
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

export const noCode = {
  titleCannotSend: 'Код отправить нельзя',
  titleDidNotArrive: 'Код не пришёл',
  titlePhoneNotAtHand: 'Нет доступа к этому номеру',
  titleSpent: 'Код больше не действует',
  nothingLost: 'Чек цел, ничего не потеряно.',

  /** Why no code can be sent: one sentence each. */
  because: {
    unreachable: 'Касса не видит сервер магазина.',
    /** No answer yet; it may still come. */
    overdue: 'Сервер магазина пока не ответил. Как только ответит, касса продолжит сама.',
    unreachableFor: (duration: string) => `Касса не видит сервер магазина ${duration}.`,
    quarantined:
      'Сервер магазина не принимает журнал этой кассы и не отправит для неё код, пока кассу не подключат заново (раздел «Настройки → Эта касса»).',
    'tills-awaited': (tills: string, until: string) =>
      `Сервер магазина восстановлен из старой копии и ещё не знает, что было на других кассах: ${tills}. Включите их и дождитесь, пока они свяжутся с сервером. Если ждать нельзя, владелец нажмёт «Не ждать» в разделе «Настройки → Кассы магазина». Дольше, чем до ${until}, сервер не ждёт.`,
    'provider-unreachable': 'Сервер магазина на связи, но сервис рассылки не отвечает.',
    refused: (why: string) => `Сервис рассылки не отправил код. ${why}`,
    limited: {
      phone: (time: string) =>
        `На этот номер уже отправлено много кодов. Следующий можно в ${time}.`,
      till: (time: string) => `С этой кассы уже отправлено много кодов. Следующий можно в ${time}.`,
      shop: (time: string) => `Магазин исчерпал коды на сегодня. Следующий можно в ${time}.`,
    },
    'channel-not-available': {
      some: (allowed: string) =>
        `Код из четырёх цифр подтверждает сейчас не больше ${allowed}, а отправить код из шести нечем.`,
      nothing: 'Кодов из четырёх цифр на сегодня больше нет, а отправить код из шести нечем.',
    },
    'did-not-arrive': 'Сообщение отправлено, но покупатель его не получил.',
    'phone-not-at-hand':
      'Покупатель сейчас не может посмотреть сообщение. Код отправлен, его ещё можно ввести.',
    expired: 'Время вышло: код уже не подойдёт.',
    'too-many-checks': 'Попытки кончились: код уже не подойдёт.',
  },

  retry: 'Отправить снова',
  backToCode: 'Всё-таки ввести код',
  /** The reply that came while something else was typed. */
  late: {
    sent: 'Код всё-таки отправлен: покупатель может его назвать.',
    answered: 'Сервер магазина ответил.',
    toCode: 'Ввести код',
    toAnswer: 'Посмотреть ответ',
  },
  reserve: {
    open: (left: number) =>
      `Резервный код · ${form('ru', left, { one: 'остался', other: 'осталось' })} ${left}`,
    label: 'Резервный код, 10 знаков',
    hint: 'Попросите покупателя назвать код из прежнего сообщения. Пробелы, дефисы и регистр не важны.',
    confirm: 'Подтвердить резервным кодом',
    checking: 'Проверяем код…',
    cap: (amount: string) =>
      `Один код подтверждает до ${amount}. После продажи он больше не подойдёт.`,
    overCap: (amount: string) =>
      `Один резервный код подтверждает не больше ${amount}, а здесь больше. Уменьшите сумму: код не потрачен.`,
    malformed: 'Это не резервный код: в нём 10 букв и цифр. Проверьте и введите ещё раз.',
    wrong: (left: number) =>
      `Такого неиспользованного кода у этой кассы нет — ${triesLeft(left)}. Если в сообщении несколько касс, нужен код той, на которой вы сейчас.`,
    locked: (time: string) =>
      `Слишком много неверных кодов. Следующий можно ввести в ${time}. Чек цел.`,
    void: 'Слишком много неверных кодов: резервные коды покупателя на этой кассе погашены. Чек цел. Новые можно выдать, когда будет связь.',
    'none-left': 'Резервных кодов на этой кассе у покупателя больше нет. Чек цел.',
    'given-already': 'Этот код уже подтвердил другое действие в этом чеке. Нужен следующий код.',
  },
  heading: 'Продолжить без кода',
  reason: 'Почему без кода',
  otherReason: 'Что случилось',
  otherReasonHint: 'Эти слова попадут в журнал',
  reasonMissing: 'Выберите причину',
  otherReasonMissing: 'Напишите, что случилось',

  allowed: (now: string, after: string) =>
    `Без кода за сутки можно ещё ${now}, после этого — ${after}.`,
  overCap: {
    act: (amount: string) => `Без кода за один раз можно не больше ${amount}.`,
    customer: (amount: string) => `Этому покупателю без кода за сутки можно ещё на ${amount}.`,
    till: (amount: string) => `На этой кассе без кода за сутки можно ещё на ${amount}.`,
    nothing: 'Без кода за эти сутки больше ничего записать нельзя.',
  },
  overCapAdvice: 'Уменьшите сумму или дождитесь связи.',
  willBeNoted: 'Запись попадёт в журнал с вашим именем и причиной.',
  colleagueNoted: (name: string) =>
    `В журнал попадут ваше имя, имя разрешившего (${name}) и причина.`,
  answers: (name: string, group: string) => `Разрешает ${name}, ${group}`,
  other: 'Другой сотрудник',

  doOnAccount: 'Записать долг без кода',
  doPoints: 'Списать баллы без кода',

  noRight: 'Продолжить без кода вам не разрешено.',
  rightHeldBy: (groups: string) => `Без кода могут продолжить: ${groups}.`,
  rightHeldByNobody: 'Без кода не может продолжить никто: такого права нет ни у одной группы.',
  colleague: 'Позвать коллегу',
  colleagueTitle: 'Кто разрешает?',
  /** `what`: what the colleague allows. */
  colleaguePin: (name: string, what: string) =>
    `${name}, чтобы разрешить ${what}, введите свой PIN.`,
  colleagueAllows: {
    'sell-on-account': (sum: string) => `${sum} в долг без кода`,
    'redeem-points': (sum: string) => `оплату баллами на ${sum} без кода`,
  } satisfies Record<SaleAction, (sum: string) => string>,
  colleagueOnce: 'Только для этого действия: кассир останется прежним.',
  back: 'Вернуться к оплате',
};

export const reasons = {
  override: {
    'no-internet': 'Нет интернета',
    'provider-failed': 'Сервис не отправил',
    'code-did-not-arrive': 'Код не пришёл',
    'phone-not-at-hand': 'Нет телефона с собой',
    other: 'Другое…',
  } satisfies Record<OverrideReason, string>,
};

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
