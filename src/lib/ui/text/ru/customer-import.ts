// Import and export of customers, in Russian.
import type { CustomerColumn, CustomerRefusal, ListRefusal } from '$lib/domain/customer-list';
import { plural } from '$lib/ui/text/plural';

const PEOPLE = {
  one: 'покупателя',
  few: 'покупателей',
  many: 'покупателей',
  other: 'покупателя',
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
    `Вместе с ними запишем долги на ${debt} и ${points}. Это подтверждает владелец своим кодом; если покупателей больше 500 — кодом на каждые 500.`,
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
    'group-unknown': 'такой группы нет. Сначала добавьте её: «Настройки» → «Магазин».',
    'note-too-long': 'длиннее 200 знаков.',
    'debt-wrong': 'это не сумма.',
    'points-wrong': 'это не число баллов.',
    'letters-unreadable': 'буквы не прочитались, кодировка другая.',
    'quoting-broken': 'кавычка открыта и не закрыта.',
  } satisfies Record<CustomerRefusal, string>,
  add: (n: number) => `Добавить ${plural('ru', n, PEOPLE)}`,
  goOn: 'Продолжить',
  storing: 'Сохраняем покупателей',
  stored: (n: number, of: number) => `${n} из ${of}`,
  stopped: (n: number, of: number) => `Сохранено ${n} из ${of}, остальные НЕ сохранены`,
  done: (n: number) => `Добавлено: ${n}.`,
};
