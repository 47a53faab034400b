// Continuing without a code, and the reasons for it, in Russian.
import type { OverrideReason } from '$lib/contract/acts/account';
import type { SaleAction } from '$lib/contract/values';
import { form, plural } from '$lib/ui/text/plural';

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

/** `осталась 1 попытка`, `осталось 4 попытки`. */
function triesLeft(left: number): string {
  const tries = { one: 'попытка', few: 'попытки', many: 'попыток', other: 'попытки' };
  return `${form('ru', left, { one: 'осталась', other: 'осталось' })} ${plural('ru', left, tries)}`;
}

export const reasons = {
  override: {
    'no-internet': 'Нет интернета',
    'provider-failed': 'Сервис не отправил',
    'code-did-not-arrive': 'Код не пришёл',
    'phone-not-at-hand': 'Нет телефона с собой',
    other: 'Другое…',
  } satisfies Record<OverrideReason, string>,
};
