// Import and export of customers, in Russian.
import type {
  CustomerColumn,
  CustomerRefusal,
  ListRefusal,
} from '$lib/domain/customers/customer-list';
import { plural } from '$lib/ui/text/plural';

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
