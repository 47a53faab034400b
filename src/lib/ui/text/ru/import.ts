// Import of a price list, in Russian.
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
