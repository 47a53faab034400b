// The table of all operations under /api/v1; tests compare it with the routes.
import type { Operation } from './operation';
import { challengesOperations } from './challenges';
import { customersOperations } from './customers';
import { journalOperations } from './journal';
import { messagingOperations } from './messaging';
import { policyOperations } from './policy';
import { tillsOperations } from './tills';

export const operations: readonly Operation[] = [
  ...tillsOperations,
  ...policyOperations,
  ...customersOperations,
  ...challengesOperations,
  ...journalOperations,
  ...messagingOperations,
];
