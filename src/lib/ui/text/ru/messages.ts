// Settings → Messages, in Russian. The shape of this file is the shape of every other language's.
import type { SaleAction } from '$lib/contract/values';
import { plural } from '$lib/ui/text/plural';

const parts = (n: number) =>
  plural('ru', n, {
    one: 'сообщение',
    few: 'сообщения',
    many: 'сообщений',
    other: 'сообщения',
  });
const characters = (n: number) =>
  plural('ru', n, { one: 'знак', few: 'знака', many: 'знаков', other: 'знака' });

export const messages = {
  provider: 'Сервис рассылки',
  demoName: 'Показ: телефон на этом экране',
  ownService: 'Другой сервис: описать запрос самому',
  demoOver: 'Показ закончился: магазин уже выбрал настоящий сервис.',
  demoNote: 'Чтобы коды пошли на настоящие телефоны, выберите сервис и введите его ключ.',
  unknownProvider: 'Шлюз не знает такого сервиса. Обновите страницу.',
  firstRealNote:
    'После сохранения показ закончится: коды пойдут на настоящие телефоны. Учебным покупателям код уже не отправить.',
  keptOnRelay: 'Эти настройки хранятся на шлюзе, не на кассе. Они появятся, когда связь вернётся.',
  can: 'Что умеет сервис',
  cannot: (channel: string) => `${channel} — сервис не умеет`,
  channelsByField: 'Что он умеет, станет видно, когда будет заполнено описание.',
  ownText: 'текст — ваш',
  approvedText: 'текст надо согласовать с сервисом',
  noText: 'текст пишет сам сервис',
  providerCode: (digits: number) =>
    `код придумывает сервис, ${plural('ru', digits, { one: 'цифра', few: 'цифры', many: 'цифр', other: 'цифры' })}`,
  senderRequired: 'нужно имя отправителя',
  saysDelivery: 'говорит, дошло ли',
  noDelivery: 'не говорит, дошло ли',
  heldSecret: 'Хранится на шлюзе в зашифрованном виде. Показать его нельзя, только заменить.',
  replace: 'Заменить',
  keepHeld: 'Оставить прежний',
  addressChanged: 'Адрес изменён, поэтому ключ нужно ввести заново.',
  forChannel: (channel: string) => `только для: ${channel}`,
  moreFields: 'Дополнительно',
  fieldMissing: 'Заполните это поле: без него сервис не ответит.',
  fieldWrong: 'Сервис такое не примет. Проверьте, что введено.',
  notChosen: 'не выбрано',
  fields: {
    apiKey: 'API-ключ',
    apiId: 'API-токен (api_id)',
    email: 'Почта аккаунта',
    sign: 'Имя отправителя',
    sender: 'Имя отправителя',
    from: 'Имя или номер отправителя',
    host: 'Сервер сервиса',
    baseUrl: 'Другой адрес сервиса',
    flashCall: 'Звонки подключены',
    whatsApp: 'WhatsApp подключён',
    login: 'Логин',
    password: 'Пароль',
    waBot: 'Бот WhatsApp',
    codeTake: 'Сколько цифр номера — код',
    token: 'Токен',
    senderUsername: 'Имя отправителя в Telegram',
    accountSid: 'Account SID',
    authToken: 'Auth Token',
    messagingServiceSid: 'Messaging Service SID',
    contentSid: 'Content SID шаблона',
    signedCallbacks: 'Отчёты о доставке подписаны',
    apiSecret: 'API-секрет',
    waTemplate: 'Шаблон WhatsApp',
    waLanguage: 'Язык шаблона',
    signatureSecret: 'Секрет подписи',
    phoneNumberId: 'Phone number ID',
    apiVersion: 'Версия API',
    template: 'Имя шаблона',
    language: 'Язык шаблона',
    appSecret: 'App secret',
    verifyToken: 'Verify token',
    spec: 'Описание запроса (JSON)',
    secret: 'Секрет',
  } as Readonly<Record<string, string>>,
  fieldHints: {
    baseUrl: 'Нужен только для прокси. Обычно пусто.',
    sender: 'Как его согласовали с сервисом. Пусто — общее имя сервиса.',
    sign: 'Как его согласовали с сервисом.',
  } as Readonly<Record<string, string>>,
  choices: { all: 'все, что назвал сервис', last4: 'последние 4' } as Readonly<
    Record<string, string>
  >,

  text: {
    'sell-on-account': 'Текст: продажа в долг',
    'redeem-points': 'Текст: списание баллов',
  } satisfies Record<SaleAction, string>,
  noTextNeeded: 'Этот сервис пишет текст сам: менять нечего.',
  insert: 'Вставить в текст',
  variables: {
    code: 'Код',
    amount: 'Сумма',
    shop: 'Магазин',
    action: 'Действие',
    balance: 'Остаток после',
  },
  codeMissing: 'В тексте нет {code} — без него покупатель не получит код.',
  insertCode: 'Вставить',
  amountMissing: 'В тексте нет {amount}: покупатель не увидит, на какую сумму соглашается.',
  shopMissing: 'В тексте нет {shop}: покупатель не поймёт, от кого сообщение.',
  preview: 'Что увидит покупатель',
  previewOf: {
    'sell-on-account': 'Продажа в долг',
    'redeem-points': 'Списание баллов',
  } satisfies Record<SaleAction, string>,
  size: (count: number, segments: number, each: number) =>
    segments === 1
      ? `${characters(count)} · ${parts(1)}, до ${each} знаков`
      : `${characters(count)} · ${parts(segments)} по ${each}`,
  sizeNote: 'Длинный текст сервис считает за несколько сообщений.',

  balance: 'Баланс',
  checkBalance: 'Проверить баланс',
  balanceAt: (time: string) => `проверено в ${time}`,
  balanceUnknown: 'ещё не проверен',
  noBalance: 'Этот сервис баланс не сообщает.',
  test: 'Отправить тест…',
  testTitle: 'Тестовое сообщение',
  testText:
    'Уйдёт настоящее сообщение с кодом, который ничего не открывает. Сервис возьмёт за него деньги.',
  testDemoText: 'Сообщение появится на странице «Телефон покупателя».',
  testPhone: 'На какой телефон',
  testChannel: 'Способ',
  send: 'Отправить',
  sent: 'Отправлено. Проверьте телефон.',
  cost: (cost: string) => `Стоимость: ${cost}`,
  balanceAfter: (amount: string) => `Баланс после: ${amount}`,
  limited: (time: string) => `Сообщений уже слишком много. Следующее можно в ${time}.`,
  rawCode: (code: string) => `Ответ сервиса: ${code}`,
  savedNote: 'Сохранено. Сервис ответил и настройки принял.',
};
