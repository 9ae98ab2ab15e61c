import type { AccessFlag } from '../../../graph/model/accessText';

/** In a 12 px box: two bars for parked, a check mark for normal. */
export const ACCESS_ICON_PATHS = {
  parked: 'M4 2.6v6.8M8 2.6v6.8',
  normal: 'm2 6.4 2.8 2.8L10 3.4',
} as const;

const FLAG_LABELS = {
  granted: { parked: 'no access', normal: 'granted' },
  blocked: { parked: 'blocked', normal: 'open' },
} as const;

/** The visible text of an access badge. It says what is so, not what has happened: nothing is refused before a call. */
export function accessLabel(
  access: 'parked' | 'normal',
  accessFlag: AccessFlag | undefined,
): string {
  return accessFlag ? FLAG_LABELS[accessFlag][access] : access;
}
