import type { ThemeSetting } from '../session/store/session';
import { EMBED_PARAMETERS } from './parameters';
import { themeSettingOf } from './theme';

type Parameters = typeof EMBED_PARAMETERS;

type ValueOf<Name extends keyof Parameters> = Parameters[Name] extends {
  readonly values: readonly (infer Value)[];
}
  ? Value
  : never;

/** The parsed query of an embed's URL; `parameters.ts` describes each parameter. */
export interface EmbedParameters {
  readonly view: ValueOf<'view'>;
  readonly theme: ThemeSetting;
  readonly readOnly: boolean;
  /** Initial step; undefined for the step of the link. */
  readonly step: number | undefined;
  readonly play: boolean;
  /** Steps per second; undefined for the default. */
  readonly speed: number | undefined;
  readonly load: ValueOf<'load'>;
  /** One message per parameter that was ignored. */
  readonly errors: readonly string[];
}

/** Parses the query of a URL, from `?` on. A parameter that is not valid gets its default and a message. */
export function parseEmbedParameters(search: string): EmbedParameters {
  const query = new URLSearchParams(search);
  const errors: string[] = [];
  const reject = (name: string, expected: string): undefined => {
    const found = JSON.stringify((query.get(name) ?? '').slice(0, 40));
    errors.push(`${name}: expected ${expected}, got ${found}`);
    return undefined;
  };
  const enumValue = <Value extends string>(
    name: keyof Parameters,
    { values }: { readonly values: readonly [Value, ...(readonly Value[])] },
  ): Value => {
    const text = query.get(name);
    const found = values.find((value) => value === text);
    if (text !== null && found === undefined) reject(name, `one of ${values.join(', ')}`);
    return found ?? values[0];
  };
  const numberValue = (name: 'step' | 'speed'): number | undefined => {
    const { min, max, integer } = EMBED_PARAMETERS[name];
    const text = query.get(name);
    if (text === null) return undefined;
    const value = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : NaN;
    return value >= min && value <= max && (!integer || Number.isInteger(value))
      ? value
      : reject(name, `${integer ? 'an integer' : 'a number'} from ${min} to ${max}`);
  };
  return {
    view: enumValue('view', EMBED_PARAMETERS.view),
    theme: themeSettingOf(enumValue('theme', EMBED_PARAMETERS.theme)),
    readOnly: enumValue('ro', EMBED_PARAMETERS.ro) === '1',
    step: numberValue('step'),
    play: enumValue('play', EMBED_PARAMETERS.play) === '1',
    speed: numberValue('speed'),
    load: enumValue('load', EMBED_PARAMETERS.load),
    errors,
  };
}
