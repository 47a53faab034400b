// What a shop has not set up yet: steps that the empty till offers to people who may change settings.
import type { ProviderState } from '$lib/contract/health';
import type { Policy, Right } from '$lib/contract/policy';

export type SetupStep =
  'staff' | 'phones' | 'messages' | 'count-float' | 'blind-count' | 'reminders';

/** `provider`: null while the relay has not said how the messaging service is. `may`: the rights of who looks at the till. */
export function openSteps(
  { operators, shifts, notices }: Pick<Policy, 'operators' | 'shifts' | 'notices'>,
  provider: Pick<ProviderState, 'state' | 'demo'> | null,
  may: (right: Right) => boolean,
): SetupStep[] {
  if (!may('settings')) return [];
  const active = operators.filter((operator) => operator.active);
  const hasStaff = active.length > 1;
  const open: Record<SetupStep, boolean> = {
    staff: !hasStaff && may('manage-staff'),
    phones: active.some(({ phone }) => phone === null) && may('manage-staff'),
    messages: provider !== null && (provider.demo || provider.state === 'not-configured'),
    'count-float': hasStaff && !shifts.countFloat,
    'blind-count': hasStaff && !shifts.blindCount,
    reminders: hasStaff && notices.reminders === null,
  };
  return (Object.keys(open) as SetupStep[]).filter((step) => open[step]);
}
