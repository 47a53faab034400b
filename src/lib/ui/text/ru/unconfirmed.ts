// Acts without a code that somebody has to look at, and disputes, in Russian. The shape of this file is the shape of every other language's.
import type { FlagKind, NoticeState } from '$lib/contract/journal-upload';
import { plural } from '$lib/ui/text/plural';

export const unconfirmed = {
  text: 'Эти записи сделаны без кода покупателя. Спросите покупателя, он ли это был, и отметьте запись. Если он говорит, что не он, откройте спор: до его закрытия на этой кассе в долг ему не продадут.',
  none: 'Всё проверено',
  noneText: 'Записей без кода, на которые никто не посмотрел, нет.',
  age: (duration: string) => `ждёт ${duration}`,
  checked: 'Проверено',
  checkAll: (n: number) =>
    `Проверены все: ${plural('ru', n, { one: 'запись', few: 'записи', many: 'записей', other: 'записи' })}`,
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
    none: 'Сообщение покупателю уйдёт, когда запись дойдёт до шлюза',
    waiting: 'Сообщение покупателю ждёт отправки',
    sent: 'Покупателю сообщено',
    'maybe-sent': 'Сообщение покупателю, возможно, ушло',
    failed: 'Сообщить покупателю не удалось',
  } satisfies Record<NoticeState | 'none', string>,
  ownAct: 'Это сделано вашим правом. Проверить должен кто-то другой или владелец.',

  dispute: {
    open: 'Открыть спор',
    title: 'Покупатель говорит, что это не он',
    text: (name: string) =>
      `Пока спор открыт, «${name}» ничего не возьмёт в долг на этой кассе. Запись остаётся в журнале, долг не меняется.`,
    note: 'Что он говорит',
    opened: 'Спор открыт. На этой кассе в долг ему не продадут.',
    list: 'Открытые споры',
    since: (moment: string, who: string) => `${moment}, ${who}`,
    settle: 'Закрыть спор',
    settled: 'Спор закрыт. Покупателю снова можно продавать в долг.',
    onCard: 'Покупатель оспаривает запись: в долг не продаём, пока спор открыт.',
  },

  flags: {
    title: 'Что заметил шлюз',
    text: 'Шлюз перепроверяет каждую запись кассы: права, подписи, лимиты. Записи остаются в журнале, вот что в них не так.',
    show: 'Показать замечания',
    none: 'Замечаний нет.',
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
      'reserve-code-used-twice': 'Запасной код использован дважды',
      'reserve-code-unknown': 'Такого запасного кода не выдавали',
      'override-while-others-online': '«Нет интернета», а другая касса была на связи',
      'late-edit': 'Запись изменили после того, как сделали',
      malformed: 'Запись испорчена',
      future: 'Запись датирована будущим',
      backdated: 'Запись датирована задним числом',
      'till-revoked': 'Касса была уже отключена',
      'foreign-entry': 'Перенесена запись не своей кассы',
      'former-elsewhere': 'Касса, которой она была прежде, работает и на другом устройстве',
    } satisfies Record<FlagKind, string>,
  },
};
