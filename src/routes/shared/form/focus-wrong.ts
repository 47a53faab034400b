// Moves the focus to the first field with an error.
import { tick } from 'svelte';

/** Call it once the error is rendered. Does nothing if no field has one. */
export async function focusFirstWrong(form: HTMLElement): Promise<void> {
  await tick();
  form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}
