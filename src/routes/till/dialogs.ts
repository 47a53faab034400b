// The dialogues of the till: one chunk, loaded by `load-dialogs.svelte.ts`.
import PaidAnotherWayButton from '../shared/tender/PaidAnotherWayButton.svelte';
import BothDialog from './BothDialog.svelte';
import CodeDialog from './CodeDialog.svelte';
import CustomerPicker from './CustomerPicker.svelte';
import CustomerSide from './CustomerSide.svelte';
import DiscountDialog from './DiscountDialog.svelte';
import HeldDialog from './HeldDialog.svelte';
import NoCodeDialog from './NoCodeDialog.svelte';
import NotSavedDialog from './NotSavedDialog.svelte';
import PhoneDialog from './PhoneDialog.svelte';
import PriceChangesDialog from './PriceChangesDialog.svelte';
import QuantityDialog from './QuantityDialog.svelte';
import RecipientDialog from './RecipientDialog.svelte';
import RegiveDialog from './RegiveDialog.svelte';
import RingingQuestions from './RingingQuestions.svelte';
import SplitDialog from './SplitDialog.svelte';
import TakeOffDialog from './TakeOffDialog.svelte';

export const dialogs = {
  BothDialog,
  CodeDialog,
  CustomerPicker,
  CustomerSide,
  DiscountDialog,
  HeldDialog,
  NoCodeDialog,
  NotSavedDialog,
  PaidAnotherWayButton,
  PhoneDialog,
  PriceChangesDialog,
  QuantityDialog,
  RecipientDialog,
  RegiveDialog,
  RingingQuestions,
  SplitDialog,
  TakeOffDialog,
};
