// Colours of proofs: green for the customer's code, grey for a demo code, red for no proof.
import { beforeAll, describe, expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import type { Confirmation } from '$lib/contract/acts/account';
import type { Entry } from '$lib/contract/journal';
import type { SaleBody } from '$lib/contract/acts/sale';
import { NO_MONEY } from '$lib/domain/values/settlement';
import { DECIDED } from '$lib/proof/chain';
import { loadAdminText, setLanguage } from '$lib/ui/text/current.svelte';
import { proofTone } from '../../src/routes/shared/proof/proof-words';
import ProofTag from '../../src/routes/shared/proof/ProofTag.svelte';
import type { ShownProof } from '$lib/storage/journal/proof-judge';
import { slipRows, slipText } from '../../src/routes/shared/receipt/slip';
import {
  CHALLENGE,
  checkedReserve,
  grantFor,
  idOf,
  NOW,
  OWNER,
  POLICY,
  RECEIPT,
  RESERVE_CODE,
  rub,
  TILL,
} from '../domain/fixtures';

beforeAll(async () => {
  await loadAdminText();
  await setLanguage('en');
});

const grant = (demo: boolean) =>
  grantFor('sell-on-account', { minor: rub(3), currency: 'RUB' }, { demo });

const proofs = {
  code: { kind: 'code', grant: grant(false) },
  demoCode: { kind: 'demo-code', grant: grant(true) },
  reserve: { kind: 'reserve-code', verifier: checkedReserve(), code: RESERVE_CODE },
  demoReserve: { kind: 'demo-reserve-code', verifier: checkedReserve(), code: RESERVE_CODE },
  demoData: { kind: 'none', action: 'sell-on-account', amount: 300, because: 'demo' },
  file: { kind: 'none', action: 'sell-on-account', amount: 300, because: 'import' },
  forged: { kind: 'wrong-signature' },
} as const satisfies Record<string, ShownProof>;

describe('a tag', () => {
  test.for([
    ['a code', proofs.code, 'go', 'Code · SMS, verified'],
    ['a code of the demo', proofs.demoCode, 'plain', 'Code correct · demo'],
    ['a reserve code', proofs.reserve, 'go', 'Reserve code, verified'],
    ['a reserve code of the demo', proofs.demoReserve, 'plain', 'Reserve code correct · demo'],
    ['a debt of the demo’s own customer', proofs.demoData, 'plain', 'Not confirmed · demo'],
    ['a debt from a file', proofs.file, 'bad', 'Not confirmed · imported from a file'],
    ['a forged code', proofs.forged, 'bad', 'Not confirmed: the signature is wrong'],
  ] as const)('of %s', async ([, proof, colour, words]) => {
    const screen = await render(ProofTag, { proof });
    const tag = screen.container.querySelector('.tag');
    expect(tag?.textContent.trim()).toBe(words);
    expect(tag?.classList.contains(colour)).toBe(true);
  });
});

test.for([
  ['a code', proofs.code, 'Code · SMS, verified'],
  ['a reserve code', proofs.reserve, 'Reserve code, verified'],
] as const)('a disputed entry is not shown as in order: %s', async ([, proof, words]) => {
  const screen = await render(ProofTag, { proof, disputed: true });
  const tag = screen.container.querySelector('.tag');
  expect(tag?.textContent.trim()).toBe(words);
  expect(tag?.classList.contains('go')).toBe(false);
  expect(tag?.querySelector('svg')).toBeNull();
});

test.for([
  ['a code', proofs.code, 'go', 'go'],
  ['a code of the demo', proofs.demoCode, 'plain', 'warn'],
  ['a reserve code of the demo', proofs.demoReserve, 'plain', 'warn'],
  ['a debt of the demo’s own customer', proofs.demoData, 'plain', 'warn'],
  ['a forged code', proofs.forged, 'bad', 'bad'],
] as const)(
  'with a real service in use, what the demo confirmed is marked for review: %s',
  ([, proof, inDemo, inService]) => {
    expect([proofTone(proof, 'demo'), proofTone(proof, 'real')]).toEqual([inDemo, inService]);
  },
);

describe('a printed receipt', () => {
  const body: SaleBody = {
    sale: RECEIPT,
    number: 1,
    currency: 'RUB',
    customer: null,
    total: 300,
    tenders: [],
    changeDue: 0,
    onAccount: 300,
    dueDays: null,
    pointsEarned: 0,
    day: '2026-11-28',
    rounding: 0,
    pointValue: 100,
    repaidEarns: null,
    given: null,
    byRules: null,
    discountsAllowedBy: null,
    ageConfirmed: null,
    removed: { lines: 0, sum: 0 },
    held: { times: 0, longestMs: 0 },
    lines: [],
    accounts: [],
    confirmations: [],
    stock: [],
  };
  const hash = 'a'.repeat(64);
  const entry: Entry = {
    v: 1,
    till: TILL,
    seq: 4,
    at: NOW,
    operator: OWNER,
    policy: 1,
    ...DECIDED,
    act: 'sale',
    body,
    prevHash: hash,
    hash,
  };

  function printed(confirmation: Confirmation, proof: ShownProof): string {
    const proven = { confirmation, customer: null, proof };
    const paper = { number: '3-000001', till: 'Till 1', edition: 'original' } as const;
    const rest = { paid: NO_MONEY, around: null, customer: null, ...paper };
    return slipText(slipRows({ entry, body, proofs: [proven], ...rest }, POLICY));
  }

  const asked = { action: 'sell-on-account', amount: 300 } as const;
  const byCode: Confirmation = { kind: 'code', ...asked, challenge: CHALLENGE, grant: 'h.p.s' };
  const byReserve: Confirmation = {
    kind: 'reserve-code',
    ...asked,
    code: RESERVE_CODE,
    verifier: idOf(70),
    signed: 'h.p.s',
  };

  test('clearly marks a code of the demo, because the paper leaves the shop', () => {
    expect(printed(byCode, proofs.demoCode)).toMatch(/^DEMO$[^]*^Code correct · demo$/m);
    expect(printed(byReserve, proofs.demoReserve)).toMatch(
      /^DEMO$[^]*^Reserve code correct · demo$/m,
    );
  });

  test('does not mention the demo for a real code', () => {
    expect(printed(byCode, proofs.code)).not.toMatch(/demo/i);
    expect(printed(byReserve, proofs.reserve)).not.toMatch(/demo/i);
  });
});
