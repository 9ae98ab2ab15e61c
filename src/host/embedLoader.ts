import { designById, registerDesigns } from '../designs/registry';
import type { LoadTarget } from './protocol';
import type { Design } from '../kernel/language/design';
import {
  builtInScenario,
  BuiltInScenarioFile,
  registerBuiltInScenario,
  type BuiltInFile,
} from '../scenario/library/builtInScenario';
import { DEFAULT_SCENARIO } from '../scenario/library/defaultScenario';
import { parseLink } from '../scenario/link/link';
import type { AddressBar } from '../session/url/addressBar';
import { openPermalink } from '../session/url/permalink';

/** An embed shows one scenario in one design: it loads these two, and others when it is sent there. */
const DESIGN_LOADERS: Readonly<Record<string, () => Promise<Design>>> = {
  'rfc-opened': async () => (await import('../designs/rfc-opened/design')).design,
  'parked-shim': async () => (await import('../designs/parked-shim/design')).design,
  'parked-split': async () => (await import('../designs/parked-split/design')).design,
  upstream: async () => (await import('../designs/upstream/design')).design,
};

const SCENARIO_LOADERS = import.meta.glob<BuiltInFile>('../scenario/library/*.json', {
  import: 'default',
});

/** Loads designs; undefined where all are there. Unknown ids are left to whoever reads them. */
function loadDesigns(ids: readonly string[]): Promise<void> | undefined {
  const missing = ids.flatMap((id) => (designById(id) ? [] : (DESIGN_LOADERS[id] ?? [])));
  return missing.length === 0
    ? undefined
    : Promise.all(missing.map((load) => load())).then(registerDesigns);
}

/** Loads a built-in scenario; undefined where it is there, or is none. */
function loadScenario(id: string): Promise<void> | undefined {
  const path = `../scenario/library/${id}.json`;
  const load = Object.hasOwn(SCENARIO_LOADERS, path) ? SCENARIO_LOADERS[path] : undefined;
  return builtInScenario(id)
    ? undefined
    : load?.().then((file) => registerBuiltInScenario(new BuiltInScenarioFile(id, file)));
}

/** Loads what has to be there before a target can be shown; undefined where it is. Rejects where a part does not load. */
export function loadTarget(target: LoadTarget): Promise<void> | undefined {
  if ('file' in target) return loadDesigns(Object.keys(DESIGN_LOADERS));
  if ('scenario' in target)
    return thenIfPending(loadScenario(target.scenario), () =>
      loadDesigns([builtInScenario(target.scenario)?.designs[0] ?? '']),
    );
  const parsed = parseLink(target.link);
  if (!parsed.ok) return undefined;
  const { design, scenario = '' } = parsed.link;
  const story = loadScenario(scenario);
  const own = loadDesigns([design]);
  // A scenario that is not told in the link's design is moved there out of its own.
  return thenIfPending(story && own ? Promise.all([story, own]) : (story ?? own), () => {
    const { designs = [] } = builtInScenario(scenario) ?? {};
    return designs.includes(design) ? undefined : loadDesigns(designs.slice(0, 1));
  });
}

function thenIfPending(
  first: Promise<unknown> | undefined,
  second: () => Promise<void> | undefined,
): Promise<void> | undefined {
  return first ? first.then(second) : second();
}

/** Loads what an address asks for; where that is nothing that can be shown, what is shown instead. */
export async function loadForAddress(address: AddressBar): Promise<void> {
  const hash = address.hash();
  const scenario = address.parameter('scenario') ?? '';
  await loadTarget(hash.length > 1 ? { link: hash } : { scenario });
  const shown = hash.length > 1 ? openPermalink(hash).ok : builtInScenario(scenario) !== undefined;
  if (!shown) await loadDesigns([DEFAULT_SCENARIO.design]);
}

/** An address whose changes are told when what they ask for is there. */
export function loadingAddressBar(
  address: AddressBar,
  failed: (error: unknown) => void,
): AddressBar {
  return {
    ...address,
    onChange: (listener) =>
      address.onChange(
        () =>
          void Promise.resolve(loadTarget({ link: address.hash() }))
            .then(listener)
            .catch(failed),
      ),
  };
}
