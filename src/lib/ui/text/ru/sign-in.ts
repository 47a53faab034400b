// Sign-in, lock and quick switch, in Russian. The shape of this file is the shape of every other language's.
import { plural } from '$lib/ui/text/plural';

export const signIn = {
  title: 'Кто за кассой?',
  pin: 'PIN-код',
  pinOf: (name: string) => `PIN-код · ${name}`,
  chooseFirst: 'Выберите, кто вы',
  /** Below the names: a receipt was left open. */
  receiptWaits: 'Открытый чек сохранён и ждёт.',
  lock: 'Заблокировать кассу',
  someoneElse: 'Другой сотрудник',
  wrongPin: 'PIN не подошёл. Попробуйте ещё раз.',
  wrong: (left: number) =>
    `PIN не подошёл. Осталось ${plural('ru', left, { one: 'попытка', few: 'попытки', many: 'попыток', other: 'попытки' })}.`,
  lockedUntil: (time: string) => `Слишком много попыток. Следующая — после ${time}.`,
  unknown: 'Этот сотрудник больше не работает на кассе.',
  noPolicyTitle: 'Касса ждёт настройки магазина',
  confirmTitle: 'Подтвердите PIN-кодом',
  confirmText: (name: string) => `${name}, сервер магазина просит подтвердить, что это вы.`,
};
