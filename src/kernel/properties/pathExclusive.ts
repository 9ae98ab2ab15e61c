import { all } from '../expr';
import { isOpen } from './property';
import type { Property } from './property';

/** I3: the group path and the cdev path exclude each other within one group. */
export const pathExclusive: Property = {
  id: 'path-exclusive',
  source: 'I3',
  title: 'Group path or cdev path, not both',
  statement:
    'While a group file is open no cdev of that group is in use (open in the RFC, bound in v6.6), and the other way round.',
  applies: (p) => p.model.views.pathExclusive !== undefined,
  seenIn: 'state',
  checks: (p) =>
    p.model.views.pathExclusive === undefined
      ? []
      : p.files
          .filter((g) => g.kind === 'group')
          .flatMap((g) =>
            p.files
              .filter((f) => f.kind === 'cdev' && f.group === g.group && f.normal)
              .map((f) => ({
                property: 'path-exclusive' as const,
                bad: all([
                  isOpen(p, g),
                  isOpen(p, f),
                  ...(p.model.views.pathExclusive === 'bound' ? [f.normal!] : []),
                ]),
                text: `${g.name} (${g.by}) holds group ${g.group} open while ${f.name} (${f.by}) uses ${f.device} through its cdev`,
                object: f.object,
              })),
          ),
};
