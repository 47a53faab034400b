// Going on without a code, in Russian. The shape of this file is the shape of every other language's.

export const noCode = {
  titleCannotSend: 'Код отправить нельзя',
  titleDidNotArrive: 'Код не пришёл',
  titlePhoneNotAtHand: 'Нет доступа к этому номеру',
  titleSpent: 'Код больше не действует',
  nothingLost: 'Чек сохранён, ничего не потеряно.',

  /** Why no code can be had: one sentence each. */
  because: {
    unreachable: 'Касса не видит шлюз.',
    unreachableFor: (duration: string) => `Касса не видит шлюз ${duration}.`,
    quarantined:
      'Шлюз не принимает журнал этой кассы и не отправит для неё код, пока кассу не подключат заново (раздел «Устройство»).',
    'provider-unreachable': 'Шлюз на связи, но сервис рассылки не отвечает.',
    refused: (why: string) => `Сервис рассылки не отправил код. ${why}`,
    limited: {
      phone: (time: string) =>
        `На этот номер уже отправлено много кодов. Следующий можно в ${time}.`,
      till: (time: string) => `С этой кассы уже отправлено много кодов. Следующий можно в ${time}.`,
      shop: (time: string) => `Магазин исчерпал коды на сегодня. Следующий можно в ${time}.`,
    },
    'did-not-arrive': 'Сообщение отправлено, но покупатель его не получил.',
    'phone-not-at-hand':
      'Покупатель сейчас не может посмотреть сообщение. Код отправлен, его ещё можно ввести.',
    expired: 'Время вышло: код уже не подойдёт.',
    'too-many-checks': 'Попытки кончились: код уже не подойдёт.',
  },

  retry: 'Отправить снова',
  backToCode: 'Всё-таки ввести код',
  reserveCode: 'Запасной код',
  heading: 'Продолжить без кода',
  reason: 'Почему без кода',
  otherReason: 'Что случилось',
  otherReasonHint: 'Эти слова попадут в журнал',
  reasonMissing: 'Выберите причину',
  otherReasonMissing: 'Напишите, что случилось',

  allowed: (now: string, after: string) =>
    `Без кода сегодня осталось ${now}, после этой продажи — ${after}.`,
  overCap: {
    act: (amount: string) => `Без кода за один раз можно не больше ${amount}.`,
    customer: (amount: string) => `Этому покупателю без кода сегодня можно ещё на ${amount}.`,
    till: (amount: string) => `На этой кассе без кода сегодня можно ещё на ${amount}.`,
    nothing: 'Без кода сегодня больше ничего записать нельзя.',
  },
  overCapAdvice: 'Уменьшите сумму или дождитесь связи.',
  willBeNoted: 'Запись попадёт в журнал с вашим именем и причиной.',
  colleagueNoted: (name: string) =>
    `В журнал попадут ваше имя, имя разрешившего (${name}) и причина.`,
  willBeTold: 'Покупатель получит сообщение, когда связь вернётся.',
  answers: (name: string, group: string) => `Разрешает ${name}, ${group}`,
  other: 'Другой сотрудник',

  doOnAccount: 'Записать долг без кода',
  doPoints: 'Списать баллы без кода',

  noRight: 'Вам это не разрешено.',
  rightHeldBy: (groups: string) => `Без кода могут продолжить: ${groups}.`,
  rightHeldByNobody: 'Без кода не может продолжить никто: такого права нет ни у одной группы.',
  colleague: 'Позвать коллегу',
  colleagueTitle: 'Кто разрешает?',
  colleaguePin: (name: string) => `${name}, введите свой PIN`,
  colleagueOnce: 'Только для этого действия: кассир останется прежним.',
  noColleague: 'Сейчас нет никого с таким правом.',
  back: 'Вернуться к оплате',
};
