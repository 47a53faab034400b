// The code to an operator's own phone, in Russian.
// Every other language has the same keys.
import type { Refusal } from '$lib/contract/challenge';

export const secondFactor = {
  title: 'Код на ваш телефон',
  why: (toDo: string) => `Чтобы ${toDo}, нужен ещё код с вашего телефона.`,
  sentTo: (channel: string, phone: string) => `Код отправлен: ${channel} на ${phone}.`,
  spent: {
    expired: 'Этот код больше не действует. Отправьте новый.',
    'too-many-checks': 'Попытки кончились, этот код больше не подойдёт. Отправьте новый.',
  },
  sendNew: 'Отправить новый код',
  notSent: (why: string) => `Код не отправлен. ${why}`,
  providerUnreachable:
    'Сервис рассылки не отвечает. Попробуйте ещё раз или введите токен сервера магазина.',
  limited: (time: string) =>
    `На ваш номер отправлено слишком много сообщений. Следующее — после ${time}; сразу поможет токен сервера магазина.`,
  /** In place of sentences about the customer's phone. */
  ownPhone: {
    'bad-phone':
      'Сервис не узнал ваш номер. Владелец может исправить его в разделе «Сотрудники и права».',
    unreachable: 'Ваш телефон сейчас недоступен.',
    'recipient-blocked': 'Ваш телефон не принимает такие сообщения.',
  } satisfies Partial<Record<Refusal, string>>,
  useToken: 'Код не приходит? Ввести токен сервера магазина',
  useCode: 'Ввести код',
  tokenText:
    'На компьютере, где работает сервер магазина, выполните команду и введите токен, который она напечатает:',
  token: 'Токен, 10 знаков',
  tokenWrong: 'Токен не подошёл. Он действует 15 минут и один раз; напечатайте новый.',
  open: 'Подтвердить',

  unproven: (phone: string) =>
    `Ваш телефон ${phone} не подтверждён: пока настройки открывает один PIN.`,
  noPhone:
    'У вас не записан телефон: пока настройки открывает один PIN, а предупреждения до вас не дойдут.',
  toStaff: 'Записать телефон',
  prove: 'Подтвердить телефон',
  proveTitle: 'Подтвердите свой телефон',
  proveText: (phone: string) =>
    `На ${phone} придёт код. Потом настройки будут открываться только по PIN и коду: чужому одного PIN не хватит.`,
  send: 'Отправить код',
  later: 'Позже',
  proven: 'Телефон подтверждён. Теперь для настроек нужны PIN и код.',
};
