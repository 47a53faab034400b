// Who was told of loosened rules, and numbers to look at, in Russian. The shape of this file is the shape of every other language's.
import type { OwnerNoticeState } from '$lib/contract/owner-notice';
import { plural } from '$lib/ui/text/plural';

export const guard = {
  told: {
    title: 'О чём предупреждены владельцы',
    text: 'Всё, что ослабляет защиту покупателя, шлюз сам пишет всем владельцам.',
    none: 'Пока ничего не ослабляли.',
    nobody: 'Никого не предупредили: ни у одного владельца нет телефона.',
    by: (name: string, moment: string) => `${name}, ${moment}`,
    somebody: 'Бывший сотрудник',
    states: {
      waiting: 'ждёт отправки',
      sent: 'отправлено',
      'maybe-sent': 'возможно, отправлено',
      failed: 'не отправлено',
    } satisfies Record<OwnerNoticeState, string>,
    onlyCodes:
      'Сервис рассылки передаёт только коды. Сообщите владельцам сами или выберите сервис, который берёт свой текст.',
    more: 'Показать все',
    notRead: 'Список не загрузился.',
  },
  numbers: {
    title: 'Номера, на которые стоит взглянуть',
    text: 'Номера сотрудников на карточках покупателей и один номер на нескольких карточках.',
    show: 'Показать номера',
    none: 'Таких номеров нет.',
    staff: (name: string) => `Номер сотрудника: ${name}`,
    shared: (n: number) =>
      `Один номер на ${plural('ru', n, { one: 'карточке', few: 'карточках', many: 'карточках', other: 'карточках' })}`,
    elsewhere: 'нет на этой кассе',
  },
};
