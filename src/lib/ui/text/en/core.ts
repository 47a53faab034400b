// The English text of the selling screens, loaded at the start.
import { allowed } from './allowed';
import { code } from './code';
import { common } from './common';
import { disk } from './disk';
import { errors } from './errors';
import { install } from './install';
import { noCode, reasons } from './no-code';
import { journalUpload } from './journal-upload';
import { proof } from './proof';
import { rights } from './rights';
import { signIn } from './sign-in';
import { status } from './status';
import { tender } from './tender';
import { till } from './till';
import type { core as ru } from '$lib/ui/text/ru/core';

export const core = {
  common,
  status,
  signIn,
  till,
  tender,
  allowed,
  code,
  install,
  noCode,
  journalUpload,
  proof,
  reasons,
  rights,
  errors,
  disk,
} satisfies typeof ru;
