// The form of an operator (name, PIN twice, phone): parses it, or sets its errors.
import type { Phone } from '$lib/domain/values/phone';
import { isWeakPin } from '$lib/proof/pin';
import { t } from '$lib/ui/text/current.svelte';
import { typedPhone } from '../form/typed-phone';

export type Person = {
  readonly name: string;
  /** Null: left empty, so the old one stays. */
  readonly pin: string | null;
  readonly phone: Phone | null;
};

type Wrong = { name?: string; pin?: string; again?: string; phone?: string };

export class PersonForm {
  name = $state('');
  pin = $state('');
  again = $state('');
  phone = $state('');
  #wrong = $state.raw<Wrong>({});

  constructor(known: { readonly name: string; readonly phone: string | null } | null) {
    this.name = known?.name ?? '';
    this.phone = known?.phone ?? '';
    if (known?.phone) void this.#format(known.phone);
  }

  /** Writes the number as in its own country, once the numbering plans are loaded, unless somebody types already. */
  async #format(known: string): Promise<void> {
    const { formatPhone } = await import('$lib/domain/values/phone-parser');
    if (this.phone === known) this.phone = formatPhone(known as Phone);
  }

  get wrong(): Wrong {
    return this.#wrong;
  }

  /** `noPin`: the error without a PIN; null: allowed. `country`: ISO 3166-1 alpha-2. Returns null on errors. */
  async read(asked: {
    readonly digits: number;
    readonly noPin: string | null;
    readonly country: string;
  }): Promise<Person | null> {
    const found: Wrong = {};
    const name = this.name.trim();
    if (name === '') found.name = t().errors.fieldEmpty;
    else if (name.length > 300) found.name = t().errors.nameTooLong(300);
    if (this.pin === '') {
      if (asked.noPin !== null) found.pin = asked.noPin;
    } else if (!/^\d+$/.test(this.pin) || this.pin.length !== asked.digits) {
      found.pin = t().staff.pinWrong(asked.digits);
    } else if (isWeakPin(this.pin)) found.pin = t().staff.pinWeak;
    else if (this.again !== this.pin) found.again = t().staff.pinDiffers;
    let phone: Phone | null = null;
    if (this.phone.trim() !== '') {
      const typed = await typedPhone(this.phone, asked.country);
      if (typed.kind === 'wrong') found.phone = typed.why;
      else ({ phone } = typed);
    }
    this.#wrong = found;
    if (Object.keys(found).length > 0) return null;
    return { name, pin: this.pin || null, phone };
  }
}
