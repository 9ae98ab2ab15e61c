import type { Property } from './property';

/** I4: no driver operation before the bind; the machine sees it at the step that runs the operation. */
export const noOpsBeforeBind: Property = {
  id: 'no-ops-before-bind',
  cite: 'I4',
  title: 'No driver op before bind',
  statement:
    'No driver operation runs through a file whose bind is not complete; the open op inside the bind itself is the exception.',
  appliesTo: () => true,
  detectedIn: 'step',
  checks: () => [],
};
