import { DESIGN_METAS } from '../../designs/catalog';
import { builtInScenario, scenarioVariant } from '../../scenario/library/builtInScenario';
import { quote } from '../../scenario/format/quote';
import { viewParametersOf } from '../queries/viewParameters';
import type { SessionState } from '../store/session';
import { openScenario } from '../trace/openScenario';
import type { Run } from '../trace/run';
import type { AddressBar } from './addressBar';
import { permalinkOf } from './permalink';

/** Number of characters of a wrong value that a message quotes. */
const MAX_QUOTED = 64;

/** The built-in scenario that an address asks for, and a message per parameter that was ignored. */
export interface RequestedScenario {
  /** Undefined if the address names no built-in scenario. */
  readonly run: Run | undefined;
  readonly errors: readonly string[];
}

/** Opens `?scenario=ID&design=ID&option=KEY=VALUE,…&step=N`. */
export function requestedScenario(address: AddressBar): RequestedScenario {
  const errors: string[] = [];
  const reject = (name: string, expected: string, value: string): undefined => {
    errors.push(`${name}: expected ${expected}, got ${quote(value.slice(0, MAX_QUOTED))}`);
    return undefined;
  };
  const id = address.parameter('scenario');
  if (id === undefined) return { run: undefined, errors };
  const entry = builtInScenario(id);
  if (!entry) return { run: reject('scenario', 'the id of a built-in scenario', id), errors };

  const design = address.parameter('design');
  const ids = DESIGN_METAS.map((meta) => meta.id);
  const known = design !== undefined && ids.includes(design);
  if (design !== undefined && !known) reject('design', `one of ${ids.join(', ')}`, design);
  const options = optionsOf(address.parameter('option') ?? '');
  const wanted = known ? design : entry.scenario.design;
  const variant = options
    ? scenarioVariant(entry, wanted, options)
    : (reject('option', 'KEY=VALUE,…', address.parameter('option') ?? ''),
      scenarioVariant(entry, wanted, {}));
  if (!variant.ok) errors.push(...variant.errors.map(({ path, message }) => `${path}: ${message}`));
  const opened = openScenario(variant.ok ? variant.scenario : entry.scenario, entry.id);
  if (!opened.ok)
    throw new Error(`${entry.id}: ${opened.errors.map(({ message }) => message).join('; ')}`);

  const { run } = opened;
  const depth = run.branches[0]?.tip.depth ?? 0;
  const text = address.parameter('step');
  if (text === undefined) return { run, errors };
  const step = /^\d{1,6}$/.test(text) ? Number(text) : reject('step', 'an integer from 0', text);
  return { run: { ...run, cursor: Math.min(step ?? 0, depth) }, errors };
}

/** Parses `KEY=VALUE,…`; undefined if a part has no `=`. */
function optionsOf(text: string): Readonly<Record<string, string>> | undefined {
  const parts = text.split(',').filter((part) => part !== '');
  const pairs = parts.map((part) => /^([^=]+)=(.*)$/.exec(part));
  if (pairs.includes(null)) return undefined;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
}

/**
 * The query (`?scenario=…&design=…&step=…`) that opens what is on screen. Undefined if the run is not that of a built-in
 * scenario, or if the view differs from the one at the start: only a permalink holds that.
 */
export function shortLinkOf(state: SessionState): string | undefined {
  const { setup, cursor } = state.run;
  const entry = setup.libraryId === undefined ? undefined : builtInScenario(setup.libraryId);
  if (!entry || Object.keys(viewParametersOf(state)).length > 0) return undefined;
  const { design, options } = setup.scenario;
  const base = entry.variantsIn(design)[0]?.options ?? {};
  const changed = Object.entries(options).filter(([key, value]) => base[key] !== value);
  const query = new URLSearchParams({ scenario: entry.id });
  if (design !== entry.scenario.design) query.set('design', design);
  if (changed.length > 0) query.set('option', changed.map((pair) => pair.join('=')).join(','));
  if (cursor > 0) query.set('step', String(cursor));
  const { run, errors } = requestedScenario({
    hash: () => '',
    parameter: (name) => query.get(name) ?? undefined,
    write: () => undefined,
    onChange: () => undefined,
    onLeave: () => undefined,
  });
  // Only a run that comes back exactly has a short link.
  if (!run || errors.length > 0 || permalinkOf({ ...state, run }) !== permalinkOf(state))
    return undefined;
  return `?${query.toString().replaceAll('%2C', ',').replaceAll('%3D', '=')}`;
}
