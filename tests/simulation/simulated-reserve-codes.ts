// Reserve codes of a simulated shop: issued by the relay as in a shop, and used at a till.
import { v7 as uuidv7 } from 'uuid';
import { parseReserveCode } from '$lib/domain/consent/reserve-code';
import { customerById } from '$lib/storage/customers/customers';
import { saveIssued } from '$lib/storage/secrets/reserve-verifiers';
import { trustContacts } from '../../relay/customers/phones';
import type { Relay } from '../../relay/context';
import type { FakeSmsru } from '../support/fake-smsru';
import type { Rung, WholeTill } from '../support/whole-till';
import type { By } from './simulated-acts';

/** Node has no web workers; a till that cannot load its worker derives the hash in its own thread. */
class NoWorker {
  onerror: (() => void) | null = null;
  postMessage(): void {
    queueMicrotask(() => this.onerror?.());
  }
  terminate(): void {
    // nothing runs
  }
}
Object.assign(globalThis, { Worker: NoWorker });

/** A code as its customer has it. */
export type HeldCode = { readonly customer: string; readonly code: string };

/** Asks the customer for their consent and stores what this till gets. Returns what the customer reads; empty: refused. */
export async function issueCodes(
  till: WholeTill,
  {
    customer,
    operator,
    at,
    relay,
    smsru,
  }: By & { readonly customer: string; readonly relay: Relay; readonly smsru: FakeSmsru },
): Promise<readonly HeldCode[]> {
  const { db, client } = till;
  const card = await customerById(db, customer);
  if (card === null || card.phone === null) return [];
  const { phone, cardSalt } = card;
  // a number of less than a day gets no codes
  await trustContacts(relay, [{ customer, phone, cardSalt }]);
  if ((await till.upload()).kind !== 'up-to-date') return [];
  const challenge = uuidv7();
  const asked = await client.requestChallenge(challenge, {
    action: 'issue-reserve-codes',
    customer: { id: customer, phone, cardSalt },
    operator,
    deal: { kind: 'reserve-codes', issue: challenge },
    receiptId: challenge,
    amount: null,
  });
  if (asked.kind !== 'awaiting-code') return [];
  const checked = await client.submitCode(challenge, smsru.codes.at(-1) ?? '');
  if (checked.kind !== 'verified') return [];
  const reply = await client.issueReserveCodes(challenge, { customer, challenge });
  if (reply.kind !== 'issued') return [];
  const { verifiers } = reply;
  const policy = relay.policy()?.policy.version ?? 0;
  await saveIssued(db, { customer, challenge, verifiers, operator, at, policy });
  const text = smsru.messages.at(-1)?.text ?? '';
  return [...text.matchAll(/[0-9A-Z]{5}-[0-9A-Z]{5}/g)].map(([written]) => ({
    customer,
    code: parseReserveCode(written) ?? '',
  }));
}

/** A sale on account by the first of these codes that the till accepts; null: it accepts none. */
export async function ringByCode(
  till: WholeTill,
  codes: readonly HeldCode[],
  price: number,
): Promise<Rung | null> {
  for (const { customer, code } of codes) {
    const given = await till.reserveCode(customer, code);
    if (given === null) continue;
    const { receipt } = await till.ring(customer, { price, code: false });
    return { receipt, confirmations: [given] };
  }
  return null;
}
