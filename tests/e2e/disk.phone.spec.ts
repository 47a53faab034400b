// A damaged database on a phone: what to do is said in a few lines, and the rest is a tap away.
import { disk } from '$lib/ui/text/ru/errors';
import { expect, test } from '../support/e2e';
import { expectFits } from '../support/fits';
import { damageTable } from '../support/till-disk';

test('on a phone the banner about a damaged database says in a third of the screen what to do @long', async ({
  till,
  page,
}) => {
  await till.openShop();
  await till.speak('Русский');
  await till.goTo('customers');
  await damageTable(page, 'customers', 'reading');
  await till.goTo('till');
  await till.goTo('customers');
  const banner = page.getByRole('status').filter({ hasText: disk.inUse });
  await expect(banner).toContainText(disk.inUseRebuild);
  const rest = banner.getByText(disk.inUseRebuildMore);
  await expect(rest).toBeHidden();
  expect((await banner.boundingBox())?.height).toBeLessThan(844 / 3);
  await expectFits(page);
  await banner.getByText(disk.inUseMore).tap();
  await expect(rest).toBeVisible();
  await expectFits(page);
});
