// Notices to owners about weakened rules, and numbers to check, in Russian.
import type { NoticeState } from '$lib/contract/journal-upload';
import type { OwnerNoticeState } from '$lib/contract/owner-notice';
import { plural } from '$lib/ui/text/plural';

export const guard = {
  ownerNotices: {
    title: 'Уведомления владельцам',
    text: 'Когда настройка снижает защиту покупателей, сервер магазина сообщает об этом всем владельцам.',
    none: 'Защиту не снижали.',
    nobody: 'Никто не уведомлён: ни у одного владельца не указан телефон.',
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
    locked:
      'Список хранит сервер магазина. Он попросит PIN, а с настоящим сервисом рассылки — ещё код с вашего телефона.',
    show: 'Показать уведомления',
  },
  numbers: {
    title: 'Номера, на которые стоит взглянуть',
    text: 'Смены номера, которых прежний номер не подтвердил, номера сотрудников на карточках покупателей и один номер на нескольких карточках.',
    show: 'Показать номера',
    none: 'Таких номеров нет.',
    staff: (name: string) => `Номер сотрудника: ${name}`,
    shared: (n: number) =>
      `Один номер на ${plural('ru', n, { one: 'карточке', few: 'карточках', many: 'карточках', other: 'карточках' })}`,
    elsewhere: 'нет на этой кассе',
    waiting: (moment: string) => `Новый номер начнёт действовать ${moment}`,
    unreachable: 'Новый номер ждёт решения владельца: на прежний сообщения не приходят',
    changed: (moment: string) => `Номер сменился без подтверждения прежнего ${moment}`,
    asked: (who: string | null, till: string, moment: string) =>
      who === null
        ? `Запрошено: ${till}, ${moment}; кто сменил, касса ещё не сообщила.`
        : `Сменил: ${who}, ${till}, ${moment}.`,
    notice: {
      waiting: 'Сообщение на прежний номер ждёт отправки.',
      sent: 'На прежний номер отправлено сообщение.',
      'maybe-sent': 'Сообщение на прежний номер, возможно, отправлено: спросите покупателя.',
      failed: 'Сообщение на прежний номер не ушло: спросите покупателя сами.',
      'no-number': 'Прежнего номера нет, сообщать некому: спросите покупателя сами.',
    } satisfies Record<NoticeState | 'no-number', string>,
    accept: 'Принять новый номер',
    accepted: 'Новый номер принят. Сутки по нему можно немного, как по любому новому.',
    notWaiting: 'Этот номер уже не ждёт решения. Список обновлён.',
    callOff: 'Оставить прежний номер',
    calledOff: 'Прежний номер остаётся. В карточке исправьте его сами: касса её не меняет.',
  },
};
