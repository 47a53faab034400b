// The dialogue: modal, named, and returns the focus where it was.
import { createRawSnippet } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { userEvent } from 'vitest/browser';
import Dialog from '$lib/ui/Dialog.svelte';

const children = createRawSnippet(() => ({ render: () => '<p>Body</p>' }));
const withField = createRawSnippet(() => ({
  render: () => '<p><button>Other</button><input data-focus-first aria-label="First" /></p>',
}));

let opener: HTMLButtonElement;

beforeEach(() => {
  opener = document.createElement('button');
  opener.textContent = 'Open';
  document.body.append(opener);
  opener.focus();
});

afterEach(() => opener.remove());

test('it is modal and named by its title', async () => {
  const screen = await render(Dialog, { title: 'Question', children });
  await expect.element(screen.getByRole('dialog', { name: 'Question' })).toBeVisible();
  expect(screen.container.querySelector('dialog')?.matches(':modal')).toBe(true);
});

test('the focus returns to what opened it', async () => {
  const screen = await render(Dialog, { title: 'Question', children });
  expect(document.activeElement).not.toBe(opener);
  await screen.unmount();
  expect(document.activeElement).toBe(opener);
});

test('the field marked as the first one has the focus', async () => {
  const screen = await render(Dialog, { title: 'Question', children: withField });
  await expect.element(screen.getByLabelText('First')).toHaveFocus();
});

test('without such a field the title has the focus, so that Enter presses nothing unread', async () => {
  const screen = await render(Dialog, { title: 'Question', children, onclose: () => undefined });
  await expect.element(screen.getByRole('heading', { name: 'Question' })).toHaveFocus();
});

test('the second tap of a double tap presses nothing in a dialogue that the first one opened', async () => {
  const screen = await render(Dialog, { title: 'Question', children: withField });
  const button = screen.getByRole('button', { name: 'Other' });
  await expect.element(button).toBeVisible();
  const lies = () => {
    const { left, top, width, height } = button.element().getBoundingClientRect();
    return document.elementFromPoint(left + width / 2, top + height / 2);
  };
  expect(lies()).not.toBe(button.element());
  await expect.poll(lies).toBe(button.element());
});

test('the second tap of a double tap leaves the focus in the first field', async () => {
  // a dialogue that stays newly opened, however slow the machine is
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const screen = await render(Dialog, { title: 'Question', children: withField });
  vi.useRealTimers();
  const field = screen.getByLabelText('First');
  await expect.element(field).toHaveFocus();
  await userEvent.click(screen.getByRole('dialog'), { force: true });
  expect(document.activeElement).toBe(field.element());
});

test('when a button disappears after its press, the focus stays in the dialogue', async () => {
  const screen = await render(Dialog, { title: 'Question', children: withField });
  const field = screen.getByLabelText('First');
  await expect.element(field).toHaveFocus();
  field.element().remove();
  await expect.element(screen.getByRole('heading', { name: 'Question' })).toHaveFocus();
});

test('Escape asks to close, and only the screen closes the dialogue', async () => {
  let asked = 0;
  const screen = await render(Dialog, { title: 'Question', children, onclose: () => void asked++ });
  await userEvent.keyboard('{Escape}');
  await userEvent.keyboard('{Escape}');
  expect(asked).toBe(2);
  await expect.element(screen.getByRole('dialog')).toBeVisible();
});

test('a dialogue that must be answered has no close button and ignores Escape', async () => {
  let asked = 0;
  const screen = await render(Dialog, {
    title: 'Question',
    children,
    dismissable: false,
    onclose: () => void asked++,
  });
  await userEvent.keyboard('{Escape}');
  await userEvent.keyboard('{Escape}');
  expect(asked).toBe(0);
  await expect.element(screen.getByRole('dialog')).toBeVisible();
  expect(screen.container.querySelectorAll('button')).toHaveLength(0);
});

test('a dialogue closed by the browser is shown again and asks', async () => {
  let asked = 0;
  const screen = await render(Dialog, { title: 'Question', children, onclose: () => void asked++ });
  screen.container.querySelector('dialog')?.close();
  await expect.poll(() => asked).toBe(1);
  await expect.element(screen.getByRole('dialog')).toBeVisible();
});

test('a dialogue with its own Cancel has no Close beside it, and Escape asks all the same', async () => {
  let asked = 0;
  const screen = await render(Dialog, {
    title: 'Question',
    children: withField,
    exit: 'inside',
    onclose: () => void asked++,
  });
  const names = [...screen.container.querySelectorAll('button')].map(({ innerText }) => innerText);
  expect(names).toEqual(['Other']);
  await userEvent.keyboard('{Escape}');
  expect(asked).toBe(1);
});
