// What the till says while it sells, in English: loaded at the start.
import { allowed } from '$lib/ui/text/en/allowed';
import { code } from '$lib/ui/text/en/code';
import { common } from '$lib/ui/text/en/common';
import { disk } from '$lib/ui/text/en/disk';
import { errors } from '$lib/ui/text/en/errors';
import { install } from '$lib/ui/text/en/install';
import { noCode } from '$lib/ui/text/en/no-code';
import { owed } from '$lib/ui/text/en/owed';
import { proof } from '$lib/ui/text/en/proof';
import { reasons } from '$lib/ui/text/en/reasons';
import { rights } from '$lib/ui/text/en/rights';
import { signIn } from '$lib/ui/text/en/sign-in';
import { status } from '$lib/ui/text/en/status';
import { tender } from '$lib/ui/text/en/tender';
import { till } from '$lib/ui/text/en/till';
import type { shop as ru } from '$lib/ui/text/ru/shop';

export const shop = {
  common,
  status,
  signIn,
  till,
  tender,
  allowed,
  code,
  install,
  noCode,
  owed,
  proof,
  reasons,
  rights,
  errors,
  disk,
} satisfies typeof ru;
