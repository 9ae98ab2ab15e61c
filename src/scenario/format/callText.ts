import { callSignature } from '../../designs/registry';
import type { Call } from '../../kernel/language/world';

/** A call without its result name: `bind_iommufd(fd1, ictx1)`. */
export function callExpression(call: Call): string {
  const signature = callSignature(call.call);
  const { args = [], withHwpt = args, lists = [] } = signature ?? {};
  return `${call.call}(${[
    ...(call.hwpt === undefined ? args : withHwpt).map((key) => call[key] ?? '?'),
    ...lists.map((key) => `[${(call[key] ?? []).join(', ')}]`),
  ].join(', ')})`;
}

/** A call with the name of its result, if it has one: `fd1 = open_cdev(vfio0)`. */
export function callText(call: Call): string {
  return `${call.as === undefined ? '' : `${call.as} = `}${callExpression(call)}`;
}
