import type { Options } from '../../kernel/language/design';
import type { Setup } from '../trace/traceTree';

/** The options in force, defaults filled in. */
export function effectiveOptions({ scenario, design }: Setup): Options {
  return {
    ...Object.fromEntries(design.options.map(({ id, values }) => [id, values[0] ?? ''])),
    ...scenario.options,
  };
}
