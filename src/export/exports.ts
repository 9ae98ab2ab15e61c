import type { Trace } from '../scenario/run/trace';
import { ftraceText } from './ftrace';
import { interleavingText, type InterleavingOptions } from './interleaving';
import { lockdepText } from './lockdep';
import { markdownText } from './markdown';
import { mermaidText } from './mermaid';
import { promelaText } from './promela/promelaModel';
import { rstText } from './rst';
import { scenarioFileText } from './scenarioFile';
import { svgGraph } from './svgGraph';
import { svgTimeline, type SvgOptions } from './svgTimeline';
import { useAfterFreeText } from './useAfterFree';

/** What the exports can be told; each takes what concerns it. */
export type ExportOptions = InterleavingOptions & SvgOptions;

/** One way to take a run out of the playground. */
export interface Export {
  /** What `export --to` takes. */
  readonly id: string;
  readonly title: string;
  readonly extension: string;
  readonly make: (trace: Trace, options?: ExportOptions) => string;
}

/** The one list of exports: menus and the command line follow it. */
export const EXPORTS: readonly Export[] = [
  { id: 'text', title: 'Interleaving text', extension: 'txt', make: interleavingText },
  { id: 'lockdep', title: 'Lockdep-like report', extension: 'txt', make: lockdepText },
  {
    id: 'use-after-free',
    title: 'Use-after-free report',
    extension: 'txt',
    make: useAfterFreeText,
  },
  { id: 'mermaid', title: 'Mermaid sequence diagram', extension: 'mmd', make: mermaidText },
  { id: 'svg', title: 'Timeline as SVG', extension: 'svg', make: svgTimeline },
  { id: 'svg-graph', title: 'Graph as SVG', extension: 'svg', make: svgGraph },
  { id: 'promela', title: 'SPIN model', extension: 'pml', make: promelaText },
  { id: 'ftrace', title: 'ftrace text for Perfetto', extension: 'ftrace', make: ftraceText },
  { id: 'rst', title: 'reStructuredText snippet', extension: 'rst', make: rstText },
  { id: 'markdown', title: 'Markdown snippet', extension: 'md', make: markdownText },
  { id: 'scenario', title: 'Scenario file', extension: 'scenario.json', make: scenarioFileText },
];

if (new Set(EXPORTS.map((e) => e.id)).size !== EXPORTS.length)
  throw new Error('two exports share an id');
