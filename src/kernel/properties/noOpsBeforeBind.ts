import type { Property } from './property';

/** No driver operation runs before the bind is complete; the machine checks it at the step that runs one. */
export const noOpsBeforeBind: Property = {
  id: 'no-ops-before-bind',
  order: 5,
  label: 'I4',
  cite: 'docs/kernel-facts.md, I4',
  title: 'No driver op before bind',
  statement:
    'No driver operation runs through a file before its bind is complete, except the open op of the bind itself.',
  consequence: 'The driver has run for a file that is not bound.',
  appliesTo: () => true,
  detectedIn: 'step',
  checks: () => [],
};
