// The Russian text of the admin screens, loaded with the first of them.
// Every other language has the same keys.
import { backup } from './backup';
import { catalogue } from './catalogue';
import { checklist } from './checklist';
import { correction } from './correction';
import { costs } from './costs';
import { customers } from './customers';
import { customerImport } from './customer-import';
import { discountRules } from './discount-rules';
import { scaleLabels } from './scale-labels';
import { damagedJournal, enrol, firstRun } from './first-run';
import { guard } from './guard';
import { imports } from './import';
import { journal } from './journal';
import { keys } from './keys';
import { receipt } from './receipt';
import { repayment } from './repayment';
import { returns } from './returns';
import { sales } from './sales';
import { secondFactor } from './second-factor';
import { settings } from './settings';
import { shift } from './shift';
import { staff } from './staff';
import { toSettle } from './to-settle';
import { unconfirmed } from './unconfirmed';
import { verify } from './verify';

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
