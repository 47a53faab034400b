// The database's versions, in order. Append only: a released version is never edited.
import type { Migration } from './database';
import { migration as kv } from './kv';
import { migration as tills } from './tills';
import { migration as tokens } from './tokens';
import { migration as nonces } from './nonces';
import { migration as locks } from './locks';
import { migration as policies } from './policies';
import { migration as limits } from './limits';
import { migration as stops } from './stops';
import { migration as phones } from './phones';
import { migration as provider } from './provider';
import { migration as challenges } from './challenges';
import { migration as guesses } from './guesses';
import { migration as challengePages } from './challenge-pages';
import { migration as operatorCodes } from './operator-codes';
import { migration as reserveCodes } from './reserve-codes';
import { migration as sendings } from './sendings';
import { migration as phoneHistory } from './phone-history';
import { migration as contacts } from './contacts';
import { migration as cardSalts } from './card-salts';
import { migration as cards } from './cards';
import { migration as authorisedPersons } from './authorised-persons';
import { migration as presence } from './presence';
import { migration as journal } from './journal';
import { migration as originals } from './originals';
import { migration as accountSteps } from './account-steps';
import { migration as debts } from './debts';
import { migration as journalActs } from './journal-acts';
import { migration as credits } from './credits';
import { migration as spentGrants } from './spent-grants';
import { migration as flags } from './flags';
import { migration as quarantine } from './quarantine';
import { migration as outbox } from './outbox';
import { migration as phoneChanges } from './phone-changes';
import { migration as journalProgress } from './journal-progress';
import { migration as forgettings } from './forgettings';
import { migration as forgotten } from './forgotten';
import { migration as reminders } from './reminders';
import { migration as merges } from './merges';
import { migration as formerNames } from './former-names';
import { migration as formerJournals } from './former-journals';
import { migration as disputes } from './disputes';
import { migration as discrepancies } from './discrepancies';
import { migration as goodsEdits } from './goods-edits';
import { migration as productPrices } from './product-prices';
import { migration as sales } from './sales';
import { migration as returns } from './returns';
import { migration as cancelledRepayments } from './cancelled-repayments';
import { migration as shifts } from './shifts';
import { migration as summaries } from './summaries';
import { migration as untoldDebts } from './untold-debts';
import { migration as withheld } from './withheld';
import { migration as snapshots } from './snapshots';

const first = [
  kv,
  tills,
  tokens,
  nonces,
  locks,
  policies,
  limits,
  stops,
  phones,
  phoneHistory,
  phoneChanges,
  provider,
  challenges,
  guesses,
  challengePages,
  operatorCodes,
  sendings,
  contacts,
  cardSalts,
  cards,
  authorisedPersons,
  forgotten,
  forgettings,
  merges,
  reminders,
  presence,
  journal,
  originals,
  accountSteps,
  debts,
  journalActs,
  credits,
  spentGrants,
  quarantine,
  flags,
  reserveCodes,
  journalProgress,
  formerNames,
  formerJournals,
  disputes,
  discrepancies,
  goodsEdits,
  productPrices,
  sales,
  returns,
  cancelledRepayments,
  untoldDebts,
  withheld,
  shifts,
  summaries,
  outbox,
  snapshots,
];

/** Index + 1 is the `PRAGMA user_version` after it. */
export const migrations: readonly Migration[] = [first.join('')];
