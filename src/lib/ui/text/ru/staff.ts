// Operators, groups and their rights, in Russian.
import { plural } from '$lib/ui/text/plural';

const digits = (n: number) =>
  plural('ru', n, { one: 'цифра', few: 'цифры', many: 'цифр', other: 'цифры' });

export const staff = {
  parts: 'Сотрудники и группы',
  operators: 'Сотрудники',
  groups: 'Группы и права',
  addOperator: 'Добавить сотрудника',
  operatorTitle: 'Новый сотрудник',
  name: 'Имя',
  nameHint: 'Его видят на экране входа и в журнале',
  group: 'Группа',
  pin: (n: number) => `PIN-код, ${digits(n)}`,
  pinHint: 'Сотрудник входит им в кассу. Лучше, если он наберёт его сам.',
  pinHintSix: 'Эта группа может продолжать без кода, поэтому PIN длиннее.',
  newPin: (n: number) => `Новый PIN-код, ${digits(n)}`,
  newPinHint: 'Пусто — останется прежний.',
  newPinNeeded: (n: number) => `Этой группе нужен PIN из ${n} цифр. Задайте новый.`,
  pinAgain: 'PIN-код ещё раз',
  pinWrong: (n: number) => `PIN-код — это ${digits(n)}.`,
  pinWeak: 'Такой PIN слишком легко угадать. Придумайте другой.',
  pinDiffers: 'PIN-коды не совпадают.',
  phone: 'Телефон',
  taxNumber: 'ИНН',
  taxNumberHint: 'Печатается в фискальном чеке.',
  taxNumberWrong: 'В ИНН 10 или 12 цифр.',
  phoneHint: 'Владельцу на него приходят предупреждения о важных изменениях.',
  dismissed: 'Больше не работает',
  you: 'это вы',
  dismiss: 'Больше не работает',
  dismissHint: 'Войти в кассу он не сможет. В журнале его имя останется.',
  lastOwner: 'Последнего владельца убрать нельзя: некому будет управлять магазином.',
  shortPins: (names: string) => `Сначала задайте PIN из 6 цифр: ${names}.`,
  notYours: 'Этого права нет у вас, поэтому дать его нельзя.',
  groupTitle: 'Новая группа',
  addGroup: 'Добавить группу',
  groupName: 'Название группы',
  rightsOf: (n: number) =>
    plural('ru', n, { one: 'право', few: 'права', many: 'прав', other: 'права' }),
  membersOf: (n: number) =>
    plural('ru', n, {
      one: 'сотрудник',
      few: 'сотрудника',
      many: 'сотрудников',
      other: 'сотрудника',
    }),
  removeGroup: 'Удалить группу',
  discountCap: 'Скидка не больше, %',
  discountCapHint:
    'Всё, что можно снять с цены позиции: скидки вместе с ценой вручную. Больше разрешит тот, кому можно больше, своим PIN.',
  groupInUse: 'Удалить можно группу, в которой никого нет.',
  needsRelay:
    'Сотрудников и права можно менять только при связи с сервером магазина: он их подписывает.',
};
