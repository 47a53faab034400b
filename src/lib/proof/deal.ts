// The hashes that a code is bound to: of the whole deal, and of the phone number.
// Any edit changes the hash and voids the code.
import type { AuthorisedPerson } from '$lib/contract/acts/customer';
import type { Deal } from '$lib/domain/consent/deal';
import { hashOf } from './canonical';

/** SHA-256 hex over the canonical deal; absent fields are left out. */
export function dealHash(deal: Deal): Promise<string> {
  const { receiptId, action, customerId, cardSalt, phone, amount } = deal;
  const lines = deal.lines.map(({ productId, quantity, unitPrice, discount }) => ({
    productId,
    quantity,
    unitPrice,
    discount,
  }));
  const tenders = deal.tenders.map((tender) =>
    tender.kind === 'points'
      ? { kind: tender.kind, amount: tender.amount, points: tender.points }
      : { kind: tender.kind, amount: tender.amount },
  );
  return hashOf({ receiptId, action, customerId, cardSalt, phone, amount, lines, tenders });
}

/** Represents the number in a grant: SHA-256 hex over canonical `{ cardSalt, phone }`. */
export function phoneHash(cardSalt: string, phone: string): Promise<string> {
  return hashOf({ cardSalt, phone });
}

/** Hash of what a customer confirms to get reserve codes: this issue of codes, to this number. */
export function reserveCodesHash(issue: {
  issue: string;
  customerId: string;
  cardSalt: string;
  phone: string;
}): Promise<string> {
  const { issue: id, customerId, cardSalt, phone } = issue;
  return hashOf({ action: 'issue-reserve-codes', issue: id, customerId, cardSalt, phone });
}

/** Hash of what a customer's old number confirms: its replacement by another number. */
export function phoneChangeHash(change: {
  customerId: string;
  cardSalt: string;
  phone: string;
  newPhone: string;
}): Promise<string> {
  const { customerId, cardSalt, phone, newPhone } = change;
  return hashOf({ action: 'change-phone', customerId, cardSalt, phone, newPhone });
}

/** Hash of what a customer confirms before a correction raises their debt or takes points. `delta`: minor units or points. */
export function correctionHash(deal: {
  correction: string;
  customerId: string;
  cardSalt: string;
  phone: string;
  account: 'debt' | 'points';
  delta: number;
}): Promise<string> {
  const { correction, customerId, cardSalt, phone, account, delta } = deal;
  return hashOf({
    action: 'correct-balance',
    correction,
    customerId,
    cardSalt,
    phone,
    account,
    delta,
  });
}

/** Hash of what a customer confirms before a repayment is cancelled. `repayment`: hash of its entry; `amount`: minor units. */
export function cancellationHash(deal: {
  cancellation: string;
  customerId: string;
  cardSalt: string;
  phone: string;
  repayment: string;
  amount: number;
}): Promise<string> {
  const { cancellation, customerId, cardSalt, phone, repayment, amount } = deal;
  return hashOf({
    action: 'cancel-repayment',
    cancellation,
    customerId,
    cardSalt,
    phone,
    repayment,
    amount,
  });
}

/**
 * Hash of what a customer confirms before goods are returned. `sale`: hash of its entry; `amount`: what they get, minor units.
 */
export function returnHash(deal: {
  return: string;
  customerId: string;
  cardSalt: string;
  phone: string;
  sale: string;
  amount: number;
}): Promise<string> {
  const { return: id, customerId, cardSalt, phone, sale, amount } = deal;
  return hashOf({
    action: 'return-goods',
    return: id,
    customerId,
    cardSalt,
    phone,
    sale,
    amount,
  });
}

/** Hash of what each of two customers confirms before their cards are merged. */
export function mergeHash(deal: {
  merge: string;
  customerId: string;
  cardSalt: string;
  phone: string;
  from: string;
  into: string;
}): Promise<string> {
  const { merge, customerId, cardSalt, phone, from, into } = deal;
  return hashOf({ action: 'merge-customers', merge, customerId, cardSalt, phone, from, into });
}

/** Hash of what a customer confirms before their card is erased. */
export function forgetHash(deal: {
  customerId: string;
  cardSalt: string;
  phone: string;
}): Promise<string> {
  const { customerId, cardSalt, phone } = deal;
  return hashOf({ action: 'forget-customer', customerId, cardSalt, phone });
}

/** Hash of what a customer confirms before an authorised person is added to their card. */
export function personHash(deal: {
  customerId: string;
  cardSalt: string;
  phone: string;
  person: AuthorisedPerson;
}): Promise<string> {
  const { customerId, cardSalt, phone } = deal;
  const { id, name, phone: newPhone } = deal.person;
  return hashOf({
    action: 'authorise-person',
    person: id,
    name,
    newPhone,
    customerId,
    cardSalt,
    phone,
  });
}
