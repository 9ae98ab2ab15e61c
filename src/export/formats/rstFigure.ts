import type { Export } from '../export';
import { figureOf, rstText } from './rst';

/** reStructuredText for a plain Sphinx: a `figure`, and the interleaving as a code block. */
export const rstFigureExport: Export = {
  id: 'rst-figure',
  title: 'reStructuredText for Sphinx',
  extension: 'rst',
  order: 95,
  make: (trace, options) => rstText('figure', trace, options),
  companions: figureOf,
};
