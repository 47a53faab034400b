// An edit of the signed policy on a settings screen: the version being edited, and its save.
import type { Policy } from '$lib/contract/policy';
import type { ElevationPurpose } from '$lib/domain/consent/elevation-purpose';
import type { VerifiedPolicy } from '$lib/domain/policy/policy';
import { till } from '$lib/state/till.svelte';
import { toasts } from '$lib/state/toasts.svelte';
import { t } from '$lib/ui/text/current.svelte';
import { FormAct } from '../form/form-act.svelte';
import { policyWords } from '../words/outcome-words';

export class PolicyEdit {
  readonly form = new FormAct();
  #edited = $state.raw<VerifiedPolicy | null>(null);

  /** The version being edited, or the newest before the first edit. */
  get shown(): VerifiedPolicy | null {
    return this.#edited ?? till.policy.current;
  }
  /** There is input that is not saved. */
  get open(): boolean {
    return this.#edited !== null;
  }

  begin(): void {
    this.#edited ??= till.policy.current;
  }

  async save(purpose: ElevationPurpose, edit: (policy: Policy) => Policy): Promise<void> {
    // the policy changed meanwhile: show the other change instead of overwriting it
    if (this.shown?.version !== till.policy.current?.version) {
      this.form.trouble = t().errors.policyDiffers;
      this.#edited = null;
      return;
    }
    await this.form.askRelay(
      purpose,
      (consent) => till.policy.change(edit, consent),
      (reply) => {
        if (reply.kind === 'policy') toasts.show(t().common.saved, 'good');
        if (reply.kind === 'policy' || reply.kind === 'policy-differs') this.#edited = null;
        return policyWords(reply);
      },
    );
  }
}
