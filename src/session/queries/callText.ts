import { CALL_SIGNATURES, type Call } from '../../kernel/language/world';

/** A call as people write it: `bind_iommufd(fd1, ictx1)`, with `= fd1` in front where the result has a name. */
export function callText(call: Call): string {
  const args = CALL_SIGNATURES[call.call].args.map((key) => call[key] ?? '?').join(', ');
  return `${call.as === undefined ? '' : `${call.as} = `}${call.call}(${args})`;
}
