// Imports of price lists and of customers, in Russian.
import type {
  CustomerColumn,
  CustomerRefusal,
  ListRefusal,
} from '$lib/domain/customers/customer-list';
import { MOST_ROWS } from '$lib/domain/goods/price-list';
import type { Column, RowRefusal, RowWarning } from '$lib/domain/goods/price-list';
import { plural } from '$lib/ui/text/plural';

const rowsOf = (n: number) =>
  plural('ru', n, { one: 'строка', few: 'строки', many: 'строк', other: 'строки' });

export const imports = {
  chooseTitle: 'Прайс-лист из файла',
  chooseText:
    'Подойдёт CSV или TSV из Excel, 1С и других программ. Пока вы не подтвердите, ничего не изменится.',
  choose: 'Выбрать файл',
  drop: 'или перетащите файл сюда',
  otherFile: 'Другой файл',
  looking: 'Смотрим файл…',

  encoding: 'Кодировка',
  encodings: {
    'utf-8': 'UTF-8',
    'windows-1251': 'Windows-1251 (кириллица)',
    'utf-16le': 'UTF-16 LE',
    'utf-16be': 'UTF-16 BE',
    ibm866: 'DOS (CP866)',
  },
  separator: 'Разделитель',
  separators: { ';': 'Точка с запятой', '\t': 'Табуляция', ',': 'Запятая', '|': 'Черта |' },
  header: 'Заголовок',
  headers: { 'first-row': 'В первой строке', none: 'Его нет' },
  headerInRow: (row: number) => `В строке ${row}`,
  previewTitle: 'Что в файле',
  previewText: 'Первые строки. Над каждым столбцом выберите, что в нём.',
  columnMeaning: (column: number) => `Что в столбце ${column}`,
  column: (column: number) => `Столбец ${column}`,
  columns: {
    barcode: 'Штрихкод',
    sku: 'Артикул',
    name: 'Название',
    category: 'Категория',
    price: 'Цена',
    unit: 'Единица',
    stock: 'Остаток',
    vat: 'НДС',
    age: 'С какого возраста',
  } satisfies Record<Column, string>,
  skipColumn: 'Не нужен',
  missing: (columns: string) => `Укажите, в каком столбце: ${columns}.`,
  missingText: 'Без них товар не продать.',
  unreadableLetters: 'Буквы выглядят странно? Выберите другую кодировку.',
  start: 'Прочитать файл',

  reading: 'Читаем файл',
  merging: 'Сверяем с товарами',
  progress: (rows: number, percent: number) => `${rowsOf(rows)}, ${percent} %`,

  resultTitle: 'Что изменится',
  added: 'Новых',
  updated: 'Изменится',
  unchanged: 'Без изменений',
  refused: 'Отклонено строк',
  kept: 'Товары, которых в файле нет, останутся как есть.',
  errorsTitle: 'Строки с ошибками',
  warningsTitle: 'Взято, но проверьте',
  row: (row: number) => `Строка ${row}`,
  problem: (column: string, because: string) => `${column}: ${because}`,
  shownOf: (shown: number, total: number) =>
    `Показаны первые ${shown.toLocaleString('ru')} из ${total.toLocaleString('ru')}`,
  errors: {
    'name-missing': 'названия нет',
    'name-too-long': 'длиннее 300 знаков',
    'price-missing': 'цены нет',
    'price-malformed': 'это не цена',
    'barcode-rounded': 'Excel округлил штрихкод, цифры потеряны',
    'barcode-malformed': 'это не штрихкод',
    'barcode-repeated': 'такой штрихкод уже был',
    'sku-too-long': 'длиннее 100 знаков',
    'category-too-long': 'длиннее 100 знаков',
    'unit-unknown': 'такой единицы касса не знает',
    'quoting-broken': 'кавычка открыта и не закрыта',
    'letters-unreadable': 'буквы не прочитались, кодировка другая',
  } satisfies Record<RowRefusal, string>,
  repeatedIn: (row: number) => `такой штрихкод уже был в строке ${row}`,
  warnings: {
    'barcode-zeros': 'похоже, Excel заменил последние цифры нулями',
    'barcode-check-digit': 'контрольная цифра не сходится; взят как свой код магазина',
    'price-zero': 'цена 0',
    'stock-malformed': 'это не количество; остаток не изменится',
    'vat-unknown': 'такой ставки касса не знает; НДС не изменится',
    'age-unknown': 'это не возраст; отметка не изменится',
  } satisfies Record<RowWarning, string>,
  wholeRow: 'Строка целиком',

  importAll: (goods: string) => `Загрузить ${goods}`,
  importGood: (n: number) =>
    `Загрузить ${plural('ru', n, { one: 'верную строку', few: 'верные строки', many: 'верных строк', other: 'верной строки' })}`,
  importNothing: 'Не загружать',
  backToColumns: 'Вернуться к столбцам',
  nothingGood: 'Ни одной верной строки нет: загружать нечего.',
  nothingNew: 'Всё в файле уже есть в кассе: менять нечего.',
  saving: 'Сохраняем…',
  notSaved: 'Товары НЕ сохранены',
  doneTitle: 'Товары загружены',
  doneText: (goods: string) => `Теперь в кассе ${goods}.`,
  toTill: 'К кассе',
  toCatalogue: 'К товарам',

  refusals: {
    empty: 'Файл пуст: в нём нет ни одной строки.',
    'not-text':
      'Это не текст. Если это таблица Excel, сохраните её как CSV: «Файл» → «Сохранить как» → CSV.',
    'too-large': `В списке больше ${MOST_ROWS.toLocaleString('ru')} строк — для кассы это слишком много. Ничего не изменилось. Разделите файл или оставьте в нём только то, что продаёт этот магазин.`,
  },
  failed:
    'Файл не дочитался до конца: его переместили или не хватило памяти. Ничего не изменено. Выберите файл снова.',
  cancelled: 'Чтение остановлено. Ничего не изменено.',
};

const PEOPLE = {
  one: 'покупателя',
  few: 'покупателей',
  many: 'покупателей',
  other: 'покупателя',
};
const CARDS = { one: 'карточка', few: 'карточки', many: 'карточек', other: 'карточки' };
const MESSAGES = {
  one: 'сообщение',
  few: 'сообщения',
  many: 'сообщений',
  other: 'сообщения',
};
const ROWS = { one: 'строка', few: 'строки', many: 'строк', other: 'строки' };

export const customerImport = {
  open: 'Загрузить из файла',
  export: 'Скачать список (CSV)',
  file: 'покупатели',
  title: 'Покупатели из файла',
  chooseTitle: 'Список покупателей',
  chooseText:
    'Подойдёт CSV или TSV с названиями столбцов: имя, телефон, день рождения, группа, заметка, долг, баллы. Пока вы не подтвердите, ничего не изменится.',
  columns: {
    name: 'Имя',
    phone: 'Телефон',
    birthday: 'День рождения',
    group: 'Группа',
    note: 'Заметка',
    debt: 'Долг',
    points: 'Баллы',
  } satisfies Record<CustomerColumn, string>,
  wholeRow: 'Строка целиком',
  notRead: 'Файл не прочитан',
  failed: 'Файл не дочитался до конца. Выберите его снова.',
  refusals: {
    empty: 'В файле нет ни одной строки.',
    'not-text':
      'Это не текст. Если это таблица Excel, сохраните её как CSV: «Файл» → «Сохранить как» → CSV.',
    'too-large': 'В файле больше 20 000 строк. Разделите его на части.',
    'no-columns':
      'Касса не нашла столбца с именем. Назовите столбцы в первой строке: «Имя», «Телефон».',
  } satisfies Record<ListRefusal, string>,
  willAdd: (n: number) =>
    n === 0 ? 'Новых покупателей в файле нет.' : `Добавим ${plural('ru', n, PEOPLE)}.`,
  balances: (debt: string, points: string) =>
    `Кроме карточек, запишем долги на ${debt} и ${points}. Это подтверждает владелец своим кодом.`,
  messages: (n: number) =>
    n === 0
      ? 'Сообщений не будет: ни у кого из должников нет телефона.'
      : `Каждый должник с телефоном получит сообщение о своём долге: ${plural('ru', n, MESSAGES)}.`,
  whenTold: 'Как должники узнают о долге',
  tellNow: 'Отправить сообщение каждому',
  tellLater: 'Сейчас не отправлять',
  tellLaterHint:
    'Долг назовёт первый код, который получит покупатель. Пока он не скажет этот код, долг не подтверждён. Владелец подтверждает это своим кодом.',
  messagesCost: (sum: string) =>
    `По ценам последних 30 дней это около ${sum}, за каждое сообщение платит магазин.`,
  messagesPaid: 'За каждое сообщение платит магазин.',
  messagesDemo: 'Демо: сообщения появятся на странице «Телефоны покупателей» и ничего не стоят.',
  severalCodes: (of: number) =>
    `Кодов понадобится несколько: по одному на каждые ${of} покупателей.`,
  unreachable:
    'Касса не видит сервер магазина, а долги и баллы меняются здесь только с его согласия. Ничего не изменилось. Попробуйте, когда связь вернётся.',
  knownTitle: (n: number) => `Уже есть в кассе, не изменятся: ${plural('ru', n, ROWS)}`,
  known: (row: number, name: string, card: string) =>
    `Строка ${row}: ${name}. Этот телефон на карточке «${card}».`,
  problemsTitle: (n: number) => `Не загрузим: ${plural('ru', n, ROWS)}`,
  problem: (row: number, column: string) => `Строка ${row}. ${column}:`,
  repeatedIn: (row: number) => `такой телефон уже был в строке ${row}.`,
  because: {
    'name-missing': 'имени нет.',
    'name-too-long': 'длиннее 300 знаков.',
    'phone-rounded': 'Excel округлил номер, цифры потеряны.',
    'phone-wrong': 'на такой номер касса не сможет отправить код.',
    'phone-repeated': 'такой телефон уже был.',
    'birthday-wrong': 'такого дня нет.',
    'birthday-in-future': 'этот день ещё не наступил.',
    'birthday-too-long-ago': 'слишком давно: проверьте год.',
    'group-unknown': 'такой группы нет. Сначала добавьте её: «Настройки» → «Магазин».',
    'note-too-long': 'длиннее 200 знаков.',
    'debt-wrong': 'это не сумма денег.',
    'points-wrong': 'это не число баллов.',
    'letters-unreadable': 'буквы не прочитались, кодировка другая.',
    'quoting-broken': 'кавычка открыта и не закрыта.',
  } satisfies Record<CustomerRefusal, string>,
  add: (n: number) => `Добавить ${plural('ru', n, PEOPLE)}`,
  goOn: 'Продолжить',
  storing: 'Сохраняем покупателей',
  stored: (n: number, of: number) => `${n} из ${of}`,
  stopped: (n: number, of: number) =>
    n === 0 ? 'Покупатели НЕ сохранены' : `Сохранено ${n} из ${of}, остальные НЕ сохранены`,
  done: (n: number) => `Добавлено: ${n}.`,
  undo: {
    recent: 'Последние загрузки',
    imported: (when: string, n: number, who: string) =>
      `${when}: ${plural('ru', n, CARDS)}, ${who}.`,
    isUndone: 'Отменена.',
    isAsked: 'Отмена ждёт сервера магазина.',
    open: 'Отменить загрузку',
    title: 'Отменить загрузку покупателей',
    notNow: 'Отменить не получится',
    takenBack: (n: number) =>
      n === 0
        ? 'Отменять нечего: с каждым из этих покупателей уже что-то было.'
        : `Уберём ${plural('ru', n, { ...CARDS, one: 'карточку' })}.`,
    balances: (what: string) => `Снимем и то, что записала загрузка: ${what}.`,
    debts: (sum: string) => `долги ${sum}`,
    prepaid: (sum: string) => `предоплату ${sum}`,
    owner: 'Это подтверждает владелец своим кодом.',
    staying: (n: number) => `Останутся как есть: ${plural('ru', n, PEOPLE)}`,
    because: {
      moved: 'после загрузки были покупки, оплаты или баллы.',
      'card-saved': 'карточку меняли.',
      merged: 'карточку объединили с другой.',
      disputed: 'покупатель оспаривает запись.',
      receipt: 'карточка выбрана в незакрытом чеке.',
      'reserve-codes': 'покупателю выданы резервные коды.',
    },
    refused: {
      'unknown-import':
        'Этой загрузки на кассе нет. Подождите, пока касса получит записи других касс.',
      'demo-import': 'Учебных покупателей так убрать нельзя.',
      'nobody-to-take-back': 'Карточек этой загрузки больше нет.',
      'not-imported': 'Этих покупателей добавила не эта загрузка.',
      'changed-since':
        'С одним из покупателей только что что-то изменилось. Откройте отмену снова.',
    },
    relayDecides:
      'Здесь карточки исчезнут сразу, на других кассах — когда отмену примет сервер магазина; вернуть их можно только новой загрузкой. Если на другой кассе с кем-то из них уже что-то было, сервер откажет: все карточки вернутся, а в разделе «На разбор» будет об этом запись.',
    keep: 'Оставить карточки',
    confirm: 'Отменить загрузку',
    done: (n: number) =>
      `Карточек убрано: ${n}. Отмена состоится, когда её примет сервер магазина.`,
  },
};
