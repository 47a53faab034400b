// Debts, their repayment, the statement and the list of debtors, in Russian.
import { plural } from '$lib/ui/text/plural';

export const repayment = {
  title: 'Погашение долга',
  begin: 'Погасить долг',
  whoseTitle: 'Кто возвращает долг?',
  whose: 'Имя или телефон',
  nobodyOwes: 'Сейчас никто ничего не должен.',
  owesNothing: 'долга нет',
  noCard: 'карточки нет на этой кассе',
  weOweText: (amount: string) =>
    `Покупатель внёс больше, чем был должен: мы должны ему ${amount}. Следующая покупка в долг уменьшит эту сумму.`,

  received: 'Получено',
  kinds: { cash: 'Наличные', card: 'Карта', transfer: 'Перевод' },
  byKind: { cash: 'наличными', card: 'картой', transfer: 'переводом' },
  quick: 'Готовые суммы',
  oldest: (amount: string) => `Старший: ${amount}`,
  whole: 'Весь долг',
  settles: 'Что погасится',
  settlesNothing: 'Введите, сколько дал покупатель: здесь будет видно, какие долги погасятся.',
  partOf: (amount: string) => `часть из ${amount}`,
  notSettled: 'не погашается',
  moreDebts: (n: number) =>
    `и ещё ${plural('ru', n, { one: 'долг', few: 'долга', many: 'долгов', other: 'долга' })}`,
  staysOwed: 'Останется долг',
  staysNothing: 'Долга не останется',
  change: 'Сдача',
  willEarn: 'Будет начислено',
  notAccepted: 'Не принято',
  anotherWay: '+ другой способ',
  givenBefore: 'Дано другим способом',
  withChange: (amount: string) => `сдача ${amount}`,
  enter: 'Введите сумму',
  saving: 'Записываем…',

  /** A sentence each: why it cannot be accepted. */
  refused: {
    'nothing-owed': 'Долга уже нет: его приняла другая касса. Верните деньги покупателю.',
    'nothing-given': 'Введите, сколько дал покупатель.',
    'cash-not-payable':
      'Наличные не кратны шагу округления магазина. Введите полученные наличные заново.',
    'tender-too-much': (over: string) =>
      `Картой и переводом больше долга на ${over}. Сдачу дают только с наличных.`,
    'own-number': 'На карточке ваш собственный номер. Пусть деньги примет кто-то другой.',
    'no-customer': 'Карточки этого покупателя на этой кассе нет.',
    policy: (why: string) =>
      `Погашение не записано: ${why}. Повторите, когда касса обновит настройки.`,
  },
  notSavedTitle: 'Погашение НЕ записано',
  notSavedText:
    'Деньги пока не записаны, долг прежний. Введённая сумма осталась на экране. Если уходите без записи, верните деньги покупателю.',
  undecidedTitle: 'Неизвестно, записано ли погашение',
  undecidedText:
    'Нажимайте «Повторить», пока касса не ответит: дважды она не запишет. Если закрыть кассу сейчас, при следующем запуске она спросит, считать ли погашение, или сообщит, что всё учтено. Если нет, посмотрите карточку покупателя: погашение учтено, только если оно там есть.',
  backToSum: 'Вернуться к сумме',

  savedTitle: 'Погашение записано',
  accepted: (amount: string) => `принято ${amount}`,
  stillOwed: 'Осталось долга',
  nothingLeft: 'Долга больше нет',

  /** The debts on the card. */
  consists: 'Из чего складывается долг',
  oldestFirst: 'гасится с самого старого',
  /** `day` as in «12 декабря». */
  dueBy: (day: string) => `до ${day}`,
  overdue: 'просрочен',
  openDebt: {
    sale: (number: string) => `чек ${number}`,
    opening: 'начальный долг',
    correction: 'корректировка',
    payout: 'возвращена переплата',
    other: 'другая касса',
  },
  of: (amount: string) => `из ${amount}`,
  movements: 'Движение по счёту',
  columns: { when: 'Когда', what: 'Что', amount: 'Сумма', after: 'Долг после' },
  earlier: 'До этого',
  otherEntry: 'Запись другой кассы',

  /** On paper. */
  paper: {
    heading: 'ПОГАШЕНИЕ ДОЛГА',
    name: 'Погашение долга',
    show: 'Показать или напечатать квитанцию',
    place: (till: string, entry: string) => `Касса ${till} · запись ${entry}`,
    received: 'ПРИНЯТО',
    operator: (name: string) => `Принимает: ${name}`,
    left: 'ОСТАЛОСЬ ДОЛГА',
    weOwe: 'ПЕРЕПЛАТА',
    payoutHeading: 'ВОЗВРАТ ПЕРЕПЛАТЫ',
    payoutName: 'Возврат переплаты',
    paidOut: 'ВЫДАНО',
    paidBy: (name: string) => `Выдаёт: ${name}`,
    cancelledHeading: 'ПОГАШЕНИЕ ДОЛГА ОТМЕНЕНО',
    cancelledName: 'Погашение долга отменено',
    cancelled: 'ОТМЕНЕНО',
    /** `place`: of its entry. */
    cancels: (place: string) => `Отменённое погашение: ${place}`,
  },

  /** A repayment cancelled. */
  cancel: {
    button: 'Отменить погашение',
    title: 'Отменить погашение',
    amount: 'Погашение',
    owedAgain: (sum: string) => `Покупатель снова будет должен ${sum}.`,
    takenBack: (points: string) => `Отзываются начисленные за него баллы: ${points}.`,
    withheld: (sum: string) =>
      `Из денег удержано ${sum}: столько стоят баллы, которые покупатель уже потратил.`,
    rounded: 'Наличные округлены до суммы, которую можно выдать монетами.',
    giveCash: (sum: string) => `Верните из ящика ${sum}.`,
    giveOther: 'Что оплачено картой или переводом, верните через терминал или банк.',
    done: 'Это погашение отменено.',
    saved: 'Погашение отменено. Верните деньги.',
    needsRight: 'У вас нет права на отмену: её разрешит коллега своим ПИН-кодом.',
    /** What the colleague allows. */
    allows: (sum: string) => `отмену погашения ${sum}`,
    asks: (name: string, sum: string) => `«${name}»: погашение отменяется, долг вырастет на ${sum}`,
    refused: {
      'other-shift':
        'Отменить можно только в той же смене и на той же кассе: потом деньги уже сосчитаны. Исправьте долг корректировкой.',
      'already-cancelled': 'Это погашение уже отменено.',
      'goods-returned':
        'Товар, за который отдали эти деньги, уже возвращали. Исправьте долг корректировкой.',
    },
  },
  /** An overpayment paid out. */
  payOut: {
    button: 'Вернуть переплату',
    title: 'Вернуть переплату',
    owe: 'Мы должны покупателю',
    amount: 'Сколько вернуть',
    amountMissing: 'Напишите, сколько вернуть.',
    how: 'Чем вернуть',
    noCode: 'Код не нужен: это деньги покупателя. Он получит сообщение.',
    needsRight: 'У вас нет права на возврат: его разрешит коллега своим ПИН-кодом.',
    /** What the colleague allows. */
    allows: (sum: string) => `возврат переплаты ${sum}`,
    pay: 'Вернуть деньги',
    saved: 'Переплата возвращена',
    give: { cash: 'Отдайте из ящика', card: 'Верните на карту', transfer: 'Верните переводом' },
    refused: {
      'cash-not-payable': (payable: string) =>
        `Такую сумму монетами не выдать: наличными верните ${payable}, остальное картой или переводом.`,
      'nothing-paid-out': 'Напишите, сколько вернуть.',
      'more-than-we-owe': (allowed: string) => `Это больше, чем мы должны: ${allowed}.`,
      'not-downloaded':
        'Касса ещё не получила данные других касс: переплату могли вернуть там. Подождите, пока они загрузятся.',
      'own-number': 'На карточке ваш собственный номер. Пусть деньги вернёт кто-то другой.',
      'no-customer': 'Карточки этого покупателя на этой кассе нет.',
    },
  },
  statement: {
    button: 'Выписка',
    title: 'Выписка по долгу',
    heading: 'ВЫПИСКА ПО ДОЛГУ',
    on: (moment: string) => `на ${moment}`,
    owed: 'ДОЛГ',
    weOwe: 'ПЕРЕПЛАТА',
    consists: 'Из чего складывается',
    movements: 'Движение по счёту',
    before: 'Долг до этого',
    csv: 'Сохранить CSV',
    file: 'vypiska',
    columns: {
      at: 'Когда',
      what: 'Что',
      number: 'Чек',
      till: 'Касса',
      amount: 'Сумма',
      left: 'Осталось',
      due: 'Оплатить до',
      after: 'Долг после',
    },
  },

  debtors: {
    filters: 'Кого показать',
    filter: { all: 'Все', owing: 'С долгом', overdue: 'Просрочено' },
    total: 'Должны всего',
    count: (n: number) =>
      plural('ru', n, {
        one: 'покупатель',
        few: 'покупателя',
        many: 'покупателей',
        other: 'покупателя',
      }),
    ages: { '0': 'до 30 дней', '31': '31–60 дней', '61': '61–90 дней', '91': 'больше 90 дней' },
    sort: 'Порядок',
    sorts: { sum: 'Сначала большие', age: 'Сначала старые' },
    since: (age: string) => `самый старый: ${age}`,
    overdue: (amount: string) => `просрочено ${amount}`,
    untold: (amount: string) => `${amount} перенесено, не подтверждено`,
    untoldOnCard: (amount: string) =>
      `Долг ${amount} перенесён без сообщения, покупатель его не подтверждал. Его назовёт следующий код: когда покупатель скажет этот код, долг подтверждён.`,
    overdueAll: 'просрочено',
    csv: 'Сохранить CSV',
    file: 'dolgi',
    columns: { name: 'Покупатель', owed: 'Долг', overdue: 'Просрочено', oldest: 'Самый старый' },
    none: {
      title: 'Никто ничего не должен',
      text: 'Здесь появятся покупатели, за которыми остался долг.',
    },
    noneOverdue: {
      title: 'Просроченных долгов нет',
      text: 'Срок оплаты долга задаётся в настройках: «Коды и лимиты».',
    },
  },
};
