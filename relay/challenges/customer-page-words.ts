// What the page on a customer's phone says, in both languages. Plain words: nobody has explained this page to its reader.
import type { Policy } from '$lib/contract/policy';
import type { Action } from '$lib/contract/values';
import { wordAmount } from '$lib/domain/customer-message';
import type { Language } from '$lib/domain/product';
import type { ChallengeRow } from '../store/challenges';

const ACTIONS = {
  ru: {
    'sell-on-account': 'Записать в долг',
    'redeem-points': 'Списать баллы',
    'change-phone': 'Сменить ваш номер телефона',
    'issue-reserve-codes': 'Выдать резервные коды',
    'merge-customers': 'Объединить карточки',
  },
  en: {
    'sell-on-account': 'Put on your account',
    'redeem-points': 'Take off your points',
    'change-phone': 'Change your phone number',
    'issue-reserve-codes': 'Issue reserve codes',
    'merge-customers': 'Merge cards',
  },
} as const satisfies Record<Language, Record<Action, string>>;

export const PAGE_WORDS = {
  ru: {
    lang: 'ru',
    other: 'en',
    otherName: 'English',
    title: 'Подтверждение покупки',
    asks: 'Магазин просит вашего согласия',
    hint: 'Введите код из сообщения на {phone}. Не согласны — просто закройте страницу.',
    hintCall:
      'Введите последние цифры номера, с которого звонят на {phone}. Не согласны — просто закройте страницу.',
    code: 'Код',
    confirm: 'Согласен',
    wrong: 'Код не подошёл. Осталось попыток: {left}.',
    verified: 'Подтверждено. Касса уже знает об этом.',
    already: 'Уже подтверждено. Эта страница больше не нужна.',
    over: 'Этот запрос больше не действует. Попросите кассира отправить новый код.',
    unknown: 'Такой страницы нет. Попросите кассира показать QR-код ещё раз.',
    lost: 'Магазин не отвечает. Код пока не проверен — попробуйте ещё раз.',
    demo: 'Деморежим: код показан на странице «Телефоны покупателей», на настоящий телефон он не отправлен.',
    noscript: 'Для этой страницы нужен JavaScript. Можно просто назвать код кассиру.',
  },
  en: {
    lang: 'en',
    other: 'ru',
    otherName: 'Русский',
    title: 'Confirm your purchase',
    asks: 'The shop asks for your consent',
    hint: 'Type the code from the message to {phone}. If you do not agree, just close this page.',
    hintCall:
      'Type the last digits of the number that calls {phone}. If you do not agree, just close this page.',
    code: 'Code',
    confirm: 'I agree',
    wrong: 'That code is not right. Tries left: {left}.',
    verified: 'Confirmed. The till knows already.',
    already: 'Confirmed already. This page is no longer needed.',
    over: 'This request is no longer valid. Ask the cashier to send a new code.',
    unknown: 'There is no such page. Ask the cashier to show the QR code again.',
    lost: 'The shop does not answer. The code was not checked yet: try again.',
    demo: 'Demo mode: the code is shown on the page “Customers’ phones”; it was not sent to a real phone.',
    noscript: 'This page needs JavaScript. You can simply tell the cashier the code.',
  },
} as const;

/** The deal as the relay was asked to confirm it, not as a till might show it. */
export function dealWords(
  { action, amount }: Pick<ChallengeRow, 'action' | 'amount'>,
  { shop }: Policy,
  language: Language,
): { readonly shop: string; readonly action: string; readonly amount: string } {
  return {
    shop: shop.name,
    action: ACTIONS[language][action],
    amount: amount === null ? '' : wordAmount(amount, shop.currency, language),
  };
}
