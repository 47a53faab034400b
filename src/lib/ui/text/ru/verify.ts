// The check of the journal, in Russian. The shape of this file is the shape of every other language's.

export const verify = {
  open: (entries: string) => `Проверить журнал · ${entries}`,
  what: 'Касса пройдёт весь журнал: цепочку записей, подписи шлюза под кодами, долги и баллы, карточки покупателей. Интернет для этого не нужен.',
  check: 'Проверить ещё раз',
  checking: 'Проверяем журнал',
  done: (done: string, of: string) => `${done} из ${of}`,
  stopped: 'Проверка остановлена. Ничего не изменилось.',

  wholeTitle: (entries: string) => `Журнал цел · ${entries}`,
  whole: (signatures: string, sums: string) =>
    `Подписей под кодами проверено: ${signatures}, сумм долга и баллов: ${sums}. Всё сходится.`,
  tag: (tag: string, seq: string) =>
    `Метка последней записи (№ ${seq}): ${tag}. Она же стоит на чеке, если запись — продажа.`,

  brokenTitle: (seq: string) => `Цепочка нарушена на записи № ${seq}`,
  because: {
    hash: 'Запись изменили после того, как она была сделана.',
    link: 'Запись не продолжает предыдущую: её подменили, вставили или переставили.',
    gap: 'На этом месте должна быть другая запись: часть журнала удалена.',
    malformed: 'Запись испорчена, прочитать её нельзя.',
  },
  advice: 'Записи до неё целы. Ничего не удаляйте и сообщите владельцу.',

  findings: 'Что ещё не сходится',
  more: (n: string) => `И ещё ${n}.`,
  place: (seq: string, act: string, when: string) => `Запись № ${seq} · ${act} · ${when}`,
  nothingThere: 'записи нет',
  notOurs: 'Журнал начинается не с подключения этой кассы к её шлюзу.',
  cutOff: (after: string, last: string) =>
    `Журнал обрывается на записи № ${after}, а на кассе есть следы записей до № ${last}: конец журнала удалён.`,
  watermark: (seq: string) =>
    `Шлюз подписал другую запись № ${seq}: журнал переписан, или его конец удалён.`,
  proof: {
    'wrong-signature': 'Под кодом стоит не подпись шлюза.',
    'other-act': 'Код дан для другого: другой чек, покупатель или сумма.',
    'wrong-reserve-code': 'Запасной код не от шлюза или не для этого покупателя, кассы и суммы.',
    'used-twice': 'Этот код уже подтвердил другую запись.',
  },
  policy: {
    'older-than-before': (version: string) =>
      `Сделана по настройкам версии ${version}, хотя раньше действовала более новая.`,
    'newer-than-held': (version: string) =>
      `Сделана по настройкам версии ${version}, которых у этой кассы не было.`,
  },
  file: {
    unread: 'Файл журнала отсюда не читается.',
    missing: 'В файле журнала этой записи нет.',
    differs: 'В файле журнала здесь другое.',
  },
  receiptNumber: (number: string) => `Чек № ${number} стоит не по порядку.`,
  row: {
    missing: (table: string) => `Нет того, что она записала: ${table}.`,
    edited: (table: string) => `Изменено то, что она записала: ${table}.`,
  },
  stray: (table: string, seq: string) => `Лишнее, чего нет в журнале (№ ${seq}): ${table}.`,
  tables: {
    sales: 'строка продажи',
    accountEntries: 'движение долга или баллов',
    confirmations: 'чем подтверждено',
    grantsUsed: 'отметка, что код использован',
    unconfirmed: 'место в списке действий без кода',
  },
  dispute: (name: string) =>
    `Спор покупателя «${name}» не тот, что записан в журнале: его открыли, закрыли или изменили в обход кассы.`,
  card: (name: string) =>
    `Карточка покупателя «${name}» не та, что записана в журнале: изменены имя, телефон или предел долга.`,

  differences: 'Долги и баллы, которые не сходятся с журналом',
  columns: { customer: 'Покупатель', kept: 'На кассе', recomputed: 'По журналу' },
  accounts: { debt: 'долг', points: 'баллы' },
};
