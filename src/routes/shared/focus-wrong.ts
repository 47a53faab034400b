// Moves the focus to the first field that was refused.
import { tick } from 'svelte';

/** Once the refusal is on screen. Nothing happens where no field is at fault. */
export async function focusFirstWrong(form: HTMLElement): Promise<void> {
  await tick();
  form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}
