// Names of rights, in Russian.
import type { Right } from '$lib/contract/policy';

export const rights = {
  names: {
    sell: 'Продавать',
    discount: 'Давать скидку',
    'free-price': 'Ставить свою цену',
    'correct-tender': 'Исправлять, чем оплачена продажа',
    'remove-line-after-total': 'Убирать товар без сообщения владельцам',
    return: 'Оформлять возврат',
    'sell-on-account': 'Продавать в долг',
    'sell-over-limit': 'Продавать в долг сверх предела',
    'redeem-points': 'Списывать баллы',
    'skip-code:on-account': 'Записывать долг без кода',
    'skip-code:points': 'Списывать баллы без кода',
    'take-repayment': 'Принимать возврат долга',
    'correct-balance': 'Исправлять долг и баллы',
    'change-customer-phone': 'Менять телефон покупателя',
    'cash-in-out': 'Вносить и забирать наличные',
    'open-shift': 'Открывать смену',
    'close-shift': 'Закрывать смену',
    'view-reports': 'Смотреть отчёты и журнал',
    'manage-catalogue': 'Менять товары и цены',
    'manage-customers': 'Менять карточки покупателей',
    'manage-staff': 'Менять сотрудников и права',
    settings: 'Менять настройки',
    data: 'Импорт, экспорт и копии',
  } satisfies Record<Right, string>,
  sections: {
    selling: 'Продажа',
    account: 'Долги и баллы',
    noCode: 'Без кода покупателя',
    shift: 'Смена и деньги',
    keeping: 'Управление',
  },
  need: (right: string) => `Нужно право «${right}»`,
};
