// All customers as a CSV file, which the import reads again.
import { birthdayText } from '$lib/domain/values/birthday';
import { customers } from '$lib/state/customers';
import { till } from '$lib/state/till.svelte';
import { t } from '$lib/ui/text/current.svelte';
import { csvAmount, csvFile, csvMoment, csvWords } from '../shared/files/csv';
import { saveFile } from '../shared/files/save-file';

/** More customers than any shop has. */
const ALL = 10_000_000;

/** Saves the file. Throws StorageError. */
export async function exportCustomers(): Promise<null> {
  const { columns, file } = t().customerImport;
  const groups = till.policy.current?.customerGroups ?? [];
  const found = await customers.find('', ALL);
  const rows = found.map(({ customer, standing }) => [
    csvWords(customer.name),
    csvWords(customer.phone ?? ''),
    customer.birthday === null ? '' : birthdayText(customer.birthday),
    csvWords(groups.find(({ id }) => id === customer.group)?.name ?? ''),
    csvWords(customer.note ?? ''),
    csvAmount(standing.owed),
    String(standing.points),
  ]);
  const head = (['name', 'phone', 'birthday', 'group', 'note', 'debt', 'points'] as const).map(
    (column) => columns[column],
  );
  const day = csvMoment(till.now()).slice(0, 10);
  saveFile(`${file}-${day}.csv`, csvFile([head, ...rows]));
  return null;
}
