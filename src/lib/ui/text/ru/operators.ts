// Signing in, and rights, in Russian.
import type { Right } from '$lib/contract/policy';
import type { TokenNeeded } from '$lib/contract/till';
import type { ElevationPurpose } from '$lib/domain/consent/elevation-purpose';
import { plural } from '$lib/ui/text/plural';

type ClosedBecause = TokenNeeded['because'] | 'no-proven-phone' | 'owner-phone-needed';

export const signIn = {
  title: 'Кто за кассой?',
  pin: 'PIN-код',
  pinOf: (name: string) => `PIN-код · ${name}`,
  chooseFirst: 'Выберите, кто вы',
  /** Below the names: a receipt is still open. */
  receiptWaits: 'Открытый чек сохранён и ждёт.',
  lock: 'Заблокировать кассу',
  someoneElse: 'Другой сотрудник',
  wrongPin: 'PIN не подошёл. Попробуйте ещё раз.',
  wrong: (left: number) =>
    `PIN не подошёл. Осталось ${plural('ru', left, { one: 'попытка', few: 'попытки', many: 'попыток', other: 'попытки' })}.`,
  lockedUntil: (time: string) => `Слишком много попыток. Следующая — после ${time}.`,
  unknown: 'Этот сотрудник больше не работает на кассе.',
  noPolicyTitle: 'Касса ждёт настройки магазина',
  cutOff: (why: string) =>
    `Права и настройки магазина на этом устройстве непригодны (${why}), а сервер магазина не принимает эту кассу и не может прислать их снова. Открытый чек цел. Касса сможет продавать, когда её подключат заново.`,
  confirmTitle: 'Подтвердите PIN-кодом',
  confirmText: (name: string, toDo: string) => `${name}, чтобы ${toDo}, введите свой PIN.`,
  /** Why neither PIN nor code is enough. The dialogue then asks for a token, where one helps. */
  closed: {
    'no-proven-phone':
      'Ваш телефон не подтверждён, поэтому код отправить некуда. Подтвердите его в настройках, в разделе «Сообщения», или введите токен.',
    'no-proven-owner':
      'Ни у одного владельца нет подтверждённого телефона, поэтому изменить это можно только с токеном.',
    unanswered:
      'На три кода владельцу за последние сутки никто не ответил. Пока изменения подтверждает только токен.',
    'wrong-codes':
      'За последние сутки ввели слишком много неверных кодов. Пока это открывает только токен.',
    'not-this-machine':
      'Первый сервис рассылки владелец подключает на самом компьютере сервера магазина. С другого устройства для этого нужен токен, а потом код с телефона владельца.',
    'owner-phone-needed':
      'Новый сервис сначала отправит код владельцу, а его телефон не записан. Запишите его в разделе «Сотрудники и права» и сохраните сервис ещё раз.',
  } satisfies Record<ClosedBecause, string>,
  /** What the PIN is asked for. */
  toDo: {
    'import-customers': 'загрузить долги и баллы покупателей',
    'undo-import': 'отменить загрузку покупателей',
    'forget-customer': 'забыть покупателя',
    'stop-forgetting': 'не стирать карточку',
    'load-demo': 'загрузить учебные товары',
    're-enrol': 'подключить эту кассу заново',
    'see-sales': 'посмотреть продажи всех касс',
    'see-costs': 'посмотреть расходы на коды',
    'see-numbers': 'посмотреть номера, которые стоит проверить',
    'accept-numbers': 'принять новые номера покупателей',
    'call-off-number': 'отменить смену номера',
    'change-number': 'сменить номер покупателя',
    'prove-phone': 'подтвердить свой телефон',
    'change-limits': 'сохранить коды и лимиты',
    'change-discounts': 'сохранить автоскидки',
    'change-labels': 'сохранить этикетки весов',
    'change-staff': 'сохранить сотрудников и права',
    'see-service': 'посмотреть настройки рассылки',
    'see-owner-notices': 'посмотреть уведомления владельцам',
    'save-service': 'сохранить сервис рассылки',
    'change-message-language': 'изменить язык сообщений',
    'send-test': 'отправить пробное сообщение',
    'see-balance': 'узнать баланс',
    'lift-stop': 'снова разрешить отправку кодов',
    'see-answers': 'посмотреть ответы сервиса',
    'see-key-ending': 'посмотреть конец сохранённого ключа',
    'see-tills': 'посмотреть список касс',
    'connect-till': 'подключить ещё одну кассу',
    'accept-former': 'принять учёт прежней кассы',
    'stop-waiting': 'не ждать другие кассы',
    'remove-till': 'отключить кассу',
    'rename-till': 'переименовать кассу',
    'change-shop': 'сохранить настройки магазина',
    'see-problems': 'посмотреть найденные проблемы',
  } satisfies Record<ElevationPurpose, string>,
};

export const rights = {
  names: {
    sell: 'Продавать',
    discount: 'Давать скидку',
    'free-price': 'Ставить свою цену',
    'correct-tender': 'Исправлять, чем оплачена продажа',
    'remove-line-after-total': 'Убирать товар без сообщения владельцам',
    return: 'Оформлять возврат',
    'sell-on-account': 'Продавать в долг',
    'sell-over-limit': 'Продавать в долг сверх предела',
    'redeem-points': 'Списывать баллы',
    'skip-code:on-account': 'Записывать долг без кода',
    'skip-code:points': 'Списывать баллы без кода',
    'take-repayment': 'Принимать возврат долга',
    'correct-balance': 'Исправлять долг и баллы',
    'change-customer-phone': 'Менять телефон покупателя',
    'cash-in-out': 'Вносить и забирать наличные',
    'open-shift': 'Открывать смену',
    'close-shift': 'Закрывать смену',
    'take-tip': 'Принимать чаевые',
    'view-reports': 'Смотреть отчёты и журнал',
    'manage-catalogue': 'Менять товары и цены',
    'manage-customers': 'Менять карточки покупателей',
    'manage-staff': 'Менять сотрудников и права',
    settings: 'Менять настройки',
    data: 'Импорт, экспорт и копии',
  } satisfies Record<Right, string>,
  sections: {
    selling: 'Продажа',
    account: 'Долги и баллы',
    noCode: 'Без кода покупателя',
    shift: 'Смена и деньги',
    keeping: 'Управление',
  },
  need: (right: string) => `Нужно право «${right}»`,
};
