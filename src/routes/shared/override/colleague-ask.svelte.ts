// Whether an act needs a colleague, who may allow it, and what goes on once they gave their PIN.
import type { Operator, Right } from '$lib/contract/policy';
import { colleaguesWith } from '$lib/domain/policy/policy';
import { till } from '$lib/state/till.svelte';
import { t } from '$lib/ui/text/current.svelte';

/** `colleague`: who gave their PIN; null: nobody had to. */
type GoOn = (colleague: string | null) => void;

export class ColleagueAsk {
  readonly mayAlone: boolean;
  readonly colleagues: readonly Operator[];
  /** What waits for a colleague's PIN; null: nobody is asked. */
  waiting = $state.raw<GoOn | null>(null);

  /** `mayAllow`: whether an operator with the right may use it here; for example not for their own debt. */
  constructor(right: Right, mayAllow: (operator: string) => boolean = () => true) {
    this.mayAlone = $derived(till.signIn.may(right));
    const own = $derived(till.signIn.operator?.id ?? null);
    const all = $derived(till.policy.current && colleaguesWith(till.policy.current, own, right));
    this.colleagues = $derived((all ?? []).filter(({ id }) => mayAllow(id)));
  }

  /** To decide an act beforehand as if a colleague had allowed it; null: nobody may. */
  get anyone(): string | null {
    return this.colleagues[0]?.id ?? null;
  }

  /** What the button says. `own`: if the operator has the right. */
  button(own: string): string {
    return this.mayAlone ? own : t().noCode.colleague;
  }

  /** Goes on at once if the operator has the right, otherwise with a colleague's PIN. */
  allow(goOn: GoOn): void {
    if (this.mayAlone) goOn(null);
    else this.waiting = goOn;
  }

  came(colleague: string): void {
    const goOn = this.waiting;
    this.waiting = null;
    goOn?.(colleague);
  }
}
