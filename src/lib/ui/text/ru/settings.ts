// Settings, in Russian: what its screens share, and this device. The shape of this file is the shape of every other language's.
import { contacts } from './contacts';
import { messages } from './messages';

export const settings = {
  saveFailed: 'Не сохранено',
  ownersTold: 'Об этом узнают все владельцы, у кого записан телефон.',
  ownersUntold:
    'Владельцам об этом не написать: сервис рассылки передаёт только коды. Это будет видно в списке «О чём предупреждены владельцы».',
  notElevated: 'Без PIN-кода это не изменить. Ничего не сохранено.',
  messages,
  contacts,

  device: {
    looks: 'Язык и вид',
    memory: 'Память и работа без сети',
    offlineReady: 'Касса откроется и без интернета',
    offlineNotReady: 'Касса ещё не готова открываться без интернета. Подождите минуту со связью.',
    persistUnknown: 'Этот браузер не отвечает, будет ли хранить данные',
    thisTill: 'Эта касса',
    id: 'Номер',
    version: 'Версия',
    tills: 'Кассы магазина',
    showTills: 'Показать кассы',
    tillsHint: 'Шлюз попросит PIN.',
    tillsNoRight: 'Подключать и отключать кассы может тот, у кого есть право «Менять настройки».',
    seen: (moment: string) => `на связи: ${moment}`,
    neverSeen: 'ещё не выходила на связь',
    enrolled: (moment: string) => `подключена ${moment}`,
    revoked: (moment: string) => `отключена ${moment}`,
    revoke: 'Отключить',
    revokeTitle: (name: string) => `Отключить «${name}»?`,
    revokeText:
      'Эта касса больше не сможет продавать, отправлять коды и менять настройки; записи, которых ещё нет на шлюзе, она отправит. Вернуть её можно, только подключив заново.',
    revokeDone: 'Касса отключена',
    connect: 'Подключить ещё кассу',
    connectTitle: 'Код подключения',
    connectText: 'Откройте кассу на другом устройстве и введите этот код. Он сработает один раз.',
    connectLink: 'Или наведите камеру устройства на QR-код.',
    connectNoLink:
      'QR-кода нет: у шлюза нет адреса в сети. Задайте COUNTERFOIL_URL, чтобы подключать планшеты.',
    validUntil: (time: string) => `Действует до ${time}`,
    qrLabel: 'QR-код: открывает кассу на другом устройстве и подключает её',
    sharedNote:
      'Сотрудники и права приходят на новую кассу сразу. Товары, покупатели и остатки пока у каждой кассы свои.',
    demo: 'Учебные товары',
    loadDemo: 'Загрузить учебные товары заново',
    loadDemoTitle: 'Загрузить учебные товары?',
    loadDemoText: 'Товары этой кассы будут заменены учебными. Продажи, долги и баллы останутся.',
    loadDemoGo: 'Заменить товары',
    demoLoaded: 'Учебные товары загружены',
    demoRefused: 'Загрузить не удалось: товары остались прежними.',
  },
};
