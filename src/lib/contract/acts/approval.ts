// Whether a second operator agreed to an act; `alone`: nobody else has the right.
import * as z from 'zod/mini';
import { id } from '$lib/contract/values';

export const approval = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('not-needed') }),
  z.strictObject({ kind: z.literal('given'), by: id }),
  z.strictObject({ kind: z.literal('alone') }),
]);
export type Approval = z.infer<typeof approval>;
