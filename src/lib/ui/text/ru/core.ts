// The Russian text of the selling screens, loaded at the start.
// Every other language has the same keys.
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
};
