// Review of acts without a code, and disputes, in Russian.
// Every other language has the same keys.
import type { SettledOutcome } from '$lib/contract/journal';
import type { FlagKind, NoticeState } from '$lib/contract/journal-upload';
import { plural } from '$lib/ui/text/plural';

export const unconfirmed = {
  text: 'Эти записи сделаны без кода покупателя. Спросите покупателя, он ли это был, и отметьте запись. Если он говорит, что не он, откройте спор: до его закрытия в долг ему не продадут.',
  none: 'Всё проверено',
  noneText: 'Записей без кода, на которые никто не посмотрел, нет.',
  age: (duration: string) => `ждёт ${duration}`,
  checked: 'Отметить проверенной',
  checkAll: (n: number) =>
    `Отметить все: ${plural('ru', n, { one: 'запись', few: 'записи', many: 'записей', other: 'записи' })}`,
  marked: 'Отмечено. В журнале останется, кто проверил.',
  noCustomer: 'покупатель без карточки',
  several: (n: number) =>
    plural('ru', n, {
      one: 'покупатель',
      few: 'покупателя',
      many: 'покупателей',
      other: 'покупателя',
    }),
  notice: {
    none: 'Покупателя уведомят, когда запись уйдёт на сервер магазина',
    waiting: 'Сообщение покупателю ждёт отправки',
    sent: 'Покупатель уведомлён',
    'maybe-sent': 'Покупатель, возможно, уведомлён',
    failed: 'Уведомить покупателя не удалось',
    account: 'Новый сервер магазина отправит покупателю одно сообщение с его долгом и баллами',
  } satisfies Record<NoticeState | 'none' | 'account', string>,
  ownAct: 'Это сделано вашим правом. Проверить должен кто-то другой или владелец.',
  anotherTills: 'Этот спор открыт на другой кассе. Закройте его там или позовите владельца.',

  disputed: 'Покупатель оспаривает эту запись. Сначала закройте спор.',

  dispute: {
    open: 'Открыть спор',
    title: 'Покупатель говорит, что это не он',
    text: (name: string) =>
      `Пока спор открыт, «${name}» ничего не возьмёт в долг: ни на этой кассе, ни на других, как только о споре узнает сервер магазина. Запись остаётся в журнале, долг не меняется.`,
    note: 'Что он говорит',
    opened: 'Спор открыт. В долг ему не продадут.',
    list: 'Открытые споры',
    since: (moment: string, who: string) => `${moment}, ${who}`,
    settle: 'Закрыть спор…',
    close: 'Закрыть спор',
    closeTitle: 'Закрыть спор',
    closeText: (name: string) =>
      `«${name}» получит одно сообщение: спор закрыт, запись остаётся в силе. После этого снова можно продавать в долг.`,
    outcome: 'Итог',
    outcomes: { stands: 'Запись остаётся в силе' } satisfies Record<SettledOutcome, string>,
    outcomeText: { stands: 'Долг и баллы не меняются.' } satisfies Record<SettledOutcome, string>,
    closingNote: 'Почему',
    closingNoteHint: 'Останется в журнале. Покупатель этого не увидит.',
    closingNoteMissing: 'Напишите почему: в журнале это останется с вашим именем.',
    closed: 'Спор закрыт. Покупателя уведомят.',
    elsewhere: 'на другой кассе',
    openTag: (moment: string) => `Оспаривается с ${moment}`,
    closedTag: (outcome: string, who: string, moment: string) =>
      `Спор закрыт: ${outcome} · ${who} · ${moment}`,
    closedList: 'Закрыты недавно',
    showEntry: 'Показать запись',
    about: 'Что оспаривается',
    unknownEntry: 'запись другой кассы',
    onCard: 'Покупатель оспаривает запись: в долг не продаём, пока спор открыт.',
  },

  flags: {
    title: 'Найденные проблемы',
    text: 'Сервер магазина перепроверяет каждую запись кассы: права, подписи, лимиты. Записи остаются в журнале, вот что в них не так.',
    show: 'Показать проблемы',
    none: 'Проблем не найдено.',
    where: (till: string, seq: number) => `${till}, запись № ${seq}`,
    kinds: {
      'no-right': 'Ни у кого из названных не было права',
      'grant-invalid': 'Код подтверждал не это',
      'grant-reused': 'Один код подтвердил две продажи',
      'grant-revoked': 'Код был отменён',
      unconfirmed: 'Долг или баллы сдвинулись без объяснения',
      'code-was-required': 'Код был нужен, а его не спросили',
      'cap-exceeded': 'Превышен лимит без кода',
      'policy-unknown': 'Сделано по чужим настройкам магазина',
      'reserve-code-used-twice': 'Резервный код использован дважды',
      'reserve-code-unknown': 'Такого резервного кода не выдавали',
      'override-while-others-online': '«Нет интернета», а другая касса была на связи',
      'customer-disputed': 'Без кода на имя покупателя, который оспаривает запись',
      'late-edit': 'Запись изменили после того, как сделали',
      malformed: 'Запись испорчена',
      future: 'Запись датирована будущим',
      backdated: 'Запись датирована задним числом',
      'till-revoked': 'Касса была уже отключена',
      'foreign-entry': 'Перенесена запись не своей кассы',
      'former-relay':
        'Прежде касса была на другом сервере магазина или на этом до потери данных: записанное тогда здесь не проверить',
      'former-elsewhere': 'Касса, которой она была прежде, работает и на другом устройстве',
      other: 'Сервер магазина нашёл то, для чего у этой версии кассы нет слов. Обновите кассу',
    } satisfies Record<FlagKind, string>,
  },
};
