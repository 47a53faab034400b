// The texts of a shop's messages in tests.
export const TEXTS = {
  'redeem-points': '{shop}: {action} {amount}. Код {code}',
  'sell-on-account': '{shop}: {action} {amount}, всего {balance}. Код {code}',
};
