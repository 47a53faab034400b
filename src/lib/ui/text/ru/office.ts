// What the other screens say, in Russian: loaded with the first of them. The shape of this object is the shape of every other language’s.
import { backup } from '$lib/ui/text/ru/backup';
import { catalogue } from '$lib/ui/text/ru/catalogue';
import { costs } from '$lib/ui/text/ru/costs';
import { customers } from '$lib/ui/text/ru/customers';
import { enrol } from '$lib/ui/text/ru/enrol';
import { firstRun } from '$lib/ui/text/ru/first-run';
import { guard } from '$lib/ui/text/ru/guard';
import { imports } from '$lib/ui/text/ru/import';
import { journal } from '$lib/ui/text/ru/journal';
import { receipt } from '$lib/ui/text/ru/receipt';
import { secondFactor } from '$lib/ui/text/ru/second-factor';
import { settings } from '$lib/ui/text/ru/settings';
import { staff } from '$lib/ui/text/ru/staff';
import { unconfirmed } from '$lib/ui/text/ru/unconfirmed';
import { verify } from '$lib/ui/text/ru/verify';

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
};
