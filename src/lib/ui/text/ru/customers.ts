// Customers and their cards, in Russian. The shape of this file is the shape of every other language's.
import type { Credit } from '$lib/contract/journal';

export const customers = {
  search: 'Имя или телефон',
  searchLabel: 'Найти покупателя',
  list: 'Список покупателей',
  add: 'Новый покупатель',
  newTitle: 'Новый покупатель',
  editTitle: 'Изменить карточку',
  emptyTitle: 'Покупателей ещё нет',
  emptyText: 'Добавьте первого: имя и, лучше сразу, телефон. На него придёт код.',
  notFoundTitle: (text: string) => `Никого не нашлось: «${text}»`,
  notFoundText: 'Проверьте буквы или наберите последние цифры номера.',
  owes: (amount: string) => `долг ${amount}`,
  paidAhead: (amount: string) => `внесено вперёд ${amount}`,

  phone: 'Телефон',
  credit: 'Можно ли в долг',
  kinds: {
    'shop-limit': 'Как у всех',
    'own-limit': 'Свой предел',
    unlimited: 'Без предела',
    'no-credit': 'В долг нельзя',
  } satisfies Record<Credit['kind'], string>,
  shopLimit: (amount: string) => `до ${amount}`,
  limit: 'Предел долга',
  debt: 'Долг',
  left: 'Можно ещё',
  points: 'Баллы',
  history: 'Долги и списания',
  historyEmpty: 'Долгов и списаний ещё не было.',
  older: 'Показать более ранние',

  phoneHint: 'На этот номер придёт код. Можно добавить позже.',
  firstPhoneHint: 'Номер станет известен шлюзу, когда покупатель назовёт первый код.',
  changePhoneHint:
    'Другой номер шлюз примет через сутки, чтобы чужой телефон нельзя было подставить.',
  phoneLocked: 'Менять телефон может тот, у кого есть право «Менять телефон покупателя».',
  cardLocked: 'Имя и предел может менять тот, у кого есть право «Менять карточки покупателей».',
  kindsLocked: 'Свой предел и «без предела» может дать тот, у кого есть это право.',
  mayNotEdit: 'Менять эту карточку вам нельзя.',

  saved: 'Карточка сохранена',
  notSaved: 'Карточка НЕ сохранена',
  /** The relay's word about another number. */
  change: {
    changed: 'Шлюз принял новый номер.',
    waitingTitle: 'Номер записан, шлюз ждёт сутки',
    waiting: (moment: string) =>
      `Пока шлюз знает прежний номер и коды на новый не отправит. Новый начнёт действовать: ${moment}.`,
    'not-registered':
      'Шлюз ещё не знает номера этого покупателя: он запомнит новый с первым кодом.',
    'challenge-not-verified': 'Шлюз не принял новый номер: прежний его не подтвердил.',
    unreachable:
      'Касса не видит шлюз, а сменить номер без него нельзя: у шлюза может быть другой. Попробуйте, когда связь вернётся.',
    removed: 'Номер убран только из карточки: шлюз продолжит помнить прежний.',
  },
};
