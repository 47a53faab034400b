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
  accept: (amount: string) => `Принять ${amount}`,
  withChange: (amount: string) => `сдача ${amount}`,
  enter: 'Введите сумму',
  saving: 'Записываем…',

  /** A sentence each: why it cannot be accepted. */
  refused: {
    'nothing-owed': 'Долга уже нет: его приняла другая касса. Верните деньги покупателю.',
    'nothing-given': 'Введите, сколько дал покупатель.',
    'tender-too-much': (over: string) =>
      `Картой и переводом больше долга на ${over}. Сдачу дают только с наличных.`,
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
  tab: 'Долг',
  consists: 'Из чего складывается долг',
  oldestFirst: 'гасится с самого старого',
  /** `day` as in «12 декабря». */
  dueBy: (day: string) => `до ${day}`,
  overdue: 'просрочен',
  openDebt: {
    sale: (number: string) => `чек ${number}`,
    opening: 'начальный долг',
    correction: 'корректировка',
    other: 'другая касса',
  },
  of: (amount: string) => `из ${amount}`,
  movements: 'Движение по счёту',
  noMovements: 'Долгов ещё не было.',
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
      after: 'Долг после',
    },
  },

  debtors: {
    filters: 'Кого показать',
    filter: { all: 'Все', owing: 'С долгом' },
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
    overdueAll: 'просрочено',
    csv: 'Сохранить CSV',
    file: 'dolgi',
    columns: { name: 'Покупатель', owed: 'Долг', overdue: 'Просрочено', oldest: 'Самый старый' },
    emptyTitle: 'Никто ничего не должен',
    emptyText: 'Здесь появятся покупатели, за которыми остался долг.',
  },
};
