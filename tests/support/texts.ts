// What the messages of a shop say in tests.
export const TEXTS = {
  'redeem-points': '{shop}: {action} {amount}. Код {code}',
  'sell-on-account': '{shop}: {action} {amount}, всего {balance}. Код {code}',
};
