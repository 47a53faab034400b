// Settings → Messages, in Russian. The shape of this file is the shape of every other language's.
import type { Refusal } from '$lib/contract/challenge';
import type { DescriptionProblem, ProviderField } from '$lib/contract/provider';
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
  switchedOnBy: (channel: string, field: string) => `${channel} — включается полем: ${field}`,
  channelsByField: 'Что он умеет, станет видно, когда будет заполнено описание.',
  ownText: 'текст — ваш',
  approvedText: 'текст надо согласовать с сервисом',
  noText: 'текст пишет сам сервис',
  providerCode: (digits: number) =>
    `код придумывает сервис, ${plural('ru', digits, { one: 'цифра', few: 'цифры', many: 'цифр', other: 'цифры' })}`,
  senderRequired: 'нужно имя отправителя',
  saysDelivery: 'говорит, дошло ли',
  noDelivery: 'не говорит, дошло ли',
  hasDryRun: 'есть пробная отправка',
  heldSecret: 'Хранится на шлюзе в зашифрованном виде. Показать его нельзя, только заменить.',
  replace: 'Заменить',
  keepHeld: 'Оставить прежний',
  addressChanged: 'Адрес изменён, поэтому ключ нужно ввести заново.',
  showCallback: 'Показать адрес для отчётов о доставке',
  callback: 'Адрес для отчётов о доставке',
  callbackHint: 'Впишите его в личном кабинете сервиса: касса сразу узнает, дошёл ли код.',
  forChannel: (channel: string) => `Только для способа ${channel}`,
  moreFields: 'Дополнительно',
  fieldMissing: 'Заполните это поле: без него сервис не ответит.',
  fieldWrong: {
    secret: 'Здесь бывают только латинские буквы, цифры и знаки, без пробелов. Скопируйте ещё раз.',
    text: 'Сервис такое не примет. Проверьте, что введено.',
    url: 'Адрес начинается с https:// и ведёт в интернет, а не в сеть магазина.',
    flag: 'Сервис такое не примет. Переключите ещё раз.',
    choice: 'Выберите из списка.',
  } satisfies Record<ProviderField['kind'], string>,
  /** Where a described service is described wrongly, and how. */
  descriptionLine: (line: string, letter: string) => `Строка ${line}, знак ${letter}.`,
  descriptionAt: (place: string) => `Место «${place}».`,
  description: {
    'not-json': 'Это не JSON. Проверьте кавычки, запятые и скобки.',
    missing: 'Этого не хватает.',
    'wrong-type': 'Здесь должно стоять другое: текст, число, список или объект.',
    'unknown-word': 'Такого слова описание не знает. Проверьте, нет ли опечатки.',
    'needs-https': 'Адрес должен начинаться с https://.',
    'address-not-fixed': 'Имя сервера должно стоять как есть, без подстановок.',
    'address-not-public': 'Адрес должен вести в интернет, а не в сеть магазина.',
    'unknown-placeholder': 'Такой подстановки нет.',
    'placeholder-not-here': 'Эта подстановка здесь не действует.',
    'body-with-get': 'У запроса GET не бывает тела. Возьмите POST или уберите тело.',
    'wrong-path': 'Место в ответе пишется так: $.data.id.',
    'wrong-pattern': 'Это выражение не читается или слишком сложно.',
    'code-not-sent': 'В запросе нет кода: вставьте {code} или {text}.',
    'phone-not-sent': 'В запросе нет номера: вставьте {phone}.',
    'message-id-not-read': 'Не сказано, где в ответе номер сообщения (messageId).',
    'code-not-read': 'Не сказано, где в ответе код, раз его придумывает сервис.',
    'amount-not-read': 'Не сказано, где в ответе баланс (amount).',
    'too-long': 'Описание слишком длинное.',
  } satisfies Record<DescriptionProblem, string>,
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
    appSecret: 'Нужен для отчётов о доставке: без него шлюз им не верит.',
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
  lowBalance: 'Предупредить, когда меньше',
  lowBalanceHint: 'В валюте сервиса. Значок связи на кассе скажет, что пора пополнить счёт.',
  lowNow: 'На счёте сервиса осталось мало. Пополните его, пока коды ещё уходят.',
  test: 'Отправить тест…',
  testTitle: 'Тестовое сообщение',
  testText:
    'Уйдёт настоящее сообщение с кодом, который ничего не открывает. Сервис возьмёт за него деньги.',
  testDemoText: 'Сообщение появится на странице «Телефон покупателя».',
  testPhone: 'На какой телефон',
  testChannel: 'Способ',
  testManner: 'Как отправить',
  testReal: 'По-настоящему',
  testDry: 'Пробно',
  testDryText: 'Сервис проверит сообщение, но никому его не отправит и денег не возьмёт.',
  send: 'Отправить',
  sent: (channel: string, phone: string) =>
    `Отправлено: ${channel} на ${phone}. Проверьте телефон.`,
  sentCall: (phone: string) => `Звоним на ${phone}. Проверьте телефон.`,
  sentDry: 'Сервис принял бы такое сообщение. Никому ничего не ушло.',
  cost: (cost: string) => `Стоимость: ${cost}`,
  balanceAfter: (amount: string) => `Баланс после: ${amount}`,
  limited: (time: string) => `Сообщений уже слишком много. Следующее можно в ${time}.`,
  rawCode: (code: string) => `Ответ сервиса: ${code}`,
  savedNote: 'Сохранено. Сервис ответил и настройки принял.',

  ownersNote: 'Другой сервис, адрес или ключ и текст без суммы или магазина — важные перемены.',
  onlyCodes:
    'Этот сервис передаёт только коды: через него владельцы не узнают, что правила ослаблены. Чтобы узнавали, выберите сервис, который берёт свой текст.',
  refusingNow: 'Сейчас сервис не отправляет',
  stopUntil: (moment: string) => `Сама она кончится: ${moment}.`,
  tillStopped: (till: string) => `«${till}»: отправка остановлена`,
  stoppedSince: (moment: string) => `Остановлена: ${moment}.`,
  liftStop: 'Снять остановку',
  liftStopOf: (till: string) => `Снять остановку: «${till}»`,
  stopLifted: 'Остановка снята: коды снова уходят',
  /** Said to whoever can put it right: what happened and what to do. */
  refused: {
    auth: 'Сервис не принял ключ или пароль. Скопируйте его из личного кабинета сервиса ещё раз, целиком.',
    'account-not-ready':
      'Аккаунт сервиса ещё не готов. Закончите в личном кабинете договор, проверку или настройку отправки.',
    'account-blocked': 'Сервис заблокировал аккаунт. Напишите в поддержку сервиса.',
    'no-money': 'На счёте сервиса не хватает денег. Пополните его и попробуйте снова.',
    'bad-phone': 'Сервис не узнал номер. Проверьте его: нужен код страны и все цифры.',
    unreachable:
      'Этот телефон недоступен или в нём нет такого мессенджера. Попробуйте другой номер или способ.',
    'recipient-blocked':
      'Этот номер отказался от сообщений или стоит в чёрном списке сервиса. Попробуйте другой.',
    'region-forbidden':
      'Сервис не отправляет на номера этой страны. Разрешите её в личном кабинете или выберите другой сервис.',
    'rate-limit-recipient':
      'На этот номер сервис отправил уже слишком много. Подождите или возьмите другой номер.',
    'rate-limit-account':
      'Сервис просит подождать: запросов слишком много. Попробуйте через минуту.',
    'fraud-guard':
      'Защита сервиса от мошенников остановила отправку. Подождите, а если повторится — напишите в его поддержку.',
    duplicate: 'Точно такое сообщение на этот номер только что ушло. Подождите минуту.',
    'text-forbidden':
      'Сервис не пропустил текст. Уберите ссылки и всё похожее на рекламу или согласуйте текст с сервисом.',
    'text-not-approved':
      'Такого текста или шаблона у сервиса нет среди согласованных. Согласуйте его в личном кабинете и впишите сюда слово в слово.',
    'text-too-long': 'Текст длиннее, чем берёт сервис. Сократите его.',
    'sender-not-approved':
      'Это имя отправителя у сервиса не согласовано. Согласуйте его в личном кабинете или оставьте поле пустым.',
    'bad-request':
      'Сервис не понял запрос. Проверьте поля на этом экране; если всё верно, покажите ответ сервиса его поддержке.',
    temporary: 'У сервиса временная неполадка. Попробуйте через несколько минут.',
    'bad-reply':
      'Сервис ответил непонятно. Если вы меняли его адрес, проверьте его; если нет — попробуйте позже.',
    'timeout-unknown':
      'Сервис не ответил вовремя. Если это было сообщение, оно могло уйти: посмотрите на телефон, прежде чем отправлять снова.',
    'not-sent':
      'Шлюз не смог соединиться с сервисом, ничего не ушло. Проверьте интернет на компьютере шлюза и адрес сервиса.',
    unknown:
      'Сервис отказал по причине, которой мы не знаем. Его ответ стоит рядом: с ним можно обратиться в поддержку.',
    'not-configured': 'Сервис рассылки ещё не выбран. Выберите его и сохраните.',
    'channel-not-available': 'С такими настройками этот способ не работает. Выберите другой.',
    'country-not-allowed':
      'Писать на номера с таким началом не разрешено. Разрешите их в разделе «Контакты» или возьмите другой номер.',
    pumping:
      'Шлюз сам остановил отправку: слишком много кодов ушло на новые номера, и никто их не ввёл. Проверьте, кто их просил, и снимите остановку.',
    'journal-forked':
      'У шлюза другой журнал этой кассы: её вернули из старой копии. Подключите её заново в разделе «Устройства».',
  } satisfies Record<Refusal, string>,

  history: 'Что ответил сервис',
  historyHint: 'Последние тесты и отказы за 7 дней. Шлюз попросит PIN.',
  showHistory: 'Показать',
  refreshHistory: 'Обновить',
  lastTests: 'Последние тесты',
  noTests: 'Тестов ещё не было.',
  refusals: 'Отказы за 7 дней',
  noRefusals: 'Отказов не было.',
  taken: 'Принято сервисом',
  wouldTake: 'Было бы принято',
  notTaken: 'Отказ',
};
