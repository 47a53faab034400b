// How long another till's sign-in takes while one till sends what costs the relay most.
import { test } from '@playwright/test';
import { v7 as newId } from 'uuid';
import { openVerifier } from '$lib/proof/reserve-code';
import { ask, check, reserveCodesRequest } from '../support/challenge-requests';
import { codeIn, messagesAt } from '../support/demo-phone';
import { RelayProcess } from '../support/relay-process';
import { TillClient } from '../support/till-client';
import { CARD_SALT, onAccountSale, TillJournal } from '../support/till-journal';
import { tellFigure } from './measure';

const PHONE = '+70000000101';
const INVENTED = 60;
const AT_ONCE = 12;
const MOST_MS = 500;

test('signing in beside an attack', async () => {
  const relay = new RelayProcess();
  await relay.start();
  try {
    const thief = await TillClient.ready(relay.url, Date.now);
    await thief.elevate();
    const offer = await thief.call('POST', '/tills/enrolments');
    const other = await TillClient.make(relay.url, Date.now);
    await other.enrol(offer.json['token'] as string);

    /** Signs in again and again until the attack is over; ms each. */
    const signInsDuring = async (attack: Promise<unknown>): Promise<number[]> => {
      let over = false;
      const ended = attack.finally(() => (over = true));
      const times: number[] = [];
      do {
        const since = performance.now();
        await other.signIn();
        times.push(performance.now() - since);
      } while (!over);
      await ended;
      return times;
    };

    const customer = newId();
    await thief.call('POST', '/customers/trusted', {
      contacts: [{ customer, phone: PHONE, cardSalt: CARD_SALT }],
    });
    const issue = newId();
    const challenge = newId();
    await ask(thief, reserveCodesRequest(issue, { id: customer, phone: PHONE }), challenge);
    const message = (await messagesAt(relay.url)).find(
      ({ phone, text }) => phone === PHONE && /\b\d{6}\b/.test(text),
    );
    await check(thief, challenge, codeIn(message?.text ?? ''));
    const made = await thief.call('PUT', `/reserve-codes/${issue}`, { customer, challenge });
    const [signed = ''] = made.json['verifiers'] as string[];
    const verifier = await openVerifier(signed, thief.relayKey!);
    if (verifier === null) throw new Error(JSON.stringify(made.json));

    const unasked = () =>
      Promise.all(
        Array.from({ length: AT_ONCE }, () =>
          thief.call('PUT', `/reserve-codes/${newId()}`, { customer, challenge: newId() }),
        ),
      );
    tellFigure(
      `sign-in beside ${AT_ONCE} requests for reserve codes, ms`,
      await signInsDuring(
        (async () => {
          for (let round = 0; round < 20; round += 1) await unasked();
        })(),
      ),
      MOST_MS,
    );

    const journal = new TillJournal(thief, Date.now);
    await journal.enrolled();
    for (let n = 0; n < INVENTED; n += 1)
      await journal.sale(
        onAccountSale(
          { customer, onAccount: 100 },
          {
            kind: 'reserve-code',
            action: 'sell-on-account',
            amount: 100,
            code: `${verifier.prefix}${String(n).padStart(8, '0')}`,
            verifier: verifier.id,
            signed,
          },
        ),
      );
    tellFigure(
      `sign-in beside an upload with ${INVENTED} invented reserve codes, ms`,
      await signInsDuring(journal.upload()),
      MOST_MS,
    );

    const wrongPins = () =>
      Promise.all(
        Array.from({ length: AT_ONCE }, () =>
          thief.call('POST', '/sessions/elevation', {
            operatorId: thief.ownerId,
            pin: '000000',
            level: 'pin',
          }),
        ),
      );
    tellFigure(
      `sign-in beside ${AT_ONCE} wrong PINs, ms`,
      await signInsDuring(wrongPins()),
      MOST_MS,
    );
  } finally {
    await relay.dispose();
  }
});
