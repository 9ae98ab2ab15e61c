import { DESIGNS } from '../designs/designs';
import { designConfigOf } from '../explore/matrix/matrix';
import { libraryVerdicts } from '../explore/matrix/libraryVerdicts';
import { PROPERTIES } from '../kernel/properties/properties';
import { LIBRARY, LIBRARY_GROUPS, type LibraryEntry } from '../scenario/library/library';
import { assignCaptions } from '../scenario/run/captions';
import { runScenario } from '../scenario/run/runScenario';
import type { Trace } from '../scenario/run/trace';
import { altText } from './altText';
import { subjectViolation } from './consequence';
import type { CompanionFile } from './export';
import { interleavingText } from './formats/interleaving';
import { svgGraphExport } from './formats/svgGraph';
import { graphAfter } from './runGraph';
import { traceLinesOf } from './traceLines';
import { escapeXml } from './xml';

/** Folder of the gallery below the site. */
export const GALLERY_FOLDER = 'gallery';

/**
 * A static page of all built-in scenarios: a still picture, the verdict of each design and the interleaving in text, with links
 * to the playground, one folder above. Readable without scripts; with them a picture opens as an embed.
 */
export function galleryFiles(): readonly CompanionFile[] {
  return [
    { fileName: 'index.html', text: galleryPage() },
    ...LIBRARY.map((entry) => ({
      fileName: pictureName(entry),
      text: svgGraphExport.make(upToDecision(wholeRun(entry))),
    })),
  ];
}

function pictureName({ id }: LibraryEntry): string {
  return `${id}.svg`;
}

function wholeRun({ id, scenario }: LibraryEntry): Trace {
  const run = runScenario(scenario);
  if (!run.ok) throw new Error(`${id}: ${run.errors.map(({ message }) => message).join('; ')}`);
  return run.trace;
}

/** The run up to the step that decides it. At its end all is often closed again, and the picture shows nothing of that. */
function upToDecision(run: Trace): Trace {
  const count = decisiveStep(run) + 1;
  return { ...run, steps: run.steps.slice(0, count), schedule: run.schedule.slice(0, count) };
}

/** The violation that the run is about, else the last failure of a call, else the first wait, else the step with most edges. */
function decisiveStep(run: Trace): number {
  const violation = subjectViolation(run);
  if (violation) return violation.step;
  const failed = run.steps.findLastIndex(({ events }) =>
    events.some(({ template }) => template.kind === 'fail'),
  );
  if (failed >= 0) return failed;
  const blocks = traceLinesOf(run, undefined).find(({ kind }) => kind === 'blocks');
  if (blocks) return blocks.step;
  const edges = run.steps.map(({ index }) => graphAfter(run, index + 1).edges.length);
  return edges.lastIndexOf(Math.max(...edges));
}

/** The last caption up to the end of a run; undefined without one. */
function lastCaption({ scenario, program, steps }: Trace): string | undefined {
  const ids = steps.map(({ task, step }) => ({ by: program.tasks[task]?.name, at: step.id }));
  return assignCaptions(scenario.beats, ids).findLast((caption) => caption !== undefined)?.say;
}

const verdictRows = libraryVerdicts(DESIGNS.map((design) => designConfigOf(design)));
const propertyTitles = new Map(PROPERTIES.map(({ id, title }) => [id, title]));

function galleryPage(): string {
  const groups = LIBRARY_GROUPS.map(({ id, title }) => ({
    id,
    title,
    entries: LIBRARY.filter(({ group }) => group === id),
  }));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Scenarios of the VFIO playground</title>
<meta name="description" content="${LIBRARY.length} scenarios of the Linux VFIO device path: races, lifetimes and groups, with the verdicts of ${DESIGNS.length} designs.">
<link rel="icon" href="../favicon.svg">
<link rel="stylesheet" href="gallery.css">
<script src="../vfio-playground.js" defer></script>
</head>
<body>
<header>
<h1>Scenarios of the VFIO playground</h1>
<p>VFIO gives a process direct access to a device. Each scenario below is a few processes, their system calls and one
interleaving of their steps. The <a href="../index.html">playground</a> plays it, checks every other interleaving and
compares ${DESIGNS.length} designs.</p>
<p class="note">A verdict is the result of a complete search of the model. A violation in the design “upstream” was found
by reading the source of the kernel unless its text says that it was reported; it was not run on a machine.</p>
<nav aria-label="Groups">${groups.map(({ id, title }) => `<a href="#${id}">${title}</a>`).join('\n')}</nav>
</header>
<main>
${groups.map(({ id, title, entries }) => `<h2 id="${id}">${title}</h2>\n${entries.map(entryArticle).join('\n')}`).join('\n')}
</main>
</body>
</html>
`;
}

function entryArticle(entry: LibraryEntry): string {
  const { id, scenario } = entry;
  const run = wholeRun(entry);
  const pictured = upToDecision(run);
  const caption = lastCaption(pictured);
  const title = escapeXml(scenario.title);
  return `<article id="scenario-${id}">
<h3><a href="../index.html?scenario=${id}">${title}</a></h3>
<p>${escapeXml(scenario.about)}</p>
<vfio-playground scenario="${id}" load="click" title="${title}">
<figure>
<div class="picture"><img src="${pictureName(entry)}" alt="${escapeXml(altText(pictured))}" loading="lazy"></div>
<figcaption>Step ${pictured.steps.length} of ${run.steps.length}${caption === undefined ? '' : `: ${escapeXml(caption)}`}</figcaption>
</figure>
</vfio-playground>
<table>
<caption>Verdict of each design, over every interleaving</caption>
<tbody>
${entry.designs.map((design) => verdictRow(id, design, design === scenario.design)).join('\n')}
</tbody>
</table>
<details>
<summary>The interleaving in text</summary>
<pre>${escapeXml(interleavingText(run, { base: '../index.html' }))}</pre>
</details>
</article>`;
}

function verdictRow(scenario: string, design: string, isFirst: boolean): string {
  const row = verdictRows.find((each) => each.config.title === design);
  if (!row) throw new Error(`no stored verdicts of ${design}`);
  const violated = row.properties.filter(({ brokenIn }) => brokenIn.includes(scenario));
  const query = `?scenario=${scenario}${isFirst ? '' : `&amp;design=${design}`}`;
  const verdict =
    violated.length === 0
      ? `<td>${row.coverage === 'complete' ? 'holds' : 'no violation found, search not complete'}</td>`
      : `<td class="violated">violated: ${violated.map(({ id }) => `<span title="${escapeXml(propertyTitles.get(id) ?? id)}">${id}</span>`).join(', ')}</td>`;
  return `<tr><th scope="row"><a href="../index.html${query}">${design}</a></th>${verdict}</tr>`;
}
