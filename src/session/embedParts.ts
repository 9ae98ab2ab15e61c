import { DESIGN_NAMES } from '../designs/names';
import { designById, registerDesigns } from '../designs/registry';
import type { LoadTarget } from '../host/protocol';
import type { Design } from '../kernel/design';
import { builtIn, BuiltInFiles, registerBuiltIn } from '../scenario/builtIn';
import { FIRST } from '../scenario/first';
import { parseLink } from '../scenario/link';
import type { Address } from './address';
import { openPermalink } from './permalink';

type DesignId = (typeof DESIGN_NAMES)[keyof typeof DESIGN_NAMES]['id'];

/** An embed shows one scenario in one design: it loads these two, and others when it is sent there. */
const DESIGN_PARTS: Readonly<Record<DesignId, () => Promise<Design>>> = {
  'rfc-opened': async () => (await import('../designs/rfc-opened/rfcOpened')).rfcOpened,
  'parked-shim': async () => (await import('../designs/parked-shim/parkedShim')).parkedShim,
  'parked-split': async () => (await import('../designs/parked-split/parkedSplit')).parkedSplit,
  upstream: async () => (await import('../designs/upstream/upstream')).upstream,
};

const STORY_PARTS = import.meta.glob<object>('../scenario/library/*.json', { import: 'default' });

const isDesign = (id: string): id is DesignId => Object.hasOwn(DESIGN_PARTS, id);

/** Loads designs; undefined where all are there. Unknown ids are left to whoever reads them. */
function loadDesigns(ids: readonly string[]): Promise<void> | undefined {
  const missing = ids.filter(isDesign).filter((id) => !designById(id));
  return missing.length === 0
    ? undefined
    : Promise.all(missing.map((id) => DESIGN_PARTS[id]())).then(registerDesigns);
}

/** Loads a built-in scenario; undefined where it is there, or is none. */
function loadStory(id: string): Promise<void> | undefined {
  const part = (kind: string): (() => Promise<object>) | undefined => {
    const file = `../scenario/library/${id}.${kind}.json`;
    return Object.hasOwn(STORY_PARTS, file) ? STORY_PARTS[file] : undefined;
  };
  const file = builtIn(id) ? undefined : part('scenario');
  return (
    file &&
    Promise.all([file(), part('retold')?.() ?? []]).then(([story, retold]) =>
      registerBuiltIn(new BuiltInFiles(id, story, retold as readonly object[])),
    )
  );
}

/** Loads what has to be there before a target can be shown; undefined where it is. Rejects where a part does not load. */
export function loadFor(target: LoadTarget): Promise<void> | undefined {
  if ('file' in target) return loadDesigns(Object.keys(DESIGN_PARTS));
  if ('scenario' in target)
    return then(loadStory(target.scenario), () =>
      loadDesigns([builtIn(target.scenario)?.designs[0] ?? '']),
    );
  const parsed = parseLink(target.link);
  if (!parsed.ok) return undefined;
  const { design, scenario = '' } = parsed.link;
  const story = loadStory(scenario);
  const own = loadDesigns([design]);
  // A scenario that is not told in the link's design is moved there out of its own.
  return then(story && own ? Promise.all([story, own]) : (story ?? own), () => {
    const { designs = [] } = builtIn(scenario) ?? {};
    return designs.includes(design) ? undefined : loadDesigns(designs.slice(0, 1));
  });
}

function then(
  first: Promise<unknown> | undefined,
  second: () => Promise<void> | undefined,
): Promise<void> | undefined {
  return first ? first.then(second) : second();
}

/** Loads what an address asks for; where that is nothing that can be shown, what is shown instead. */
export async function loadForAddress(address: Address): Promise<void> {
  const hash = address.hash();
  const scenario = address.parameter('scenario') ?? '';
  await loadFor(hash.length > 1 ? { link: hash } : { scenario });
  const shown = hash.length > 1 ? openPermalink(hash).ok : builtIn(scenario) !== undefined;
  if (!shown) await loadDesigns([FIRST.design]);
}

/** An address whose changes are told when what they ask for is there. */
export function loadingAddress(address: Address, failed: (error: unknown) => void): Address {
  return {
    ...address,
    onChange: (listener) =>
      address.onChange(
        () =>
          void Promise.resolve(loadFor({ link: address.hash() }))
            .then(listener)
            .catch(failed),
      ),
  };
}
