// A shop's second operator: a cashier who may sell on account, but not without a code.
import { v7 as uuidv7 } from 'uuid';
import type { Policy } from '$lib/contract/policy';

export const CASHIER = uuidv7();

export const withCashier = (policy: Policy): Policy => ({
  ...policy,
  operators: [
    ...policy.operators,
    { ...policy.operators[0]!, id: CASHIER, name: 'Вера', group: 'cashier' },
  ],
});
