// Notices to owners about weakened rules, and numbers to check, in Russian.
import type { NoticeState } from '$lib/contract/journal-upload';
import type { ActByRightKind, OwnerNoticeState } from '$lib/contract/owner-notice';
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
  daily: {
    title: 'Сводка за день',
    text: 'Раз в сутки владельцам приходит одно сообщение, если за день что-то было сделано по праву, нашлись проблемы или вернулась касса, которой долго не было на связи.',
    none: 'Сводок ещё не было.',
    period: (since: string, at: string) => `С ${since}, составлено ${at}`,
    sole: 'Некому проверить',
    soleText: (name: string) =>
      `${name} — единственный сотрудник: о том, что сделано по праву, больше никто не знает.`,
    unproven: 'Телефон не подтверждён',
    unprovenText: (names: string) =>
      `${names}: сообщение о том, что сделано от этого имени, могло никому не прийти. Если этого не делали, кто-то знает PIN.`,
    acts: 'Сделано по праву, без кода покупателя',
    act: {
      'without-code': 'продажа без кода',
      import: 'загрузка карточек',
      correction: 'правка счёта',
      forgiveness: 'списание долга или начисление баллов',
      'points-given': 'баллы сверх правил',
      credit: 'больший предел долга',
      'dispute-closed': 'закрытый спор',
      reviewed: 'проверка записей без кода',
      'number-changed': 'смена номера покупателя',
    } satisfies Record<ActByRightKind, string>,
    nobody: 'Без имени',
    flags: 'Найденные проблемы',
    tills: 'Кассы снова на связи',
    away: (till: string, duration: string) => `${till}, не было: ${duration}`,
    meanwhile: (entries: number, sum: string) =>
      `${plural('ru', entries, { one: 'запись', few: 'записи', many: 'записей', other: 'записи' })}, без кода ${sum}`,
    guessing: 'Слишком много неверных кодов за сутки',
    guessedNumbers: 'Номера',
    guessedShop: 'Во всём магазине',
    openings: 'Открывали настройки',
    unsent: 'Никому не отправлено: ни у одного владельца нет подтверждённого телефона.',
    more: 'Показать прежние сводки',
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
