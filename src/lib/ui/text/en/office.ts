// What the other screens say, in English: loaded with the first of them.
import { backup } from '$lib/ui/text/en/backup';
import { catalogue } from '$lib/ui/text/en/catalogue';
import { costs } from '$lib/ui/text/en/costs';
import { customers } from '$lib/ui/text/en/customers';
import { enrol } from '$lib/ui/text/en/enrol';
import { firstRun } from '$lib/ui/text/en/first-run';
import { guard } from '$lib/ui/text/en/guard';
import { imports } from '$lib/ui/text/en/import';
import { journal } from '$lib/ui/text/en/journal';
import { receipt } from '$lib/ui/text/en/receipt';
import { secondFactor } from '$lib/ui/text/en/second-factor';
import { settings } from '$lib/ui/text/en/settings';
import { staff } from '$lib/ui/text/en/staff';
import { unconfirmed } from '$lib/ui/text/en/unconfirmed';
import { verify } from '$lib/ui/text/en/verify';
import type { office as ru } from '$lib/ui/text/ru/office';

export const office = {
  backup,
  catalogue,
  costs,
  customers,
  enrol,
  firstRun,
  guard,
  imports,
  journal,
  receipt,
  secondFactor,
  settings,
  staff,
  unconfirmed,
  verify,
} satisfies typeof ru;
