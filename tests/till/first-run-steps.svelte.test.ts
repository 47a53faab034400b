// The steps of the first run: what they refuse, and what one answer says about the next.
import { beforeEach, expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { setLanguage } from '$lib/ui/text/current.svelte';
import OwnerStep from '../../src/routes/first-run/OwnerStep.svelte';
import ShopStep from '../../src/routes/first-run/ShopStep.svelte';
import { expectAccessible } from '../support/axe-part';

beforeEach(async () => {
  await setLanguage('en');
  return () => setLanguage('ru');
});

/** The shop's step in a browser of that zone; `given` is what it hands on, null until then. */
async function shopStep(zone = 'Europe/London') {
  let given: object | null = null;
  const screen = await render(ShopStep, {
    language: 'en',
    zone,
    now: Date.UTC(2026, 5, 1, 12),
    answers: null,
    onnext: (answers: object) => {
      given = answers;
    },
  });
  const next = () => screen.getByRole('button', { name: 'Next' }).click();
  return { screen, next, given: () => given };
}

test('a shop without a name, or with one that is too long, is refused in words', async () => {
  const { screen, next, given } = await shopStep();
  await next();
  await expect.element(screen.getByText('Fill in this field')).toBeVisible();
  const name = screen.getByLabelText('Name', { exact: true });
  await name.fill('x'.repeat(121));
  await expect.element(screen.getByText('120 characters at most')).toBeVisible();
  expect(given()).toBeNull();
  await name.fill('Corner shop');
  await next();
  expect(given()).toMatchObject({ shopName: 'Corner shop', currency: { code: 'GBP', digits: 2 } });
});

test('the currency says that it stays', async () => {
  const { screen } = await shopStep();
  await expect.element(screen.getByText('This can’t be changed later')).toBeVisible();
  await expect
    .element(screen.getByText('Everything except the currency can be changed'))
    .toBeVisible();
});

test('country, currency and time zone are proposed by the browser’s zone, not its language', async () => {
  const { screen, next, given } = await shopStep('Asia/Almaty');
  await screen.getByLabelText('Name', { exact: true }).fill('Дүкен');
  await expect.element(screen.getByLabelText('Country')).toHaveValue('KZ');
  await expect.element(screen.getByLabelText('Currency')).toHaveValue('KZT');
  await expect
    .element(screen.getByLabelText('Time zone'))
    .toHaveTextContent('17:00 · Kazakhstan Time (Almaty)');
  await next();
  expect(given()).toMatchObject({
    currency: { code: 'KZT' },
    phoneCountry: 'KZ',
    timeZone: 'Asia/Almaty',
    messageLanguage: 'en',
  });
});

test('another country brings its currency and its only time zone', async () => {
  const { screen, next, given } = await shopStep();
  await screen.getByLabelText('Name', { exact: true }).fill('Corner shop');
  await screen.getByLabelText('Country').selectOptions('JP');
  await next();
  expect(given()).toMatchObject({
    currency: { code: 'JPY', digits: 0 },
    phoneCountry: 'JP',
    timeZone: 'Asia/Tokyo',
  });
});

test('what cannot be guessed is asked, and nothing goes on without it', async () => {
  const { screen, next, given } = await shopStep('UTC');
  await screen.getByLabelText('Name', { exact: true }).fill('Лавка');
  await next();
  expect(screen.getByText('Fill in this field').elements()).toHaveLength(3);
  await expectAccessible(screen.container);
  await screen.getByLabelText('Country').selectOptions('RU');
  await next();
  // Russia has many zones, and the browser is in none of them
  expect(screen.getByText('Fill in this field').elements()).toHaveLength(1);
  expect(given()).toBeNull();
  await screen.getByLabelText('Time zone').selectOptions('Asia/Omsk');
  await next();
  expect(given()).toMatchObject({
    currency: { code: 'RUB' },
    phoneCountry: 'RU',
    timeZone: 'Asia/Omsk',
  });
});

test('the owner’s step says what is wrong with a PIN and a phone', async () => {
  const given: unknown[] = [];
  const screen = await render(OwnerStep, {
    country: 'GB',
    busy: false,
    onback: () => undefined,
    onnext: (owner) => void given.push(owner),
  });
  const next = () => screen.getByRole('button', { name: 'Next' }).click();
  const pin = screen.getByLabelText('PIN, 6 digits');
  const phone = screen.getByLabelText('Your phone');
  await screen.getByLabelText('Your name').fill('Olga');
  await pin.fill('123456');
  await screen.getByLabelText('PIN once more').fill('123457');
  await phone.fill('12');
  await next();
  await expect.element(screen.getByText('That PIN is too easy to guess')).toBeVisible();
  await expect.element(screen.getByText('That does not look like a phone number')).toBeVisible();
  await pin.fill('135790');
  await next();
  await expect.element(screen.getByText('The PINs are not the same')).toBeVisible();
  expect(given).toEqual([]);
  await screen.getByLabelText('PIN once more').fill('135790');
  await phone.fill('07400 123456');
  await next();
  await expect.poll(() => given).toEqual([{ name: 'Olga', pin: '135790', phone: '+447400123456' }]);
});
