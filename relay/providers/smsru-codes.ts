// SMS.RU's table of codes, whole: what each means for whoever asked, and for a message under way.
import type { DeliveryState, ErrorKind } from './provider';

/** Every code of the table that is no success, and what it means for the one who asked. */
export const KINDS: Readonly<Record<string, ErrorKind>> = {
  '-1': 'unknown', // not found
  '104': 'unreachable', // lifetime over
  '105': 'unreachable', // deleted by the operator
  '106': 'unreachable', // failure in the phone
  '107': 'unknown',
  '108': 'unreachable', // rejected
  '130': 'rate_limit_recipient',
  '131': 'duplicate',
  '132': 'duplicate',
  '150': 'unreachable', // no route
  '200': 'auth',
  '201': 'no_money',
  '202': 'bad_phone',
  '203': 'bad_request', // empty text
  '204': 'sender_not_approved',
  '205': 'text_too_long',
  '206': 'rate_limit_account',
  '207': 'unreachable',
  '208': 'bad_request',
  '209': 'recipient_blocked',
  '210': 'bad_request',
  '211': 'bad_request',
  '212': 'bad_request',
  '213': 'bad_request',
  '214': 'region_forbidden',
  '215': 'recipient_blocked',
  '216': 'text_forbidden',
  '217': 'text_forbidden',
  '220': 'temporary',
  '221': 'sender_not_approved',
  '230': 'rate_limit_recipient',
  '231': 'duplicate', // the same text within a minute
  '232': 'duplicate', // the same text within a day
  '233': 'rate_limit_recipient', // codes repeated too fast
  '300': 'auth',
  '301': 'auth',
  '302': 'account_not_ready',
  '303': 'rate_limit_account',
  '304': 'rate_limit_account',
  '305': 'rate_limit_account',
  '500': 'temporary',
  '501': 'fraud_guard',
  '502': 'fraud_guard',
  '503': 'fraud_guard',
  '504': 'fraud_guard',
  '505': 'fraud_guard',
  '506': 'fraud_guard',
  '507': 'fraud_guard',
  '508': 'rate_limit_account', // too many calls in five minutes
  '550': 'region_forbidden',
  '901': 'bad_request',
  '902': 'bad_request',
};

/** Codes as the state of a message that was accepted. */
export const STATES: Readonly<Record<string, DeliveryState>> = {
  '-1': 'not_found',
  '100': 'queued',
  '101': 'queued',
  '102': 'sent',
  '103': 'delivered',
  '104': 'expired',
  '105': 'failed',
  '106': 'failed',
  '107': 'failed', // could not be delivered, nobody knows why
  '108': 'failed',
  '110': 'read',
  '130': 'failed',
  '131': 'failed',
  '132': 'failed',
  '150': 'failed',
};

/** What SMS.RU says with its codes; refused calls carry only the words. The first that fits counts. */
const WORDS: readonly (readonly [RegExp, ErrorKind])[] = [
  [/звонков на один номер|calls to one number/i, 'rate_limit_recipient'],
  [/звонков за \d+ минут|calls in \d+ min/i, 'rate_limit_account'],
  [/средств/i, 'no_money'],
  [/api_id|токен|token/i, 'auth'],
  [/не подтвержд/i, 'account_not_ready'],
  [/\bIP\b|кодов авторизац|сообщений в эту страну/i, 'fraud_guard'],
  [/за ?рубежом|страна заблокирована/i, 'region_forbidden'],
  [/стоп-лист/i, 'recipient_blocked'],
  [/указан номер|указан получатель/i, 'bad_phone'],
  [/не найден маршрут|нельзя отправлять/i, 'unreachable'],
  [/(?=.*(?:слишком (?:много|часто)|лимит)).*номер(?!ов)/i, 'rate_limit_recipient'],
  [/слишком (?:много|часто)|лимит/i, 'rate_limit_account'],
  [/временно недоступен|ошибка на сервере/i, 'temporary'],
];

/** What the words of a refusal without a code mean; undefined where they say nothing known. */
export function kindOfWords(text: string): ErrorKind | undefined {
  return WORDS.find(([words]) => words.test(text))?.[1];
}
