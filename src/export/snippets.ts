import { makeLink } from '../scenario/link/link';
import { linkOfTrace } from '../scenario/link/linkOfTrace';
import type { Trace } from '../scenario/run/trace';
import { altText } from './altText';
import { interleavingText } from './formats/interleaving';
import { escapeXml } from './xml';
import { toAscii } from './format';

/** Where a snippet points. */
export interface SnippetOptions {
  /** Address of the playground's page or folder; `./` by default. */
  readonly base?: string | undefined;
  /** The `#v1.…` link to show; the end of the run by default. */
  readonly link?: string | undefined;
  /** Parameters of the embed (`view`, `theme`, `ro`, …) that differ from their defaults. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

/** Markup that shows a run in another document. */
export interface Snippet {
  readonly id: string;
  readonly title: string;
  /** Where it can be used and what it needs. */
  readonly about: string;
  readonly make: (trace: Trace, options?: SnippetOptions) => string;
}

/** Scripts, and a link to the playground that opens in a new tab without the sandbox. */
const FRAME_SANDBOX = 'allow-scripts allow-popups allow-popups-to-escape-sandbox';

/** The snippets of the Share dialog and of `link --embed`. */
export const SNIPPETS: readonly Snippet[] = [
  {
    id: 'html',
    title: 'HTML',
    about:
      'A custom element with the interleaving text as fallback. Loads its script from the folder of the playground.',
    make: elementSnippet,
  },
  {
    id: 'iframe',
    title: 'Frame',
    about: 'For pages that do not allow third-party scripts.',
    make: frameSnippet,
  },
  {
    id: 'sphinx',
    title: 'Sphinx',
    about: 'A live frame in HTML output, the interleaving text in every other output.',
    make: sphinxSnippet,
  },
  {
    id: 'mdx',
    title: 'MDX',
    about:
      'The custom element for MDX in Astro, Next or Docusaurus. Loads its script from the folder of the playground.',
    make: mdxSnippet,
  },
  {
    id: 'github',
    title: 'GitHub',
    about:
      'An image that links to the playground, since GitHub removes frames. Save the SVG next to the file.',
    make: githubSnippet,
  },
];

interface SnippetParts {
  readonly page: string;
  readonly folder: string;
  readonly link: string;
  readonly title: string;
  readonly text: string;
  readonly query: string;
  readonly attributes: string;
}

function snippetParts(
  trace: Trace,
  { base = './', link, parameters = {} }: SnippetOptions,
): SnippetParts {
  const hash = link ?? makeLink(linkOfTrace(trace));
  const entries = Object.entries(parameters);
  return {
    page: base,
    folder: base.replace(/[?#].*$/s, '').replace(/[^/]*$/, ''),
    link: hash,
    title: trace.scenario.title || 'A run of the VFIO playground',
    text: interleavingText(trace, { base }).trimEnd(),
    query:
      entries.length === 0
        ? ''
        : `?${entries.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&')}`,
    attributes: entries
      .map(([key, value]) => ` ${key.replaceAll(/[^a-z]/g, '')}="${escapeXml(value)}"`)
      .join(''),
  };
}

function elementSnippet(trace: Trace, options: SnippetOptions = {}): string {
  const { folder, link, title, text, attributes } = snippetParts(trace, options);
  return `<script src="${escapeXml(folder)}vfio-playground.js" defer></script>
<vfio-playground title="${escapeXml(title)}" scenario="${escapeXml(link)}"${attributes}>
<pre>
${escapeXml(text)}
</pre>
</vfio-playground>
`;
}

function frameSnippet(trace: Trace, options: SnippetOptions = {}): string {
  const { folder, link, title, query } = snippetParts(trace, options);
  return `<iframe src="${escapeXml(`${folder}embed.html${query}${link}`)}"
  title="${escapeXml(title)}" width="100%" height="480" loading="lazy"
  sandbox="${FRAME_SANDBOX}" style="border:0"></iframe>
`;
}

function sphinxSnippet(trace: Trace, options: SnippetOptions = {}): string {
  const indent = (text: string): string =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => (line === '' ? '' : `      ${line}`))
      .join('\n');
  const { text } = snippetParts(trace, options);
  return `.. only:: html

   .. raw:: html

${indent(frameSnippet(trace, options))}

.. only:: not html

   .. code-block:: none

${indent(text)}
`;
}

function mdxSnippet(trace: Trace, options: SnippetOptions = {}): string {
  const { folder, link, title, text, attributes } = snippetParts(trace, options);
  const literal = text.replaceAll(/[\\`$]/g, '\\$&');
  return `<script src="${escapeXml(folder)}vfio-playground.js" async></script>

<vfio-playground title={${JSON.stringify(title)}} scenario="${escapeXml(link)}"${attributes}>
  <pre>{\`${literal}\`}</pre>
</vfio-playground>
`;
}

function githubSnippet(trace: Trace, options: SnippetOptions = {}): string {
  const { page, link } = snippetParts(trace, options);
  const alt = toAscii(altText(trace)).replaceAll(/[\\`*_[\]<>#]/g, '\\$&');
  return `[![${alt}](${fileStem(trace.scenario.title)}.svg)](${encodeURI(page)}${link})\n`;
}

/** The file name of a run's exports without extension, from its title: `two-processes-race`. */
export function fileStem(title: string): string {
  return (
    title
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '')
      .slice(0, 40)
      .replace(/-$/, '') || 'run'
  );
}
