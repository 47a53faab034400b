// Taking money, and the debt window, in Russian. The shape of this file is the shape of every other language's.

export const tender = {
  title: 'Оплата',
  kinds: { cash: 'Наличные', card: 'Карта', transfer: 'Перевод', points: 'Баллы' },
  kindsLabel: 'Чем платят',
  pointsHeld: (points: string) => `Баллы · ${points}`,
  due: 'К оплате',
  received: 'Получено',
  given: 'Внесено',
  leftToPay: 'Осталось',
  change: 'Сдача',
  exact: 'Без сдачи',
  amountWrong: 'Такой суммы не бывает. Введите, например, 1500 или 99,90.',
  cardHint: 'Проведите оплату на терминале, потом сохраните чек.',
  transferHint: 'Дождитесь перевода, потом сохраните чек.',
  removeTender: (kind: string) => `Убрать оплату: ${kind}`,
  tooMuch: (over: string) => `Картой, переводом и баллами внесено на ${over} больше, чем нужно`,

  usePoints: 'Сколько баллов списать',
  pointsUpTo: (points: string, worth: string) => `можно до ${points} — это ${worth}`,
  pointsNeedCustomer: 'Выберите покупателя, чтобы списать его баллы',
  pointsNone: 'Баллов пока нет',
  pointsWorth: (points: string, worth: string) => `${points} = ${worth}`,

  short: 'Не хватает — записать в долг?',
  onAccount: 'В долг',
  debtWas: (amount: string) => `Сейчас долг ${amount}`,
  debtBecomes: (amount: string) => `станет ${amount}`,
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
  saveAndSend: 'Сохранить и отправить код',
  saveOnAccount: 'Записать в долг',
  saving: 'Сохраняем…',

  savedOnAccount: (amount: string, name: string) => `${amount} в долг · ${name}`,
  debtNow: 'Долг теперь',
  earned: 'Начислено',
  savedTitle: 'Продажа сохранена',
  paid: 'Оплачено',
  receivedOf: (received: string, due: string) => `получено ${received} · к оплате ${due}`,
  receiptNumber: (number: number) => `Чек № ${number}`,
  showReceipt: 'Показать или напечатать чек',
  nextReceipt: 'Следующий покупатель',

  notSavedTitle: 'Чек НЕ сохранён',
  notSavedText: 'Чек остаётся на экране, ничего не пропало. Деньги пока не записаны.',
  backToTill: 'Вернуться к чеку',

  /** Money was taken off the receipt, and why. */
  dropped: {
    emptied: 'Оплата сброшена: в чеке ничего не осталось',
    customer: 'Оплата сброшена: сменился покупатель',
    'given-up': 'Оплата сброшена: начат новый чек',
  },

  /** Which edit made the code worthless. */
  voided: {
    lines: 'Изменился состав чека, поэтому отправленный код больше не подходит. Отправьте новый.',
    tender: 'Изменилась оплата, поэтому отправленный код больше не подходит. Отправьте новый.',
    customer:
      'Выбран другой покупатель, поэтому отправленный код больше не подходит. Отправьте новый.',
    phone: 'Изменился телефон, поэтому отправленный код больше не подходит. Отправьте новый.',
    policy:
      'В магазине изменились правила подтверждения. Отправленный раньше код больше не действует. Сохраните чек ещё раз.',
  },
};
