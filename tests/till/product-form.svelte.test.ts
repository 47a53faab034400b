// The form of a product: what it warns of while somebody types.
import { expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { setLanguage } from '$lib/ui/text/current.svelte';
import ProductForm from '../../src/routes/catalogue/ProductForm.svelte';

test('a barcode that a spreadsheet may have spoiled is warned of while it is typed', async () => {
  await setLanguage('en');
  try {
    const screen = await render(ProductForm, {
      product: null,
      searched: '',
      onclose: () => undefined,
    });
    const warning = screen.getByText('a spreadsheet may have replaced its last digits');
    await screen.getByLabelText('Barcodes').fill('4607036047451231');
    await expect.element(warning).not.toBeInTheDocument();
    await screen.getByLabelText('Barcodes').fill('6*4607036047451230');
    await expect.element(warning).toBeVisible();
  } finally {
    await setLanguage('ru');
  }
});
