import { EMBED_PARAMETERS } from './parameters';
import type { ThemeSetting } from '../session/store/session';

type Parameters = typeof EMBED_PARAMETERS;

/** The words that a parameter takes. */
type ValueOf<Name extends keyof Parameters> = Parameters[Name] extends {
  readonly values: readonly (infer Word)[];
}
  ? Word
  : never;

/** What the address of an embed asks for; `host/parameters.ts` says what each means. */
export interface EmbedParameters {
  readonly view: ValueOf<'view'>;
  readonly theme: ThemeSetting;
  /** The reader can look but not act. */
  readonly readOnly: boolean;
  /** Move to stand at; undefined leaves it to the link. */
  readonly step: number | undefined;
  readonly play: boolean;
  /** Steps per second; undefined for the usual. */
  readonly speed: number | undefined;
  readonly load: ValueOf<'load'>;
  /** In sentences, what could not be used. */
  readonly errors: readonly string[];
}

/** Reads the part of an address from `?` on; what cannot be used has its default and is told. */
export function parseEmbedParameters(search: string): EmbedParameters {
  const given = new URLSearchParams(search);
  const problems: string[] = [];
  const strange = (name: string, accepted: string): undefined => {
    problems.push(
      `${name}=${(given.get(name) ?? '').slice(0, 40)} cannot be used; accepted: ${accepted}.`,
    );
    return undefined;
  };
  const word = <Word extends string>(
    name: keyof Parameters,
    { values }: { readonly values: readonly [Word, ...(readonly Word[])] },
  ): Word => {
    const value = given.get(name);
    const found = values.find((each) => each === value);
    if (value !== null && found === undefined) strange(name, values.join(', '));
    return found ?? values[0];
  };
  const number = (name: 'step' | 'speed'): number | undefined => {
    const { min, max, integer } = EMBED_PARAMETERS[name];
    const value = given.get(name);
    if (value === null) return undefined;
    const found = /^\d{1,6}(\.\d{1,3})?$/.test(value) ? Number(value) : NaN;
    return found >= min && found <= max && (!integer || Number.isInteger(found))
      ? found
      : strange(name, `${min} to ${max}`);
  };
  const view = word('view', EMBED_PARAMETERS.view);
  const theme = word('theme', EMBED_PARAMETERS.theme);
  return {
    view,
    theme: theme === 'auto' ? 'system' : theme,
    readOnly: word('ro', EMBED_PARAMETERS.ro) === '1',
    step: number('step'),
    play: word('play', EMBED_PARAMETERS.play) === '1',
    speed: number('speed'),
    load: word('load', EMBED_PARAMETERS.load),
    errors: problems,
  };
}
