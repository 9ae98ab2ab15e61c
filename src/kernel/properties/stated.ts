import { not } from '../language/expressions';
import type { Property } from './property';

/** The conditions that a design text states hold in every state. */
export const stated: Property = {
  id: 'stated',
  order: 18,
  label: 'own',
  cite: 'docs/design-language.md',
  title: 'Properties of the design text',
  statement: 'Every condition that the design states as a property is true in every state.',
  consequence: 'A condition that the author of the design relies on is false.',
  appliesTo: (p) => p.stated.length > 0,
  isOptional: true,
  detectedIn: 'state',
  checks: (p) =>
    p.stated.map(({ name, holds, text }) => ({
      property: 'stated',
      violatedWhen: not(holds),
      text: `${name}: ${text}`,
      object: undefined,
    })),
};
