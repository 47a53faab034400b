// All sentences of the till in all its languages. A sentence missing in one of them does not compile.
import { catalogue as enCatalogue } from './en/catalogue';
import { code as enCode } from './en/code';
import { common as enCommon } from './en/common';
import { customers as enCustomers } from './en/customers';
import { enrol as enEnrol } from './en/enrol';
import { errors as enErrors } from './en/errors';
import { firstRun as enFirstRun } from './en/first-run';
import { imports as enImports } from './en/import';
import { journal as enJournal } from './en/journal';
import { noCode as enNoCode } from './en/no-code';
import { reasons as enReasons } from './en/reasons';
import { rights as enRights } from './en/rights';
import { settings as enSettings } from './en/settings';
import { signIn as enSignIn } from './en/sign-in';
import { staff as enStaff } from './en/staff';
import { status as enStatus } from './en/status';
import { tender as enTender } from './en/tender';
import { till as enTill } from './en/till';
import { catalogue as ruCatalogue } from './ru/catalogue';
import { code as ruCode } from './ru/code';
import { common as ruCommon } from './ru/common';
import { customers as ruCustomers } from './ru/customers';
import { enrol as ruEnrol } from './ru/enrol';
import { errors as ruErrors } from './ru/errors';
import { firstRun as ruFirstRun } from './ru/first-run';
import { imports as ruImports } from './ru/import';
import { journal as ruJournal } from './ru/journal';
import { noCode as ruNoCode } from './ru/no-code';
import { reasons as ruReasons } from './ru/reasons';
import { rights as ruRights } from './ru/rights';
import { settings as ruSettings } from './ru/settings';
import { signIn as ruSignIn } from './ru/sign-in';
import { staff as ruStaff } from './ru/staff';
import { status as ruStatus } from './ru/status';
import { tender as ruTender } from './ru/tender';
import { till as ruTill } from './ru/till';
import type { Language } from './plural';

const ru = {
  common: ruCommon,
  status: ruStatus,
  till: ruTill,
  tender: ruTender,
  code: ruCode,
  noCode: ruNoCode,
  customers: ruCustomers,
  catalogue: ruCatalogue,
  imports: ruImports,
  journal: ruJournal,
  settings: ruSettings,
  staff: ruStaff,
  firstRun: ruFirstRun,
  signIn: ruSignIn,
  enrol: ruEnrol,
  errors: ruErrors,
  rights: ruRights,
  reasons: ruReasons,
};

/** What every language has to say. */
export type Text = typeof ru;

const en = {
  common: enCommon,
  status: enStatus,
  till: enTill,
  tender: enTender,
  code: enCode,
  noCode: enNoCode,
  customers: enCustomers,
  catalogue: enCatalogue,
  imports: enImports,
  journal: enJournal,
  settings: enSettings,
  staff: enStaff,
  firstRun: enFirstRun,
  signIn: enSignIn,
  enrol: enEnrol,
  errors: enErrors,
  rights: enRights,
  reasons: enReasons,
} satisfies Text;

export const texts: Readonly<Record<Language, Text>> = { ru, en };
