// Tells replies about the code to an operator's phone from all others.
import type { OperatorCodeReply } from '$lib/contract/till';

const KINDS: Readonly<Record<OperatorCodeReply['kind'], true>> = {
  'code-sent': true,
  'wrong-code': true,
  spent: true,
  'too-early': true,
  'no-sends-left': true,
  refused: true,
  limited: true,
  'provider-unreachable': true,
};

/** Whether an answer is about the code rather than PIN, right or connection. */
export function isAboutCode<T extends { readonly kind: string }>(
  reply: T,
): reply is Extract<T, { kind: OperatorCodeReply['kind'] }> {
  return Object.hasOwn(KINDS, reply.kind);
}
