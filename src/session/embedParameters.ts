import type { Theme } from './session';

/** What an embed shows; `compare` puts two designs side by side. */
const EMBED_VIEWS = ['graph', 'timeline', 'both', 'compare'] as const;

type EmbedView = (typeof EMBED_VIEWS)[number];

/** The parameters behind `?` in the address of an embed. */
export interface EmbedParameters {
  readonly view: EmbedView;
  readonly theme: Theme;
  /** The reader can look but not act. */
  readonly readOnly: boolean;
  /** Move to stand at; undefined leaves it to the link. */
  readonly step: number | undefined;
  readonly play: boolean;
  /** Steps per second; undefined for the usual. */
  readonly speed: number | undefined;
  readonly load: 'eager' | 'lazy' | 'click';
  /** In sentences, what could not be used. */
  readonly problems: readonly string[];
}

/** Reads the part of an address from `?` on; what cannot be used has its default and is told. */
export function parseParameters(search: string): EmbedParameters {
  const given = new URLSearchParams(search);
  const problems: string[] = [];
  const strange = (name: string, accepted: string): undefined => {
    problems.push(`${name}=${(given.get(name) ?? '').slice(0, 40)} cannot be used; accepted: ${accepted}.`);
    return undefined;
  };
  const word = <T extends string>(name: string, words: readonly [T, ...(readonly T[])]): T => {
    const value = given.get(name);
    const found = words.find((each) => each === value);
    if (value !== null && found === undefined) strange(name, words.join(', '));
    return found ?? words[0];
  };
  const number = (name: string, least: number, most: number, whole: boolean): number | undefined => {
    const value = given.get(name);
    if (value === null) return undefined;
    const found = /^\d{1,6}(\.\d{1,3})?$/.test(value) ? Number(value) : NaN;
    return found >= least && found <= most && (!whole || Number.isInteger(found)) ? found : strange(name, `${least} to ${most}`);
  };
  const view = word('view', EMBED_VIEWS);
  const theme = word('theme', ['auto', 'light', 'dark']);
  return {
    view,
    theme: theme === 'auto' ? 'system' : theme,
    readOnly: word('ro', ['0', '1']) === '1',
    step: number('step', 0, 100_000, true),
    play: word('play', ['0', '1']) === '1',
    speed: number('speed', 0.1, 60, false),
    load: word('load', ['eager', 'lazy', 'click']),
    problems,
  };
}
