// The receipt and its payment, in Russian.
import { plural } from '$lib/ui/text/plural';
import { since } from './since';

export const till = {
  searchHint: 'Название, штрихкод или артикул',
  searchLabel: 'Найти товар',
  clearSearch: 'Очистить поиск',
  showKeys: 'Клавиши (F1)',
  categories: 'Категории',
  popular: 'Часто берут',
  uncategorised: 'Без категории',
  inStock: (amount: string) => `остаток ${amount}`,
  outOfStock: 'нет в наличии',
  /** On a tile: little stock is left. */
  low: (amount: string) => `мало: ${amount}`,
  /** On a tile: no stock is left. */
  none: 'нет',
  inReceipt: (amount: string) => `в чеке: ${amount}`,
  sku: (sku: string) => `арт. ${sku}`,
  found: (n: number) =>
    plural('ru', n, { one: 'товар', few: 'товара', many: 'товаров', other: 'товара' }),

  receipt: 'Чек',
  emptyTitle: 'Чек пуст',
  emptyText: 'Коснитесь товара, найдите его по названию или отсканируйте штрихкод.',
  noGoodsTitle: 'Товаров ещё нет',
  noGoodsText: 'Загрузите свой прайс-лист, и можно продавать.',
  notFoundTitle: (text: string) => `Ничего не нашлось: «${text}»`,
  notFoundText: 'Проверьте буквы или наберите только начало слова.',
  barcodeNotFound: (barcode: string) => `Штрихкода ${barcode} нет в списке`,
  barcodeWrong: (barcode: string) =>
    `Штрихкод ${barcode} прочитан с ошибкой. Отсканируйте ещё раз.`,
  unlisted: {
    price: 'Цена',
    name: 'Что это',
    goods: 'Товар',
    forAdults: '18+: спросить возраст',
    sell: 'Продать по этой цене',
    needsColleague: 'Цены в прайсе нет: продажу разрешит коллега своим PIN-кодом.',
    allows: (price: string) => `продажу по цене ${price}`,
  },

  lineTimes: (quantity: string, price: string) => `${quantity} × ${price}`,
  quantity: 'Количество',
  weight: (unit: string) => `Сколько, ${unit}`,
  quantityWrong: 'Введите число больше нуля',
  weightWrong: 'Введите вес, например 0,412',
  weightDoubt: {
    grams: (grams: number) => `Может быть, ${grams} г?`,
    gramsText: (weight: string, sum: string) => `Набрано ${weight}: это будет стоить ${sum}.`,
    yesGrams: (grams: number) => `${grams} г`,
    no: (weight: string) => `Нет, ${weight}`,
    much: (weight: string) => `Продать ${weight}?`,
    muchText: (sum: string) => `Это необычно много. Стоить будет ${sum}.`,
    yes: (weight: string) => `Да, ${weight}`,
  },
  setQuantity: 'Изменить количество',
  oneMore: 'Ещё один',
  oneLess: 'На один меньше',
  removeLine: 'Убрать из чека',
  removed: (name: string) => `Убрано: ${name}`,
  /** For screen readers. */
  added: (name: string, times: string, total: string) => `${name}, ${times}. Итого ${total}`,
  timesWrong: (times: string) => `Столько продать нельзя: ${times}`,
  scanAgain: 'Штрихкод прочитан не целиком. Отсканируйте ещё раз.',
  mark: {
    title: 'Отсканируйте код маркировки',
    text: 'Квадратный код на упаковке, он у каждой штуки свой. По обычному штрихкоду этот товар не продать.',
    waiting: 'Ждём сканер…',
    ofLine: (serial: string) => `код ${serial}`,
    twice: 'Эта штука уже в чеке: у каждой свой код',
    sold: (receipt: string, when: string) =>
      `Эта штука уже продана: чек ${receipt}, ${when}. Продать её снова можно после возврата.`,
    oneByOne: 'Маркированный товар сканируйте по одной штуке',
    other: (name: string) => `Это код другого товара: ${name}`,
  },
  label: {
    noArticle: (plu: string) => `Нет такого товара: PLU ${plu}`,
    several: (plu: string, names: string) =>
      `PLU ${plu} стоит у нескольких товаров: ${names}. Дайте им разные артикулы.`,
    otherUnit: {
      weight: (name: string) => `На этикетке вес, а «${name}» продаётся не на килограммы`,
      pieces: (name: string) => `На этикетке штуки, а «${name}» продаётся не поштучно`,
    },
    noPrice: (name: string) =>
      `На этикетке цена, а у «${name}» в списке цены нет: не понять, сколько это`,
    otherPrice: (sum: string, name: string, price: string) =>
      `Цена на этикетке, ${sum}, не подходит товару «${name}» по ${price}`,
    price: 'цена с этикетки',
    tooMuch: (name: string) => `На этикетке слишком много: ${name}`,
    oneByOne: 'Сканируйте этикетки весов по одной, без числа перед ними',
  },
  age: {
    title: (age: number) =>
      `Покупателю есть ${plural('ru', age, { one: 'год', few: 'года', many: 'лет', other: 'года' })}?`,
    text: 'Этот товар продаём не всем. Если сомневаетесь, попросите документ.',
    yes: 'Да, есть',
    no: 'Не продавать',
    leftOut: (name: string) => `Не добавлено: ${name}`,
  },
  price: 'Цена',
  discounts: {
    automatic: (name: string) => `Автоскидка «${name}»`,
    ofReceipt: 'Скидка на чек',
    percent: 'Скидка, %',
    sum: 'Скидка суммой',
    price: 'Цена вручную',
    listPrice: (price: string) => `по прайсу ${price}`,
    none: 'Этот товар продаётся без скидок.',
    notLabels: 'Цены с этикеток весов скидка не меняет.',
    newTotal: 'Станет',
    unlikely: (price: string) => `Продать по ${price}?`,
    unlikelyText: (price: string) => `По прайсу ${price}.`,
    sellSo: (price: string) => `Да, по ${price}`,
    correct: 'Исправить',
    remove: 'Без скидки',
    allows: 'дать эту скидку',
  },
  discount: 'Скидка',
  total: 'Итого',
  pay: 'К оплате',
  hold: 'Отложить',
  clear: 'Очистить',
  /** The button for them where there is no room for each. */
  receiptActs: 'Отложить, скидка, очистить',
  cleared: 'Чек отменён',
  holding: (what: string) => `Чек отложен: ${what}`,
  held: {
    button: (n: number) => `Отложено · ${n}`,
    title: 'Отложенные чеки',
    none: 'Отложенных чеков нет',
    noneText: 'Покупатель вернулся за товаром? Отложите чек и пробейте следующий.',
    note: (when: string, lines: string) => `${since(when)} · ${lines}`,
    code: 'код запрошен',
    giveUp: (what: string) => `Отменить чек: ${what}`,
  },
  priceChanges: {
    title: 'Цены изменились',
    text: 'Пока чек был отложен, эти товары стали стоить иначе.',
    keep: 'Прежние цены',
    take: 'Новые цены',
  },
  notLeft: {
    busy: 'Сначала закончите оплату этого чека',
    refused: 'Чек остался открытым: у вас нет права продавать или не прочитаны настройки магазина',
    stored: (why: string) => `Чек остался открытым. ${why}`,
  },

  chooseCustomer: 'Выбрать покупателя',
  removeCustomer: 'Убрать покупателя',
  owes: (amount: string) => `долг ${amount}`,
  /** What of the debt should have been paid. */
  overdue: (amount: string) => `просрочено ${amount}`,
  noCredit: 'в долг нельзя',

  sheetOpen: 'Показать чек целиком',
  sheetClose: 'Свернуть чек',
};

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
    /** A return has given back `amount` the same way, and debt payments cover the rest of it. */
    givenBack: {
      cash: (amount: string, stays: string) =>
        `При возврате по этой продаже выдали ${amount} наличными: ${stays} должно остаться оплачено наличными.`,
      card: (amount: string, stays: string) =>
        `При возврате по этой продаже вернули ${amount} на карту: ${stays} должно остаться оплачено картой.`,
      transfer: (amount: string, stays: string) =>
        `При возврате по этой продаже вернули ${amount} переводом: ${stays} должно остаться оплачено переводом.`,
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

export const allowed = {
  left: (amount: string) => `можно ещё ${amount}`,
  nothingLeft: 'больше в долг нельзя',
  nothingNow: 'в долг пока нельзя',
  noLimit: 'без предела',
  disputed: 'в долг нельзя, пока открыт спор',
  noPhone: 'без телефона в долг нельзя',
  leftWithoutPhone: (amount: string) => `без телефона можно ещё ${amount}`,

  /** After the sum. */
  because: {
    young: (until: string) => `номер новый, до ${until}`,
    waiting: (until: string) => `номер начнёт действовать: ${until}`,
    unaccepted: 'пока владелец не примет номер',
    held: (phone: string) => `записан другой номер: ${phone}`,
  },

  points: {
    young: (until: string) => `Номер новый. Баллы можно будет списать: ${until}.`,
    waiting: (until: string) => `Баллы пока не списать. Номер начнёт действовать: ${until}.`,
    unaccepted: 'Баллы не списать, пока владелец не примет номер.',
    held: (phone: string) => `Баллы не списать: записан другой номер, ${phone}.`,
    disputed: 'Баллы не списать, пока открыт спор.',
    noPhone: 'Чтобы списать баллы, нужен код, а телефона у покупателя нет.',
    upTo: (points: string) => `Без кода можно списать не больше: ${points}.`,
  },
};
