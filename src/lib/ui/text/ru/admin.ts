// The Russian text of the admin screens, loaded with the first of them.
// Every other language has the same keys.
import { correction, customers, repayment } from './customers';
import { checklist, damagedJournal, enrol, firstRun } from './first-run';
import { catalogue, discountRules, scaleLabels } from './goods';
import { customerImport, imports } from './imports';
import { journal, toSettle, unconfirmed, verify } from './journal';
import { costs, guard } from './messages';
import { receipt, returns, sales } from './sales';
import { backup, keys, secondFactor, settings, staff } from './settings';
import { shift } from './shift';

export const admin = {
  backup,
  catalogue,
  checklist,
  correction,
  costs,
  customerImport,
  customers,
  damagedJournal,
  discountRules,
  scaleLabels,
  enrol,
  firstRun,
  guard,
  imports,
  journal,
  keys,
  receipt,
  repayment,
  returns,
  sales,
  secondFactor,
  settings,
  shift,
  staff,
  toSettle,
  unconfirmed,
  verify,
};
