// The status chip and its details, in Russian.

export const status = {
  /** The three states of the chip; `short` for a phone. */
  canSend: 'Коды уходят',
  canSendShort: 'Коды идут',
  demoCodes: 'Демо-коды',
  demoCodesShort: 'Демо',
  demoCodesText:
    'Сервер магазина на связи. Коды не отправляются на телефоны: они видны на странице «Телефон покупателя».',
  canSendLow: 'Коды уходят · мало денег',
  canSendLowShort: 'Мало денег',
  canSendLowText:
    'Коды уходят, но на счёте сервиса рассылки осталось мало. Скажите управляющему: счёт пора пополнить.',
  providerUnavailable: 'Коды не уходят',
  providerUnavailableShort: 'Без кодов',
  offline: 'Нет связи',
  offlineFor: (duration: string) => `Нет связи · ${duration}`,
  offlineShort: 'Нет связи',
  asking: 'Проверяем связь…',
  askingShort: 'Связь…',

  title: 'Связь и коды',
  canSendText: 'Сервер магазина отвечает, сервис рассылки работает. Коды покупателям уходят.',
  providerUnavailableText:
    'Сервер магазина отвечает, а сервис рассылки — нет. Продавать можно, коды пока не отправить.',
  notConfiguredText:
    'Сервис рассылки ещё не выбран, поэтому коды не отправить. Выберите его в разделе «Сообщения».',
  offlineText:
    'Касса не видит сервер магазина. Продавать можно, всё сохраняется на этом устройстве. Коды пока не отправить.',
  since: (moment: string) => `Коды не уходят с: ${moment}`,
  relay: 'Сервер магазина',
  provider: 'Сервис рассылки',
  lastAnswer: (moment: string) => `Последний ответ: ${moment}`,
  neverAnswered: 'Ещё не отвечал',
  balance: 'Баланс',
  /** Acts that await review. */
  unconfirmed: (n: number, oldest: string) =>
    `Долги и баллы без кода: ${n}, самой старой записи ${oldest}`,
  checkNow: 'Проверить сейчас',
  /** What other tills did is not downloaded, and why. */
  othersTitle: 'Сюда не доходит то, что делают другие кассы',
  othersBecause: {
    stopped:
      'Браузер не смог запустить часть кассы, которая это загружает. Касса пробует снова сама; если сообщение не уходит, перезагрузите кассу.',
    'not-believed':
      'То, что присылает сервер магазина, не сходится с его подписью, и касса этому не верит. Покажите владельцу.',
    fork: 'У сервера магазина другой журнал этой кассы. Управляющему нужно подключить кассу заново в разделе «Настройки → Эта касса».',
  },
  /** `moment`: up to when they are known; null: nothing was downloaded. */
  othersRisk: (moment: string | null) =>
    moment === null
      ? 'Долги, баллы, остатки и товары здесь могут быть старыми. Продавать можно.'
      : `Долги, баллы, остатки и товары здесь — на ${moment}. Продавать можно.`,

  demo: 'Деморежим: коды не отправляются на телефоны.',
  openDemoPhone: 'Телефон покупателя',

  /** For people who may lift it, at any till. */
  sendingStopped: (tills: string) => `Отправка кодов остановлена: ${tills}.`,
  longShift: 'Смена открыта больше суток. Пересчитайте деньги и закройте её.',
  toShift: 'К смене',
  seeStopped: 'Посмотреть',

  updateReady: 'Готова новая версия. Обновление займёт пару секунд.',
  update: 'Обновить',
  updateLater: 'Позже',
  updateAfterReceipt: 'Готова новая версия. Обновить можно, когда чек будет закрыт.',
  updateAfterThis:
    'Готова новая версия. Обновить можно, когда вы закончите или сохраните то, что здесь открыто.',

  otherTab: 'Касса уже открыта в другой вкладке',
  otherTabText: 'Чтобы ничего не записать дважды, работает одна вкладка. Эта ждёт.',

  storageKept: 'Браузер защищает данные кассы от удаления',
  storageNotKept: 'Браузер может удалить данные кассы, если на устройстве закончится место',
  keepStorage: 'Защитить данные от удаления',

  shift: (number: number) => `Смена ${number}`,
};
