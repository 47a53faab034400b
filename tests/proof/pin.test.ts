// PIN verifiers, compared with a published PBKDF2 vector, and the PINs that may not be chosen.
import { expect, test } from 'vitest';
import { pinVerifier } from '$lib/contract/policy';
import { isWeakPin, makePinVerifier, verifyPin, WEAK_PINS } from '$lib/proof/pin';
import { FIXTURE_PINS, verifierOf } from '../support/pin-verifiers';

test('the right PIN matches its verifier, any other does not', async () => {
  const verifier = await makePinVerifier('052917');
  expect(pinVerifier.safeParse(verifier).success).toBe(true);
  expect(verifier).toMatchObject({ rounds: 600_000, digits: 6 });
  expect(await verifyPin('052917', verifier)).toBe(true);
  expect(await verifyPin('52917', verifier)).toBe(false);
  expect(await verifyPin('052918', verifier)).toBe(false);
  expect(await verifyPin('', verifier)).toBe(false);
});

test('two verifiers of one PIN have nothing in common', async () => {
  const [one, two] = await Promise.all([makePinVerifier('7302'), makePinVerifier('7302')]);
  expect(one.salt).not.toBe(two.salt);
  expect(one.hash).not.toBe(two.hash);
});

test.each(FIXTURE_PINS)('the verifier prepared for %s matches it', async (pin) => {
  expect(pinVerifier.safeParse(verifierOf(pin)).success).toBe(true);
  expect(await verifyPin(pin, verifierOf(pin))).toBe(true);
});

test('the derivation is PBKDF2-HMAC-SHA256', async () => {
  // RFC 7914 §11 gives it for 80 000 rounds; the salt "NaCl" in hex
  const verifier = {
    salt: '4e61436c',
    hash: '4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56',
    rounds: 80_000,
    digits: 8,
  };
  expect(await verifyPin('Password', verifier)).toBe(true);
});

test('text that is not all digits is not a PIN', async () => {
  await expect(makePinVerifier('12a4')).rejects.toThrow(TypeError);
  await expect(makePinVerifier('123')).rejects.toThrow(TypeError);
});

test.each(['0000', '111111', '1234', '654321', '7890', '1212', '123123', '1987', '2580', '159753'])(
  '%s is too easy',
  (pin) => {
    expect(isWeakPin(pin)).toBe(true);
  },
);

test.each(['7302', '4816', '052917', '940385'])('%s may be chosen', (pin) => {
  expect(isWeakPin(pin)).toBe(false);
});

test('at least a hundred PINs are listed as weak', () => {
  expect(WEAK_PINS.size).toBeGreaterThanOrEqual(100);
});
