// Precomputed verifiers of the tests' PINs; computing one takes a fifth of a second.
import type { PinVerifier } from '$lib/contract/policy';

/** PBKDF2-SHA256, 600 000 rounds; tests/proof/pin.test.ts checks each. */
const MADE = {
  '135790': {
    salt: '60a860afbf8c074eb1bb15a0735ddd67',
    hash: 'b4bf223f22969b47142652217ba10d4ac8a7f5460aeed215d74fdc7df2f4ead0',
  },
  '2580': {
    salt: 'd18a6240a0f677d65adfdc316ed2fc1c',
    hash: '8dca8b758cf026b606aa8eb0adc43202ce80208dd905fc7dd076f287bbba4c54',
  },
  '258025': {
    salt: 'ca5cef5224a3d056e7f7adacc3c43fa4',
    hash: '5eaa5a6b1eaaa5230eac26df02e6195cb9aa41ae552d45576df2dba53a546c99',
  },
  '864209': {
    salt: '892ac30d332265b8c8b65c6d946a4989',
    hash: 'c4bc9b9eb661a12eb109d274ce7a7179454ecf7c14fc183cc843f437312b76bf',
  },
  '7302': {
    salt: '25099739a90226c21861398c3e3ad59e',
    hash: '8ef5430c37ffc5576c683fa4bdd79d2896320f409b88ae1fa4da4d920ef57c0e',
  },
  '7305': {
    salt: 'd6a1e5ebd1a9b7fa5b4eaca4054b7c40',
    hash: 'e98ab1568ac9a44c18442694a6672009c36d6a77990ed2011b0e4df37cf104b0',
  },
  '730518': {
    salt: '7cffd94f59eb2758c1dc397532fca5ba',
    hash: 'aa40e4d80f79e5df28bb38a8dc6d2f5c58bb07f1a8bc174713eb71ffc4832cd7',
  },
} as const satisfies Readonly<Record<string, Pick<PinVerifier, 'salt' | 'hash'>>>;

export type FixturePin = keyof typeof MADE;
export const FIXTURE_PINS = Object.keys(MADE) as FixturePin[];

/** The policy's verifier for this PIN. */
export function verifierOf(pin: FixturePin): PinVerifier {
  return { ...MADE[pin], rounds: 600_000, digits: pin.length };
}
