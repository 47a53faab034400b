// The same done by hand in the till's page: fields without listeners, rows added with plain DOM calls.
import type { Locator, Page } from '@playwright/test';

/** A field in the till's page without any listener of the till. */
export async function emptyField(page: Page): Promise<Locator> {
  await page.evaluate(() => {
    const field = document.createElement('input');
    field.id = 'empty-field';
    // keys stop here, or the till's listeners on the window would be measured with it
    field.addEventListener('keydown', (event) => event.stopPropagation());
    document.body.append(field);
  });
  return page.locator('#empty-field');
}

/** Enter in that field opens a dialogue with only a field in it; Escape closes it. */
export async function emptyDialog(page: Page): Promise<void> {
  await page.evaluate(() => {
    const dialog = document.createElement('dialog');
    dialog.append(document.createElement('input'));
    dialog.addEventListener('keydown', (event) => event.stopPropagation());
    document.body.append(dialog);
    document.querySelector('#empty-field')?.addEventListener('keydown', (event) => {
      if (event instanceof KeyboardEvent && event.key === 'Enter') dialog.showModal();
    });
  });
}

/** Enter in a field appends a row to a list, and a total is written beside it. */
export async function handmadeReceipt(page: Page): Promise<Locator> {
  await page.evaluate(() => {
    const box = document.createElement('div');
    box.id = 'by-hand';
    Object.assign(box.style, { position: 'fixed', right: '0', top: '0', width: '300px' });
    Object.assign(box.style, { height: '300px', overflow: 'auto' });
    const list = document.createElement('ul');
    const total = document.createElement('b');
    const field = document.createElement('input');
    box.append(field, total, list);
    document.body.append(box);
    let count = 0;
    window.addByHand = () => {
      count += 1;
      const row = document.createElement('li');
      const button = document.createElement('button');
      for (const [tag, text] of [
        ['span', `goods number ${count}`],
        ['b', `${count}.00`],
        ['small', `1 × ${count}.00`],
      ] as const) {
        const part = document.createElement(tag);
        part.textContent = text;
        button.append(part);
      }
      row.append(button);
      list.append(row);
      total.textContent = String(count);
      row.scrollIntoView({ block: 'nearest' });
    };
    field.addEventListener('keydown', (event) => {
      event.stopPropagation();
      if (event.key === 'Enter') window.addByHand();
    });
  });
  return page.locator('#by-hand input');
}

declare global {
  interface Window {
    addByHand: () => void;
  }
}
