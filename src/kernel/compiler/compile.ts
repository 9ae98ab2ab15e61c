import type { Design, Options } from '../language/design';
import type { Call, World } from '../language/world';
import { modelOf } from './designModel';
import type { Program } from './program';
import { Compiler } from './programCompiler';

/**
 * Specialises a design for one world and one list of validated calls. Drafts the steps twice: first to find the range of
 * each counter and the fields that never change, then with those bounds.
 * Throws on errors in the design's data.
 */
export function compile(
  design: Design,
  options: Options,
  world: World,
  calls: readonly Call[],
): Program {
  return makeIncrementalCompiler()(design, options, world, calls);
}

/** A compiler for the versions of one design: drafts only the calls whose routines have changed since the last one. Else it equals `compile`. */
export function makeIncrementalCompiler(): typeof compile {
  let first: Compiler | undefined;
  let second: Compiler | undefined;
  let lastKey = '';
  return (design, options, world, calls) => {
    const model = modelOf(design, options);
    const key = JSON.stringify([
      design.id,
      options,
      world,
      calls,
      model.privateData,
      model.parkedFileKinds,
    ]);
    // A version that throws leaves half of its steps behind.
    const [before, after] = [first, second];
    first = second = undefined;
    const isNext = key === lastKey && !world.storeBuffers && before?.hasObjectsOf(model);
    const seen = model.objects.some((o) => o.ownForVf) ? withOwnDevsets(world) : world;
    const finder = (isNext && before) || new Compiler(design.id, model, seen, calls);
    const bounds = finder.findBounds(model);
    const kept = isNext ? after : undefined;
    kept?.changeBounds(bounds);
    const compiler = kept ?? new Compiler(design.id, model, seen, calls, bounds);
    const program = compiler.program(design, options, model);
    [first, second, lastKey] = [finder, compiler, key];
    return program;
  };
}

/** The world with one reset set per virtual function. */
function withOwnDevsets(world: World): World {
  return {
    ...world,
    devices: world.devices.map((d) => (d.vf ? { ...d, devset: d.name } : d)),
  };
}
