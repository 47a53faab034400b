// What went wrong: disk, sale, policy, relay, in Russian. What happened, what was saved, what to do next. The shape of this file is the shape of every other language's.
import type { Refusal } from '$lib/contract/challenge';
import type { PolicyRefusal } from '$lib/contract/policy';
import type { GateRefusal } from '$lib/contract/till';
import type { SaleRefusal } from '$lib/domain/sale';

/** Figures a sentence may need, already written in the language. */
export interface Facts {
  readonly allowed: string;
  readonly action: string;
}

type Say = (facts: Facts) => string;

export const errors = {
  /** The disk. Nothing of the act was stored. */
  storage: {
    'disk-full':
      'На устройстве кончилось место, поэтому ничего не сохранено. Освободите место и нажмите «Повторить».',
    blocked:
      'Касса открыта в другой вкладке, и та не даёт обновить данные. Закройте её и нажмите «Повторить».',
    'newer-schema':
      'Данные уже открыты более новой версией кассы. Эта ничего не сохранит — обновите страницу.',
    unavailable:
      'Браузер не даёт кассе хранить данные. Откройте её в обычном, не в приватном окне.',
    failed: 'Запись на устройство не удалась, ничего не сохранено. Нажмите «Повторить».',
  },

  /** Why a message did not go out: what happened and what to do. */
  refusals: {
    auth: 'Сервис не принял токен или пароль. Проверьте их в разделе «Сообщения».',
    'account-not-ready': 'Аккаунт сервиса ещё не готов. Закончите настройку в его личном кабинете.',
    'account-blocked': 'Сервис заблокировал аккаунт. Обратитесь в его поддержку.',
    'no-money': 'На счёте сервиса кончились деньги. Пополните его.',
    'bad-phone': 'Сервис не узнал номер. Проверьте телефон покупателя.',
    unreachable: 'Телефон покупателя сейчас недоступен. Попробуйте ещё раз или другим способом.',
    'recipient-blocked': 'Покупатель не принимает такие сообщения. Попробуйте другим способом.',
    'region-forbidden': 'Сервис не отправляет на номера этой страны.',
    'rate-limit-recipient': 'На этот номер отправлено слишком много сообщений. Подождите немного.',
    'rate-limit-account': 'Сервис просит подождать: сообщений слишком много.',
    'fraud-guard': 'Сервис счёл отправку подозрительной. Подождите или попробуйте другим способом.',
    duplicate: 'Точно такое сообщение только что ушло. Подождите минуту.',
    'text-forbidden': 'Сервис не пропустил текст сообщения. Измените его в разделе «Сообщения».',
    'text-not-approved': 'Текст сообщения ещё не согласован с сервисом.',
    'text-too-long': 'Текст сообщения слишком длинный. Сократите его в разделе «Сообщения».',
    'sender-not-approved': 'Имя отправителя не согласовано с сервисом.',
    'bad-request': 'Сервис не понял запрос. Проверьте настройки в разделе «Сообщения».',
    temporary: 'У сервиса временная неполадка. Попробуйте ещё раз.',
    'bad-reply': 'Сервис ответил непонятно. Попробуйте ещё раз.',
    'timeout-unknown': 'Сервис долго не отвечает; возможно, сообщение всё же уйдёт.',
    'not-sent': 'Сервис не отправил сообщение. Попробуйте ещё раз.',
    unknown: 'Сервис отказал и не сказал почему.',
    'not-configured': 'Сервис рассылки не настроен. Выберите его в разделе «Сообщения».',
    'channel-not-available': 'Этим способом сервис не отправляет. Выберите другой.',
    'country-not-allowed': 'На номера этой страны отправлять не разрешено настройками магазина.',
  } satisfies Record<Refusal, string>,

  /** Why a sale was not made. The receipt stays open. */
  sale: {
    empty: () => 'В чеке нет товаров.',
    'may-not-sell': () => 'Продавать вам нельзя.',
    'tender-too-much': () =>
      'Картой, переводом и баллами внесено больше, чем нужно. Убавьте сумму.',
    'no-customer': () => 'Выберите покупателя: без него нельзя записать долг и списать баллы.',
    'no-credit': () => 'Этому покупателю в долг не продаём.',
    'over-limit': ({ allowed }) => `Столько в долг нельзя. Можно записать ещё ${allowed}.`,
    'not-enough-points': ({ allowed }) => `Столько баллов нет. У покупателя ${allowed}.`,
    'points-over-share': ({ allowed }) =>
      `Баллами можно оплатить только часть чека: до ${allowed}.`,
    'points-worth-differs': () => 'Цена балла изменилась. Укажите баллы заново.',
    'no-phone': () => 'У покупателя нет телефона, код отправить некуда. Добавьте номер.',
    'confirmation-missing': ({ action }) =>
      `Не подтверждено покупателем: ${action}. Отправьте код.`,
    'grant-not-for-this-deal': ({ action }) =>
      `Код был для другого чека: ${action}. Отправьте новый код.`,
    'grant-expired': ({ action }) => `Подтверждение устарело: ${action}. Отправьте новый код.`,
    'grant-used': ({ action }) => `Этим кодом уже закрыт другой чек: ${action}. Отправьте новый.`,
    'override-no-right': ({ action }) => `Продолжить без кода нельзя: ${action}. Нужно право.`,
    'override-over-cap': ({ allowed }) => `Без кода можно только на ${allowed}.`,
    'reason-missing': () => 'Укажите, почему без кода.',
  } satisfies Record<SaleRefusal['kind'], Say>,
  /** Found by the disk's own check of the proofs. */
  grantForged: 'Подпись под кодом не сходится. Чек не сохранён. Отправьте новый код.',
  policyRefused:
    'Права и настройки магазина на этом устройстве не сходятся с подписью шлюза. В долг и за баллы продавать нельзя, пока касса не получит их заново.',
  policyBecause: {
    missing: 'настроек магазина нет на устройстве',
    'wrong-signature': 'подпись неверна',
    'older-version': 'подложена старая версия',
    'wrong-shop': 'они от другого магазина',
    malformed: 'они испорчены',
  },

  /** Why the relay did not take a change of staff or settings. */
  policy: {
    'last-owner': 'Последнего владельца убрать нельзя: некому будет управлять магазином.',
    'unknown-group': 'Такой группы больше нет. Выберите другую.',
    'duplicate-id': 'Такая запись уже есть.',
    'pin-too-short': 'Кто может продолжать без кода, тому нужен PIN из 6 цифр.',
    'no-right': 'Менять это вам нельзя.',
    'right-not-yours': 'Нельзя дать другим право, которого нет у вас.',
    'wrong-shop': 'Это настройки другого магазина.',
    'currency-fixed': 'Валюту магазина сменить нельзя.',
    malformed: 'Проверьте, всё ли заполнено.',
  } satisfies Record<PolicyRefusal, string>,
  policyDiffers:
    'Пока вы меняли, настройки изменил кто-то ещё. Посмотрите новые и внесите своё снова.',

  /** Refusals any call may meet at the relay's door. */
  gate: {
    'session-unknown': 'Связь со шлюзом прервалась. Попробуйте ещё раз.',
    'unknown-till': 'Шлюз не знает эту кассу. Подключите её заново.',
    revoked: 'Эту кассу отключили от магазина.',
    'elevation-needed': 'Для этого шлюз просит PIN ещё раз.',
    'no-right': 'У вас нет права на это.',
    'contract-mismatch': 'Касса и шлюз разных версий. Обновите страницу.',
    malformed: 'Шлюз не принял то, что введено. Проверьте поля.',
  } satisfies Record<GateRefusal['kind'], string>,
  unreachable: 'Касса не видит шлюз. Введённое не пропало. Попробуйте ещё раз.',
  needsRelay: 'Для этого нужна связь со шлюзом. Пока можно только смотреть.',

  notSaved: 'Не сохранено',
  stopTitle: 'Касса остановилась',
  stopText:
    'Случилось то, чего не должно быть. Всё, что касса назвала сохранённым, сохранено. Обновите страницу, чтобы продолжить.',
  notFoundTitle: 'Такой страницы нет',
  toTill: 'К кассе',
  noRightTitle: 'Этот раздел вам закрыт',
  fieldEmpty: 'Заполните это поле',
  phoneWrong: 'Это не похоже на номер телефона. Введите, например, +7 925 123-45-67.',
  amountWrong: 'Это не похоже на сумму. Введите, например, 1500 или 99,90.',
  nameTooLong: 'Слишком длинное имя: не больше 300 знаков.',
};
