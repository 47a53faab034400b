// The code field: one input that accepts typed, pasted and filled-in codes.
import { expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { userEvent } from 'vitest/browser';
import CodeField from '$lib/ui/CodeField.svelte';

function field(extra: Record<string, unknown> = {}) {
  const full: string[] = [];
  const onfull = (code: string) => void full.push(code);
  return { full, props: { length: 6, label: 'Code', onfull, ...extra } };
}

test('the focus is in the field at once, and there is one input', async () => {
  const screen = await render(CodeField, field().props);
  const input = screen.getByLabelText('Code');
  await expect.element(input).toHaveFocus();
  expect(screen.container.querySelectorAll('input')).toHaveLength(1);
  await expect.element(input).toHaveAttribute('inputmode', 'numeric');
  await expect.element(input).toHaveAttribute('autocomplete', 'one-time-code');
});

test('six typed digits are handed over once, with leading zeros', async () => {
  const { full, props } = field();
  await render(CodeField, props);
  await userEvent.keyboard('004821');
  await expect.poll(() => full).toEqual(['004821']);
});

test('letters and spaces of a pasted message are left out', async () => {
  const { full, props } = field();
  const screen = await render(CodeField, props);
  await screen.getByLabelText('Code').fill('482 107');
  await expect.poll(() => full).toEqual(['482107']);
});

test('a seventh digit changes nothing while the code is complete', async () => {
  const { full, props } = field();
  const screen = await render(CodeField, props);
  // at once: on a busy machine a seventh key may come after the code was given
  await screen.getByLabelText('Code').fill('4821079');
  await expect.element(screen.getByLabelText('Code')).toHaveValue('482107');
  await expect.poll(() => full).toEqual(['482107']);
});

test('after a code was given without an answer, typing replaces it', async () => {
  const { full, props } = field();
  const screen = await render(CodeField, props);
  await userEvent.keyboard('111111');
  await expect.poll(() => full).toEqual(['111111']);
  await userEvent.keyboard('222222');
  await expect.element(screen.getByLabelText('Code')).toHaveValue('222222');
  await expect.poll(() => full).toEqual(['111111', '222222']);
});

test('a wrong code is marked and keeps the focus, and the next digit starts a new code', async () => {
  const { full, props } = field();
  const screen = await render(CodeField, props);
  await userEvent.keyboard('111111');
  await expect.poll(() => full).toEqual(['111111']);
  await screen.rerender({ wrong: true });
  const input = screen.getByLabelText('Code');
  await expect.element(input).toHaveAttribute('aria-invalid', 'true');
  await expect.element(input).toHaveFocus();

  await userEvent.keyboard('2');
  await expect.element(input).toHaveValue('2');
  await expect.element(input).not.toHaveAttribute('aria-invalid');

  await userEvent.keyboard('22222');
  await expect.poll(() => full).toEqual(['111111', '222222']);
});

test('a wrong code can be corrected digit by digit', async () => {
  const { full, props } = field();
  const screen = await render(CodeField, props);
  await userEvent.keyboard('123456');
  await expect.poll(() => full).toEqual(['123456']);
  await screen.rerender({ wrong: true });
  await userEvent.keyboard('{Backspace}7');
  await expect.poll(() => full).toEqual(['123456', '123457']);
});

test('while the code is being checked nothing can be typed, and the focus stays', async () => {
  const { full, props } = field();
  const screen = await render(CodeField, props);
  await userEvent.keyboard('123456');
  await expect.poll(() => full).toEqual(['123456']);
  await screen.rerender({ busy: true });
  await userEvent.keyboard('{Backspace}');
  const input = screen.getByLabelText('Code');
  await expect.element(input).toHaveValue('123456');
  await expect.element(input).toHaveFocus();
  await expect.poll(() => full).toEqual(['123456']);
});

test('a call asks for four digits', async () => {
  const { full, props } = field({ length: 4 });
  await render(CodeField, props);
  await userEvent.keyboard('0042');
  await expect.poll(() => full).toEqual(['0042']);
});
