// The journal and its proofs, in Russian. The shape of this file is the shape of every other language's.
import type { Act } from '$lib/contract/journal';
import { plural } from '$lib/ui/text/plural';

const entriesOf = (n: number) =>
  plural('ru', n, { one: 'запись', few: 'записи', many: 'записей', other: 'записи' });

export const journal = {
  filters: 'Что показать',
  filter: { account: 'Долги и баллы', all: 'Все записи', 'no-code': 'Без кода' },
  columns: { when: 'Когда и кто', what: 'Что', amount: 'Сумма', proof: 'Чем подтверждено' },
  emptyTitle: 'Записей ещё нет',
  emptyAccount: 'Здесь появятся продажи в долг и списания баллов.',
  emptyNoCode: 'Без кода пока ничего не записано.',
  older: 'Показать более ранние',
  nobody: 'никто не вошёл',
  unknownCustomer: 'карточки нет на этой кассе',

  /** What was done. */
  onAccount: 'Продажа в долг',
  openingDebt: 'Перенесённый долг',
  redeemed: 'Списание баллов',
  sale: (number: number) => `Продажа № ${number}`,
  acts: {
    'till-enrolled': 'Касса подключена к магазину',
    sale: 'Продажа',
    'customer-saved': 'Карточка покупателя сохранена',
    'customers-imported': 'Перенесены покупатели',
    'products-imported': 'Загружены товары',
    'pin-locked': 'Вход по PIN остановлен: неверный PIN',
    'policy-refused': 'Настройки магазина не приняты',
  } satisfies Record<Act, string>,
  customersImported: (n: number) => `Перенесены покупатели: ${n.toLocaleString('ru')}`,
  productsImported: (added: number, updated: number) =>
    `Загружены товары: новых ${added.toLocaleString('ru')}, изменено ${updated.toLocaleString('ru')}`,
  unknownAct: (act: string) => `Запись другой версии кассы: ${act}`,
  garbled: 'Запись испорчена',

  chain: {
    check: 'Проверить цепочку',
    checking: 'Проверяем цепочку',
    done: (done: string, of: string) => `${done} из ${of}`,
    whole: (n: number) => `Цепочка цела · ${entriesOf(n)}`,
    notChecked: (n: number) => entriesOf(n),
    broken: (seq: number) => `Цепочка нарушена на записи № ${seq}`,
    because: {
      hash: 'Запись изменили после того, как она была сделана.',
      link: 'Запись не продолжает предыдущую: её подменили или вставили.',
      gap: 'На этом месте должна быть другая запись: часть журнала удалена.',
      malformed: 'Запись испорчена, прочитать её нельзя.',
    },
    advice: 'Сообщите владельцу. Записи до неё целы.',
  },

  detail: {
    title: (seq: number) => `Запись № ${seq}`,
    at: 'Когда',
    operator: 'Кто вошёл',
    customer: 'Покупатель',
    what: 'Что',
    total: 'Сумма чека',
    onAccount: 'В долг',
    redeemed: 'Списано баллов',
    earned: 'Начислено баллов',
    goods: 'Товары',
    file: 'Файл',
    refusedRows: 'Отклонено строк',
    policy: 'Версия настроек магазина',
    noPolicy: 'их ещё не было',
    hash: 'Хеш записи',
    copyHash: 'Скопировать хеш целиком',
    prevHash: 'Хеш предыдущей',
    amount: 'На сумму',
    channel: 'Способ',
    provider: 'Сервис рассылки',
    confirmedAt: 'Код подтверждён',
    phoneSince: 'Телефон известен шлюзу',
    askedBy: 'Кто продавал',
    allowedBy: 'Кто разрешил',
    reason: 'Почему без кода',
    note: 'Пояснение',
    connectivity: 'Связь в тот момент',
    states: {
      'codes-can-be-sent': 'коды уходили',
      'provider-unavailable': 'сервис рассылки не отвечал',
      offline: 'не было связи со шлюзом',
    },
    relayAt: 'Шлюз отвечал',
    providerAt: 'Сервис рассылки отвечал',
    opened: 'Что помешало коду',
    noCode: {
      unreachable: 'шлюз не отвечал',
      'provider-unreachable': 'сервис рассылки не отвечал',
      'did-not-arrive': 'сообщение не дошло до покупателя',
      'phone-not-at-hand': 'у покупателя не было доступа к номеру',
      expired: 'время кода вышло',
      'too-many-checks': 'попытки ввести код кончились',
      'limited:phone': 'на этот номер уже ушло много кодов',
      'limited:till': 'с этой кассы уже ушло много кодов',
      'limited:shop': 'магазин исчерпал коды на сутки',
    },
    caps: 'Пределы без кода',
    perAct: (limit: string) => `за один раз до ${limit}`,
    perCustomer: (used: string, limit: string) =>
      `покупателю за сутки: до этого ${used} из ${limit}`,
    perTill: (used: string, limit: string) => `кассе за сутки: до этого ${used} из ${limit}`,
  },
};
