import { all } from '../language/expressions';
import { isOpen } from './property';
import type { Property } from './property';

/** The group path and the cdev path exclude each other within a group. */
export const pathExclusive: Property = {
  id: 'path-exclusive',
  order: 4,
  label: 'I3',
  cite: 'docs/kernel-facts.md, I3',
  title: 'Group path or cdev path, not both',
  statement:
    'While a group file is open, no cdev of that group is in use (open in the RFC, bound in Linux), and vice versa.',
  consequence: 'The group path and the cdev path are open to one device at the same time.',
  appliesTo: (p) => p.model.propertyInputs.pathExclusive !== undefined,
  detectedIn: 'state',
  checks: (p) =>
    p.model.propertyInputs.pathExclusive === undefined
      ? []
      : p.files
          .filter((g) => g.kind === 'group')
          .flatMap((g) =>
            p.files
              .filter((f) => f.kind === 'cdev' && f.group === g.group && f.normalAccess)
              .map((f) => ({
                property: 'path-exclusive' as const,
                violatedWhen: all([
                  isOpen(p, g),
                  isOpen(p, f),
                  ...(p.model.propertyInputs.pathExclusive === 'bound' ? [f.normalAccess!] : []),
                ]),
                text: `${g.name} (${g.by}) holds group ${g.group} open while ${f.name} (${f.by}) uses ${f.device} through its cdev`,
                object: f.object,
              })),
          ),
};
