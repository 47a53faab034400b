// The dialogue of an act of the shift, by its name.
import { SHIFT_FORMS, type ShiftForm } from '$lib/domain/acts';

export function shiftForm(name: string): ShiftForm {
  const form = SHIFT_FORMS.find((each) => each.name === name);
  if (form === undefined) throw new Error(`no dialogue ${name}`);
  return form;
}
