// What the till says while it sells, in Russian: loaded at the start. The shape of this object is the shape of every other language’s.
import { allowed } from '$lib/ui/text/ru/allowed';
import { code } from '$lib/ui/text/ru/code';
import { common } from '$lib/ui/text/ru/common';
import { disk } from '$lib/ui/text/ru/disk';
import { errors } from '$lib/ui/text/ru/errors';
import { install } from '$lib/ui/text/ru/install';
import { noCode } from '$lib/ui/text/ru/no-code';
import { owed } from '$lib/ui/text/ru/owed';
import { proof } from '$lib/ui/text/ru/proof';
import { reasons } from '$lib/ui/text/ru/reasons';
import { rights } from '$lib/ui/text/ru/rights';
import { signIn } from '$lib/ui/text/ru/sign-in';
import { status } from '$lib/ui/text/ru/status';
import { tender } from '$lib/ui/text/ru/tender';
import { till } from '$lib/ui/text/ru/till';

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
};
