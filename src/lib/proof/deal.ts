// The hashes that a code is bound to: of the whole deal, and of the phone number.
// Any edit changes the hash and voids the code.
import type { AuthorisedPerson } from '$lib/contract/acts/customer';
import type { Action } from '$lib/contract/values';
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
export const phoneHash = (cardSalt: string, phone: string): Promise<string> =>
  hashOf({ cardSalt, phone });

/** Who is asked for a code, at which number. */
type Asked = { readonly customerId: string; readonly cardSalt: string; readonly phone: string };

/** Hash of what a customer confirms: `fields` of the act that the code is bound to. */
export const hashOfAsked = (
  action: Action,
  { customerId, cardSalt, phone }: Asked,
  fields: object,
) => hashOf({ action, customerId, cardSalt, phone, ...fields });

/** Hash of what a customer confirms in an act that is no sale. `names`: the fields of the act that the code is bound to. */
const hashOfAct =
  <Act extends object>(action: Action, names: readonly (keyof Act)[]) =>
  (act: Asked & Act): Promise<string> => {
    const fields = Object.fromEntries(names.map((name) => [name, act[name]]));
    return hashOfAsked(action, act, fields);
  };

/** This issue of reserve codes, to this number. */
export const reserveCodesHash = hashOfAct<{ issue: string }>('issue-reserve-codes', ['issue']);

/** The replacement of the old number, which confirms it, by another one. */
export const phoneChangeHash = hashOfAct<{ newPhone: string }>('change-phone', ['newPhone']);

/** A correction that raises the customer's debt or takes points. `delta`: minor units or points. */
export const correctionHash = hashOfAct<{
  correction: string;
  account: 'debt' | 'points';
  delta: number;
}>('correct-balance', ['correction', 'account', 'delta']);

/** A cancelled repayment. `repayment`: hash of its entry; `amount`: minor units. */
export const cancellationHash = hashOfAct<{
  cancellation: string;
  repayment: string;
  amount: number;
}>('cancel-repayment', ['cancellation', 'repayment', 'amount']);

/** Returned goods. `sale`: hash of its entry; `amount`: what the customer gets, minor units. */
export const returnHash = hashOfAct<{ return: string; sale: string; amount: number }>(
  'return-goods',
  ['return', 'sale', 'amount'],
);

/** The merge of two cards, which each of both customers confirms. */
export const mergeHash = hashOfAct<{ merge: string; from: string; into: string }>(
  'merge-customers',
  ['merge', 'from', 'into'],
);

/** The customer's card is erased. */
export const forgetHash = hashOfAct('forget-customer', []);

const newPersonHash = hashOfAct<{ person: string; name: string; newPhone: string }>(
  'authorise-person',
  ['person', 'name', 'newPhone'],
);

/** An authorised person is added to the customer's card. */
export const personHash = ({
  person: { id, name, phone },
  ...asked
}: Asked & { readonly person: AuthorisedPerson }): Promise<string> =>
  newPersonHash({ ...asked, person: id, name, newPhone: phone });
