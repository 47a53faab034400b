// The rows of the settings list with current values, as far as the operator may open them.
import type { Method, Policy } from '$lib/contract/policy';
import type { SaleAction } from '$lib/contract/values';
import { percentText } from '$lib/domain/receipt/discounts';
import { money } from '$lib/domain/values/money';
import { installation } from '$lib/state/device/installation.svelte';
import { till } from '$lib/state/till.svelte';
import { formatMoment } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';
import { maskWords } from '../shared/words/mask-words';
import { inMoney } from '../shared/words/money-words';
import { groupWords } from '../shared/words/group-words';
import { mayOpen, settingsScreens, type ScreenId, type SettingsId } from '../routes';

export type SettingNow = {
  readonly id: string;
  readonly title: string;
  /** A line of secondary text; empty: none. */
  readonly note: string;
  readonly value: string;
  /** Whether it needs attention. */
  readonly warn: boolean;
  /** The screen that changes it. */
  readonly opens: ScreenId;
};

export type SettingsPart = {
  readonly section: SettingsId;
  readonly rows: readonly SettingNow[];
};

/** Call it in a reactive context: it follows policy, language and connection. */
export function settingsNow(): readonly SettingsPart[] {
  const may = (right: Parameters<typeof till.signIn.may>[0]) => till.signIn.may(right);
  const sections = settingsScreens(may).filter((id) => id !== 'settings');
  return sections.map((section) => ({
    section,
    rows: ROWS[section]().filter(({ opens }) => mayOpen(opens, may)),
  }));
}

type Given = Partial<SettingNow> & Pick<SettingNow, 'id' | 'title'>;

const rowsOf = (opens: SettingsId, rows: readonly Given[]): readonly SettingNow[] =>
  rows.map((row) => ({ note: '', value: '', warn: false, opens, ...row }));

const moment = (at: number) => formatMoment(at, till.now(), language.current);

const written = (minor: number) => inMoney(money(minor));

function pointsRows(policy: Policy | null): Given[] {
  if (policy === null) return [];
  const { earnBasisPoints, redeemBasisPoints, pointValue, perDay } = policy.points;
  const percent = (basisPoints: number) =>
    `${percentText(basisPoints).replace('.', t().common.decimalMark)} %`;
  const { fields } = t().settings;
  return [
    {
      id: 'points-earned',
      title: fields['points.earnBasisPoints'][0],
      value: percent(earnBasisPoints),
    },
    {
      id: 'points-payable',
      title: fields['points.redeemBasisPoints'][0],
      value: percent(redeemBasisPoints),
    },
    { id: 'point-value', title: fields['points.pointValue'][0], value: written(pointValue) },
    { id: 'points-per-day', title: fields['points.perDay'][0], value: written(perDay) },
  ];
}

const ROWS: Readonly<Record<Exclude<SettingsId, 'settings'>, () => readonly SettingNow[]>> = {
  shop: () => {
    const shop = till.policy.current?.shop;
    const words = t().settings.shop;
    return rowsOf('shop', [
      { id: 'shop-name', title: words.name, value: shop?.name ?? '' },
      {
        id: 'shop-contact',
        title: words.contact,
        value: shop?.contact || t().settings.now.notGiven,
      },
      { id: 'currency', title: t().common.currency, value: shop?.currency.code ?? '' },
      { id: 'time-zone', title: words.timeZone, value: shop?.timeZone.replaceAll('_', ' ') ?? '' },
      ...pointsRows(till.policy.current),
    ]);
  },
  codesAndLimits: () => {
    const policy = till.policy.current;
    if (policy === null) return [];
    const words = t().settings.codesAndLimits;
    const { now } = t().settings;
    const { overrideCaps: caps, credit } = policy;
    return rowsOf('codesAndLimits', [
      methodRow('sell-on-account', policy.methods['sell-on-account']),
      methodRow('redeem-points', policy.methods['redeem-points']),
      {
        id: 'without-code',
        title: words.caps,
        note: now.capOfTill(written(caps.perTill)),
        value: now.capAtOnce(written(caps.perAct)),
      },
      {
        id: 'debt-limit',
        title: t().settings.fields['credit.debtLimit'][0],
        note: now.newNumber(written(credit.newNumberCap)),
        value: written(credit.debtLimit),
      },
    ]);
  },
  discountRules: () => {
    const active = (till.policy.current?.discountRules ?? []).filter((rule) => rule.active);
    return rowsOf('discountRules', [
      {
        id: 'discount-rules',
        title: t().common.screens.discountRules,
        note: active.map(({ name }) => name).join(', '),
        value: String(active.length),
      },
    ]);
  },
  scaleLabels: () => {
    const masks = till.policy.current?.labelMasks ?? [];
    return rowsOf('scaleLabels', [
      {
        id: 'scale-labels',
        title: t().common.screens.scaleLabels,
        note: masks.map(maskWords).join(', '),
        value: String(masks.length),
      },
    ]);
  },
  messages: () => {
    const { provider } = till.connectivity;
    const balance = provider?.balance;
    const state = till.connectivity.state;
    return rowsOf('messages', [
      {
        id: 'service',
        title: t().settings.messages.provider,
        note: balance
          ? `${t().status.balance}: ${[balance.amount, balance.currency].filter(Boolean).join(' ')}`
          : '',
        value:
          provider === null || state === 'offline'
            ? t().status.offline
            : provider.demo
              ? t().settings.now.demo
              : state === 'codes-can-be-sent'
                ? t().status.canSend
                : t().status.providerUnavailable,
        warn: provider?.low === true || state === 'provider-unavailable',
      },
      {
        id: 'costs',
        title: t().common.screens.costs,
        note: t().settings.now.costsNote,
        opens: 'costs',
      },
    ]);
  },
  staff: () => {
    const policy = till.policy.current;
    const active = policy?.operators.filter((each) => each.active) ?? [];
    const groups = policy?.groups ?? [];
    return rowsOf('staff', [
      {
        id: 'operators',
        title: t().staff.operators,
        note: active.map(({ name }) => name).join(', '),
        value: String(active.length),
      },
      {
        id: 'groups',
        title: t().staff.groups,
        note: groups.map(groupWords).join(', '),
        value: String(groups.length),
      },
    ]);
  },
  device: () => {
    const { now, device } = t().settings;
    const { entries, quarantine } = till.uploader;
    const out = quarantine !== null || till.removed;
    return rowsOf('device', [
      { id: 'till-name', title: device.name, value: till.identity?.name ?? '' },
      {
        id: 'uploads',
        title: now.journal,
        value: out ? now.reEnrol : entries === 0 ? now.allUploaded : now.notUploaded(entries),
        warn: out || entries > 0,
      },
      {
        id: 'sounds',
        title: t().common.sounds,
        value: { on: t().common.soundsOn, off: t().common.soundsOff }[
          till.preferences.current.sound
        ],
      },
    ]);
  },
  tills: () =>
    rowsOf('tills', [
      {
        id: 'tills',
        title: t().common.screens.tills,
        note: t().settings.now.tillsNote,
      },
    ]),
  data: () => {
    const { now } = t().settings;
    const { folder } = till.backups;
    return rowsOf('data', [
      {
        id: 'storage',
        title: now.storage,
        note: installation.offlineReady ? now.offlineReady : now.offlineNotReady,
        value: installation.persisted === true ? now.storageKept : now.storageNotKept,
        warn: installation.persisted !== true || !installation.offlineReady,
      },
      ...(till.signIn.may('data')
        ? [
            {
              id: 'backups',
              title: now.backups,
              value:
                folder === null || folder.lastAt === null
                  ? now.backupByHand
                  : now.backupDaily(moment(folder.lastAt)),
            },
          ]
        : []),
    ]);
  },
  looks: () => {
    const { theme } = till.preferences.current;
    const themes = {
      system: t().common.themeSystem,
      light: t().common.themeLight,
      dark: t().common.themeDark,
    };
    return rowsOf('looks', [
      {
        id: 'language',
        title: t().common.language,
        value: language.current === 'ru' ? t().common.russian : t().common.english,
      },
      { id: 'theme', title: t().common.theme, value: themes[theme] },
    ]);
  },
};

function methodRow(action: SaleAction, { chain, threshold }: Method): Given {
  const words = t().settings.codesAndLimits;
  const { now } = t().settings;
  const row = { id: action, title: words.method[action] };
  if (chain.length === 0)
    return { ...row, note: now.consentNotAsked, value: now.noCode, warn: true };
  const channels = chain.map((channel) => t().code.channels[channel]);
  return {
    ...row,
    note: now.codeBy(channels.join(`, ${words.then} `)),
    value: threshold === 0 ? now.always : now.from(written(threshold)),
  };
}
