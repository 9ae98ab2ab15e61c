import type { DesignModel } from '../../kernel/language/design';

/** What the flag of a design says that never swaps fops: access is granted when it is set, or blocked. */
export type AccessFlag = 'granted' | 'blocked';

/** The access flag of a design; undefined if files start with parked fops. */
export function accessFlagOf({
  parkedFileKinds,
  objects,
}: Pick<DesignModel, 'parkedFileKinds' | 'objects'>): AccessFlag | undefined {
  if (parkedFileKinds.length > 0) return undefined;
  const blocks = objects.some(({ fields }) =>
    Object.entries(fields).some(
      ([name, field]) => field.kind === 'bool' && field.accessFlag && name.startsWith('block'),
    ),
  );
  return blocks ? 'blocked' : 'granted';
}

const FLAG_TITLES = {
  granted: { parked: 'access not granted', normal: 'access granted' },
  blocked: { parked: 'access blocked', normal: 'access not blocked' },
} as const;

/** Title of a fops node in the words of its design: `parked fops`, `access not granted`, `access blocked`. */
export function fopsTitle(accessFlag: AccessFlag | undefined, fops: 'parked' | 'normal'): string {
  return accessFlag ? FLAG_TITLES[accessFlag][fops] : `${fops} fops`;
}

/** What calls through a file can reach: `fops parked`, `access not granted`, `access blocked`. */
export function fopsText(accessFlag: AccessFlag | undefined, access: 'parked' | 'normal'): string {
  return accessFlag ? fopsTitle(accessFlag, access) : `fops ${access}`;
}

const SHORT_FLAG_TEXTS = {
  granted: { parked: 'no access', normal: 'granted' },
  blocked: { parked: 'blocked', normal: 'open' },
} as const;

/** The same in a word or two, for a badge. It says what is so, not what has happened: nothing is refused before a call. */
export function accessLabel(
  access: 'parked' | 'normal',
  accessFlag: AccessFlag | undefined,
): string {
  return accessFlag ? SHORT_FLAG_TEXTS[accessFlag][access] : access;
}
