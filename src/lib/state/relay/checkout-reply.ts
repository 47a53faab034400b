// Maps gate refusals to "unreachable": for a checkout both mean no code now.

const GATE = [
  'session-unknown',
  'unknown-till',
  'revoked',
  'elevation-needed',
  'no-right',
  'contract-mismatch',
  'malformed',
] as const;

type GateKind = (typeof GATE)[number];

export function checkoutReply<T extends { kind: string }>(
  reply: T,
): Exclude<T, { kind: GateKind }> | { kind: 'unreachable' } {
  return (GATE as readonly string[]).includes(reply.kind)
    ? { kind: 'unreachable' }
    : (reply as Exclude<T, { kind: GateKind }>);
}
