import { DESIGNS } from '../../designs/designs';
import { changedDesign, designText, isBuiltIn } from '../../designs/changedDesign';
import { designById } from '../../designs/registry';
import { applyTextChange, makeOwnText, makeTextChange } from '../../designs/textChange';
import type { Explanation } from '../../explore/explain/decidingSteps';
import {
  chosenOptions,
  optionEffect,
  unmodifiedTitle,
  type Design,
  type Options,
} from '../../kernel/language/design';
import type { DesignChange } from '../../kernel/language/mutation';
import type { CheckSubject } from '../store/checkState';
import type { Setup } from '../trace/traceTree';
import { effectiveOptions } from './effectiveOptions';
import { scenarioInDesign, scenarioWithOptions } from './scenarioVariants';
import { stepPlaces, type NamedStepPlace } from './stepPlaces';

/** A single change that may make a property hold, with what its check explores. */
export interface FixCandidate {
  readonly title: string;
  readonly subject: CheckSubject;
}

/** Changes of one kind, smallest first. */
interface FixKind {
  readonly candidates: readonly FixCandidate[];
  /** There are many: try them only if no smaller change helps, up to the first that does. */
  readonly unlessFixed?: true;
  /** Another kernel: the attack may not be possible there for another reason. */
  readonly isOtherKernel?: true;
  /** The same design: a property that no longer applies means that its object is gone, so the change is none that helps. */
  readonly keepsProperties?: true;
}

/** The widest region that a new mutex is tried over, in steps on each side. */
const MAX_LOCKED_STEPS = 3;

/** The changes to try, smallest first: take one change back, hold a mutex over the deciding steps, another option, another design. */
export function fixCandidates(
  setup: Setup,
  subject: CheckSubject,
  decision: Explanation['decision'],
): readonly FixKind[] {
  return [
    { candidates: takenBack(subject) },
    { candidates: decision ? lockedRegions(subject, decision) : [], unlessFixed: true },
    { candidates: otherOptions(setup, subject), isOtherKernel: true, keepsProperties: true },
    { candidates: otherDesigns(setup, subject), isOtherKernel: true },
  ];
}

function takenBack({ scenario, mutations }: CheckSubject): readonly FixCandidate[] {
  return mutations.flatMap((change, index): readonly FixCandidate[] => {
    const without = (...replacement: readonly DesignChange[]): CheckSubject => ({
      scenario,
      mutations: [...mutations.slice(0, index), ...replacement, ...mutations.slice(index + 1)],
    });
    switch (change.kind) {
      case 'without':
        return [{ title: `Restore ${idOf(change.step)}`, subject: without() }];
      case 'swap':
        return [{ title: `Swap ${idOf(change.a)} and ${idOf(change.b)} back`, subject: without() }];
      case 'plain':
        return [{ title: `Restore the ordering of ${idOf(change.step)}`, subject: without() }];
      case 'split':
        return [{ title: `Make ${idOf(change.step)} atomic again`, subject: without() }];
      case 'text': {
        if (change.own) return [];
        if (change.hunks.length === 1)
          return [{ title: 'Discard the changed lines', subject: without() }];
        return change.hunks.map((hunk) => ({
          title: `Discard the change at line ${hunk.line + 1}`,
          subject: without({ ...change, hunks: change.hunks.filter((each) => each !== hunk) }),
        }));
      }
    }
  });
}

function idOf(step: string): string {
  return step.split('/').at(-1) ?? step;
}

/** The design with a new mutex held from shortly before to shortly after the deciding steps, the narrowest first. */
function lockedRegions(
  subject: CheckSubject,
  { before, after }: NonNullable<Explanation['decision']>,
): readonly FixCandidate[] {
  const { scenario, mutations } = subject;
  const changed = changedDesign(scenario.design, scenario.options, mutations);
  if (!changed.ok) return [];
  const base = isBuiltIn(scenario.design) ? designById(scenario.design) : undefined;
  const original = base ? designText(base, scenario.options) : '';
  const [first] = mutations;
  const edited =
    first?.kind === 'text' && mutations.length === 1 ? applyTextChange(original, first) : undefined;
  const text = typeof edited === 'string' ? edited : designText(changed.design, scenario.options);
  const places = stepPlaces(text);
  const [a, b] = [before.step, after.step].map((name) =>
    places.findIndex(({ names }) => names.includes(name)),
  );
  if (a === undefined || b === undefined || a < 0 || b < 0) return [];
  const isSameFunction = (x: number, y: number): boolean => prefix(places[x]) === prefix(places[y]);
  const candidates: FixCandidate[] = [];
  const seen = new Set<string>();
  for (let margin = 0; margin <= 2 * MAX_LOCKED_STEPS; margin++)
    for (let lead = margin; lead >= 0; lead--) {
      const trail = margin - lead;
      if (lead > MAX_LOCKED_STEPS || trail > MAX_LOCKED_STEPS) continue;
      const clip = (at: number, to: number): number => {
        let end = at;
        while (end !== to && isSameFunction(at, end + Math.sign(to - at)))
          end += Math.sign(to - at);
        return end;
      };
      const regions: readonly (readonly [number, number])[] = isSameFunction(a, b)
        ? [
            [
              clip(Math.min(a, b), Math.min(a, b) - lead),
              clip(Math.max(a, b), Math.max(a, b) + trail),
            ],
          ]
        : [
            [clip(a, a - lead), clip(a, a + trail)],
            [clip(b, b - lead), clip(b, b + trail)],
          ];
      // A mutex over a single step, which is atomic anyway, changes nothing.
      if (regions.every(([from, to]) => from === to)) continue;
      const key = JSON.stringify(regions);
      if (seen.has(key)) continue;
      seen.add(key);
      const locked = withMutex(text, places, regions);
      const change = base ? makeTextChange(original, locked) : makeOwnText(locked);
      if (!change) continue;
      candidates.push({
        title: `Hold a new mutex over ${regions
          .map(([from, to]) => `${places[from]?.id ?? ''} to ${places[to]?.id ?? ''}`)
          .join(' and over ')}`,
        subject: { scenario, mutations: [change] },
      });
    }
  return candidates;
}

/** What the names of the steps of one function have in common. */
function prefix(place: NamedStepPlace | undefined): string | undefined {
  return place?.names.map((name) => name.slice(0, name.lastIndexOf('/'))).join();
}

function withMutex(
  text: string,
  places: readonly NamedStepPlace[],
  regions: readonly (readonly [number, number])[],
): string {
  const head = text.indexOf('\n', text.search(/^design /m)) + 1;
  const inserts = [
    {
      at: head,
      lines:
        '\n/* Added to try whether a lock helps. */\nstruct added added: per global, name "added" {\n\tmutex lock;\n};\n',
    },
    ...regions.flatMap(([from, to]) => [
      {
        at: places[from]?.from ?? 0,
        lines: `ADDED.${places[from]?.id ?? ''}:\tmutex_lock(&added->lock);\n`,
      },
      {
        at: endOfStep(text, places[to]),
        lines: `ADDED_UNLOCK.${places[to]?.id ?? ''}:\tmutex_unlock(&added->lock);\n`,
      },
    ]),
  ].toSorted((x, y) => y.at - x.at);
  return inserts.reduce((done, { at, lines }) => done.slice(0, at) + lines + done.slice(at), text);
}

/** Where a step after this one goes: before the jump at its end, else at the start of the next line. */
function endOfStep(text: string, place: NamedStepPlace | undefined): number {
  if (!place) return text.length;
  const jump = /\n[ \t]*(?:return|goto) [^;\n]*;[^;]*$/.exec(text.slice(place.from, place.to));
  if (jump) return place.from + jump.index + 1;
  const end = text.indexOf('\n', place.to);
  return end < 0 ? text.length : end + 1;
}

function otherOptions(
  setup: Setup,
  { scenario, mutations }: CheckSubject,
): readonly FixCandidate[] {
  const { design } = setup;
  const current = effectiveOptions(setup);
  return design.options.flatMap((option) =>
    option.values
      .filter((value) => value !== current[option.id])
      .flatMap((value): readonly FixCandidate[] => {
        const changed = scenarioWithOptions(setup, scenario, {
          ...scenario.options,
          [option.id]: value,
        });
        return typeof changed === 'string'
          ? []
          : [
              {
                title: optionEffect(design, option, value),
                subject: { scenario: changed, mutations },
              },
            ];
      }),
  );
}

function otherDesigns(setup: Setup, { scenario }: CheckSubject): readonly FixCandidate[] {
  return DESIGNS.filter(({ id }) => id !== scenario.design).flatMap(
    (design): readonly FixCandidate[] => {
      const ported = scenarioInDesign(setup, design.id, scenario);
      return typeof ported === 'string'
        ? []
        : [
            {
              title: otherDesignTitle(design, ported.options),
              subject: { scenario: ported, mutations: [] },
            },
          ];
    },
  );
}

/** The design and what its options do that are not at their default. */
function otherDesignTitle(design: Design, options: Options): string {
  const effects = chosenOptions(design, options).flatMap((option) =>
    design.titleWithOptions?.includes(`{${option.id}}`) === true
      ? []
      : [optionEffect(design, option, option.value)],
  );
  return [`The design ${design.id}: ${unmodifiedTitle(design, options)}`, ...effects].join('. ');
}
