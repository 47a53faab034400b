// The English text of the selling screens, loaded at the start.
import type { core as ru } from '$lib/ui/text/ru/core';
import { code, noCode, proof, reasons } from './codes';
import { common } from './common';
import { disk, errors } from './errors';
import { rights, signIn } from './operators';
import { install, journalUpload, status } from './status';
import { allowed, tender, till } from './till';

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
