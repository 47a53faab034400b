// The API: every route under /api/v1, grouped as its document lists them.
import { allowanceRoutes } from './customers/allowances';
import { importRoutes } from './customers/imports';
import { noticeRoutes } from './customers/notice-routes';
import { phoneRoutes } from './customers/phone-routes';
import { openChallenges } from './challenges/challenges';
import { challengePageRoutes } from './challenges/customer-page';
import { moveOn } from './challenges/resend';
import { challengeRoutes } from './challenges/routes';
import type { Relay } from './context';
import { cardRoutes } from './journal/cards';
import { controlSumRoutes } from './journal/control-sums';
import { forgetRoutes } from './journal/forget-routes';
import { formerJournalRoutes } from './journal/former-journals';
import { journalRoutes } from './journal/routes';
import { saleRoutes } from './journal/sales';
import { snapshotRoutes } from './journal/snapshots';
import { callbackRoutes } from './messaging/gateway/callbacks';
import { ownerNoticeRoutes } from './messaging/outbox/owner-notices';
import { providerReportRoutes } from './messaging/services/provider-reports';
import { providerRoutes } from './messaging/services/provider-routes';
import type { Api } from './openapi/document';
import { documentRoutes } from './openapi/route';
import { reserveCodeRoutes } from './reserve-codes/routes';
import { elevationRoutes } from './tills/elevation';
import { enrolmentRoutes } from './tills/enrolment';
import { healthRoutes } from './tills/health';
import { openOperatorCodes } from './tills/operator-codes';
import { openOwnerConsent } from './tills/owner-consent';
import { phoneProofRoutes } from './tills/phone-proof';
import { policyRoutes } from './tills/policies';
import { sessionRoutes } from './tills/sign-in';
import { tillRoutes } from './tills/tills';

/** The routes of a relay. */
export function apiOf(relay: Relay): Api {
  const codes = openOperatorCodes(relay);
  const consent = openOwnerConsent(relay, codes);
  const challenges = openChallenges(relay);
  const api: Api = {
    relay: [...documentRoutes(() => api), ...healthRoutes(relay)],
    tills: [
      ...enrolmentRoutes(relay),
      ...tillRoutes(relay, consent),
      ...formerJournalRoutes(relay, consent),
    ],
    sessions: [
      ...sessionRoutes(relay),
      ...elevationRoutes(relay, codes),
      ...phoneProofRoutes(relay, codes),
    ],
    policy: [...policyRoutes(relay, consent), ...ownerNoticeRoutes(relay)],
    customers: [
      ...importRoutes(relay, consent),
      ...phoneRoutes(relay, consent),
      ...forgetRoutes(relay, consent),
      ...allowanceRoutes(relay),
    ],
    challenges: [
      ...challengeRoutes(relay, challenges),
      ...challengePageRoutes(relay, challenges),
      ...reserveCodeRoutes(relay),
    ],
    journal: [
      ...journalRoutes(relay),
      ...controlSumRoutes(relay),
      ...cardRoutes(relay),
      ...saleRoutes(relay),
      ...snapshotRoutes(relay),
      ...noticeRoutes(relay),
    ],
    messaging: [...providerRoutes(relay, consent), ...providerReportRoutes(relay, consent)],
    callbacks: callbackRoutes(relay, (challenge) => void moveOn(relay, challenge)),
  };
  return api;
}
