// The text of a message and its preview: the code is required, parts are counted as operators count.
import { beforeEach, expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { setLanguage } from '$lib/ui/text/current.svelte';
import MessagePreview from '../../src/routes/messages/MessagePreview.svelte';
import MessageText from '../../src/routes/messages/MessageText.svelte';
import { policyOf } from '../support/storage-shop';

beforeEach(async () => {
  await setLanguage('en');
  return () => setLanguage('ru');
});

const POLICY = policyOf(1, ({ shop }) => {
  shop.name = 'Corner shop';
  shop.currency = { code: 'GBP', digits: 2 };
}) as VerifiedPolicy;

const ACTION = 'sell-on-account';

test('a text without the code says so beside the field, and variables are inserted', async () => {
  const value = '{shop}: {action}. Tell it';
  const screen = await render(MessageText, { action: ACTION, value, disabled: false });
  const text = screen.getByLabelText('Text: sale on account');
  await expect.element(text).toHaveAccessibleDescription(/The text has no \{code\}/);
  const noAmount = screen.getByText('The text has no {amount}');
  await expect.element(noAmount).toBeVisible();

  await screen.getByRole('button', { name: 'Insert' }).click();
  await expect.element(text).toHaveValue('{shop}: {action}. Tell it {code}');
  await expect.element(text).not.toHaveAccessibleDescription(/The text has no \{code\}/);

  // a variable is inserted at the caret
  const field = text.element() as HTMLTextAreaElement;
  const at = field.value.indexOf('. Tell');
  field.setSelectionRange(at, at);
  await screen.getByRole('button', { name: 'Amount' }).click();
  await expect.element(text).toHaveValue('{shop}: {action} {amount}. Tell it {code}');
  expect(noAmount.query()).toBeNull();
});

test('the preview is what the customer will read, counted as an operator counts it', async () => {
  const shown = (template: string) => ({
    ...({ action: ACTION, language: 'en', policy: POLICY, template } as const),
  });
  const screen = await render(MessagePreview, shown('{shop}: {action} {amount}. Code {code}'));
  const preview = screen.getByTestId(`preview-${ACTION}`);
  await expect.element(preview).toHaveTextContent('Corner shop: on account £540.00. Code ······');
  const figure = screen.getByRole('figure');
  await expect
    .element(figure)
    .toHaveTextContent('44 of the 160 characters that fit into one message');
  for (const [text, said] of [
    [`${'x'.repeat(154)}{code}`, '160 of the 160 characters that fit into one message'],
    [`${'x'.repeat(153)}€{code}`, '161 characters: 2 messages of 153 each'],
    [`${'я'.repeat(64)}{code}`, '70 of the 70 characters that fit into one message'],
    [`${'я'.repeat(65)}{code}`, '71 characters: 2 messages of 67 each'],
  ] as const) {
    await screen.rerender(shown(text));
    await expect.element(figure).toHaveTextContent(said);
  }
  await expect.element(figure).toHaveTextContent('counts a long text as several messages');
});
