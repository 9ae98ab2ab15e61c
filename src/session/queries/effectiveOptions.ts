import type { Options } from '../../kernel/language/design';
import { defaultOptions } from '../../kernel/compiler/designModel';
import type { Setup } from '../trace/traceTree';

/** Every option of the design, those at their default included. */
export function effectiveOptions({ scenario, design }: Setup): Options {
  return { ...defaultOptions(design), ...scenario.options };
}
