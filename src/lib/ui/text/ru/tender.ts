// Tenders and the dialogue for sales on account, in Russian.
import { plural } from '$lib/ui/text/plural';
import { since } from './since';

export const tender = {
  title: 'Оплата',
  kinds: { cash: 'Наличные', card: 'Карта', transfer: 'Перевод', points: 'Баллы' },
  kindsLabel: 'Чем платят',
  sums: 'Расчёт',
  due: 'К оплате',
  inCash: 'Наличными',
  rounding: 'Округление',
  leftToPay: 'Осталось',
  change: 'Сдача',
  over: 'Лишнее',
  exact: 'Без сдачи',
  removeTender: (kind: string) => `Убрать оплату: ${kind}`,
  /** Label of a tender row, which can be tapped if the customer paid another way. */
  regive: (kind: string) => `${kind}: заплатили иначе`,
  regiveTitle: (amount: string) => `Как заплатили ${amount}?`,
  onlyCashGivesChange:
    'Сдачу дают только с наличных: картой и переводом больше нужного не принять.',

  /** Card or transfer was tapped while cash was typed: the sum may have been meant for the card. */
  split: {
    title: (total: string) => `Как платят ${total}?`,
    both: {
      card: (cash: string, rest: string) => `${cash} наличными и ${rest} картой`,
      transfer: (cash: string, rest: string) => `${cash} наличными и ${rest} переводом`,
    },
    part: {
      card: (amount: string) => `Картой только ${amount}`,
      transfer: (amount: string) => `Переводом только ${amount}`,
    },
    saves: 'чек будет сохранён',
    left: (rest: string) => `останется оплатить ${rest}`,
  },

  /** Cash alone covers the receipt, but there is also a card payment or a transfer. */
  both: {
    title: 'Получены обе оплаты?',
    text: (cash: string) => `Наличных ${cash} хватает и без второй оплаты.`,
    card: (amount: string) => `Картой: ${amount}`,
    transfer: (amount: string) => `Переводом: ${amount}`,
    yes: (change: string) => `Да, сдача ${change}`,
    no: 'Исправить',
  },

  /** Before a card payment or a transfer is removed from the receipt. */
  /** A saved sale was paid another way than it says. */
  corrected: {
    button: 'Оплачено иначе',
    title: 'Чем оплатили на самом деле?',
    part: (way: string, amount: string) => `${way}, ${amount}: на самом деле`,
    note: 'Сумма, долг и баллы не изменятся. В Z-отчёте будет видно, кто и что исправил.',
    act: 'Исправить',
    needsRight: 'У вас нет такого права. Разрешить может коллега, у которого оно есть.',
    allows: 'исправление оплаты',
    done: (ways: string) => `Оплачено иначе: ${ways}`,
    /** A return has given back this much the same way. */
    givenBack: {
      cash: (amount: string) =>
        `При возврате по этой продаже выдали ${amount} наличными: столько должно остаться оплачено наличными.`,
      card: (amount: string) =>
        `При возврате по этой продаже вернули ${amount} на карту: столько должно остаться оплачено картой.`,
      transfer: (amount: string) =>
        `При возврате по этой продаже вернули ${amount} переводом: столько должно остаться оплачено переводом.`,
    },
    refused: {
      'other-shift': 'Исправить можно только продажу открытой смены этой кассы.',
      'cash-not-payable':
        'Такую сумму монетами не заплатить. Если платили наличными, оформите возврат и пробейте продажу снова.',
      'other-sum': 'Сумма должна остаться прежней.',
      'same-tenders': 'Так и записано сейчас. Выберите другой способ.',
    },
  },

  takeOff: {
    title: 'Убрать оплату из чека?',
    card: (amount: string) =>
      `Карта, ${amount}: если терминал уже списал деньги, сначала сделайте возврат на терминале.`,
    transfer: (amount: string) =>
      `Перевод, ${amount}: если деньги уже пришли, сначала верните их покупателю.`,
    keep: 'Оставить',
    remove: 'Убрать',
  },

  /** The receipt was not saved and has a card payment or a transfer, or the till stopped while it was being paid. */
  unsaved: {
    title: 'Чек ещё не сохранён',
    interrupted: 'Касса остановилась во время оплаты: не берите деньги второй раз.',
    card: (amount: string) =>
      `Оплата картой ${amount} осталась в чеке. Второй раз её не проводите.`,
    transfer: (amount: string) => `Перевод ${amount} остался в чеке. Второй раз его не просите.`,
  },

  cashTyped: 'Получено наличными',
  /** Typed cash that is not in whole steps of the rounding. */
  cashCounts: (amount: string) => `Считается ${amount}: мельче монет нет`,
  pointsTyped: 'Списать баллов',
  allPoints: (points: string) => `Все: ${points}`,
  pointsNone: 'баллов пока нет',
  pointsWorth: (points: string, worth: string) => `${points} = ${worth}`,

  ways: {
    card: 'терминал одобрил',
    transfer: 'деньги пришли',
    /** Another way already pays everything; a tap replaces it. */
    instead: 'вместо введённого',
    chooseFirst: 'выберите покупателя',
    asksHowMany: 'выберите сколько',
    pointsNotNow: 'для этого чека нельзя',
    upTo: (points: string) => `до ${points}`,
  },

  /** The main button: what it does, and below it the detail or the reason why it is disabled. */
  main: {
    typeCash: 'Введите сумму наличных',
    orOtherWay: 'или выберите другой способ',
    nothingToPay: 'Платить нечего',
    touchExact: 'нажмите «Без сдачи»',
    leftToPay: (amount: string) => `Осталось ${amount}`,
    anyWay: 'наличными, картой или переводом',
    tooMuch: (amount: string) => `Лишние ${amount}`,
    takeBack: 'уберите одну из оплат',
    /** `way`: how all of it is given; null: in several ways. */
    accept: (amount: string, way: 'cash' | 'card' | 'transfer' | null) =>
      way === null
        ? `Принять ${amount}`
        : `Принять ${amount} ${{ cash: 'наличными', card: 'картой', transfer: 'переводом' }[way]}`,
    change: (amount: string) => `сдача ${amount}`,
    noChange: 'без сдачи',
    paidInFull: 'оплачено полностью',
    /** `detail`: the sum or the change. */
    sendsCode: (detail: string) => `${detail}, отправим код`,
    cannotSendCode: (detail: string) => `${detail}, нет связи для кода`,
    short: (amount: string) => `не хватает ${amount}`,
    forCode: 'без него код не отправить',
    noPermission: 'у вас нет такого права',
  },

  short: 'Не хватает',
  onAccount: 'В долг',
  customer: 'Покупатель',
  nobody: 'Покупатель не выбран',
  nobodyNote: 'нужен для баллов и для долга',
  onAccountWhose: (amount: string) => `${amount} в долг`,
  whoseNote: 'выберите, кто берёт в долг',
  /** When what goes on account is to be paid. */
  debtDue: 'Срок долга',
  dueNever: 'без срока',
  dueWithin: (days: number, by: string) =>
    `${plural('ru', days, { one: 'день', few: 'дня', many: 'дней', other: 'дня' })}, до ${by}`,
  /** Where the customer wants an electronic receipt. */
  takesOnAccount: (name: string) => `${name} берёт в долг`,
  codeGoes: (channel: string, phone: string) => `Код: ${channel} на ${phone}`,
  withoutOthers: {
    since: (time: string) => `без других касс ${since(time)}`,
    atAll: 'без других касс',
    silent: (till: string, time: string) => `касса «${till}» не на связи ${since(time)}`,
  },
  noDebt: 'долга нет',
  debtWas: (amount: string) => `был ${amount}`,
  debtBecomes: (amount: string) => `долг станет ${amount}`,
  allowedUpTo: (amount: string) => `можно до ${amount}`,
  noLimit: 'без предела',
  chooseForDebt: 'Кому записать долг?',
  findCustomer: 'Имя или телефон',
  newCustomer: 'Новый покупатель',
  addPhone: 'Добавить телефон',
  otherCustomer: 'Другой',
  needsPhone: 'Без телефона код не отправить. Добавьте номер покупателя.',
  overLimit: (allowed: string) => `Столько в долг нельзя. Можно записать ещё ${allowed}.`,
  overLimitNothing: 'Предел долга исчерпан: больше в долг записать нельзя.',
  overLimitAllowed: 'Долг выше предела. У вас есть право это разрешить.',
  noCredit: 'Этому покупателю в долг не продаём.',
  disputed:
    'Покупатель оспаривает запись на его имя. В долг не продаём, пока управляющий не закроет спор.',
  mayNotSellOnAccount: 'Продавать в долг вам нельзя. Позовите того, у кого есть это право.',

  save: 'Сохранить чек',
  saveOnAccount: 'Записать в долг',
  saving: 'Сохраняем…',

  savedOnAccount: (amount: string, name: string) => `${amount} в долг · ${name}`,
  debtNow: 'Долг теперь',
  earned: 'Начислено',
  overCap: (points: string) => `Не начислено, больше, чем можно покупателю за сутки: ${points}.`,
  savedTitle: 'Продажа сохранена',
  paid: 'Оплачено',
  receivedOf: (received: string, due: string) => `получено ${received} · к оплате ${due}`,
  receiptNumber: (number: string) => `Чек № ${number}`,
  showReceipt: 'Показать или напечатать чек',
  nextReceipt: 'Следующий покупатель',

  notSavedTitle: 'Чек НЕ сохранён',
  notSavedText: 'Чек остаётся на экране, ничего не пропало. Деньги пока не записаны.',
  undecidedTitle: 'Неизвестно, сохранён ли чек',
  undecidedText:
    'Чек остаётся на экране. Нажимайте «Повторить», пока касса не ответит. Если закрыть кассу сейчас, при следующем запуске она спросит, считать ли чек, или сообщит, что он учтён. Если нет, найдите чек в журнале: он учтён, только если он там есть.',
  backToTill: 'Вернуться к чеку',

  /** Tenders were removed from the receipt, and why. */
  dropped: {
    emptied: 'Оплата сброшена: в чеке ничего не осталось',
    customer: 'Наличные и баллы сброшены: сменился покупатель',
    'given-up': 'Оплата сброшена: начат новый чек',
  },

  /** The edit that made the code invalid. */
  voided: {
    lines: 'Изменился состав чека, поэтому отправленный код больше не подходит. Отправьте новый.',
    tender: 'Изменилась оплата, поэтому отправленный код больше не подходит. Отправьте новый.',
    customer:
      'Выбран другой покупатель, поэтому отправленный код больше не подходит. Отправьте новый.',
    phone: 'Изменился телефон, поэтому отправленный код больше не подходит. Отправьте новый.',
    operator: 'Вошёл другой кассир, поэтому отправленный код больше не действует. Отправьте новый.',
    policy:
      'В магазине изменились правила подтверждения. Отправленный раньше код больше не действует. Сохраните чек ещё раз.',
  },
};
