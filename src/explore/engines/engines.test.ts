import { describe, expect, it } from 'vitest';
import type { Program } from '../../kernel/compiler/program';
import { makeModel, propertyBit } from './model';
import { randomProgram } from '../testing/randomProgram';
import { seededRandom } from '../../scenario/run/seededRandom';
import { referenceSearch } from '../testing/referenceSearch';
import type { StateProperty } from './stateProperties';
import { depthReached, startSearch } from '../search/search';
import type { EngineName } from '../search/search';

const MAX_STATES_COMPARED = 4000;

function exploreWith(
  program: Program,
  stateProperties: readonly StateProperty[],
  name: EngineName,
) {
  const search = startSearch(makeModel(program, stateProperties), name);
  let outcome = search.advance(100);
  while (outcome === 'more' && search.engine.count() < 100 * MAX_STATES_COMPARED)
    outcome = search.advance(1000);
  let violated = 0;
  for (const bit of search.firstViolations.keys()) violated |= 1 << bit;
  return {
    states: search.engine.count(),
    transitions: search.engine.transitions(),
    depth: depthReached(search),
    violated,
    terminalStates: search.terminalStates.length,
    complete: outcome === 'complete',
  };
}

function randomStateProperties(program: Program, seed: number): StateProperty[] {
  const draw = seededRandom(seed + 1);
  const field = draw(3);
  const f = program.fields[field];
  const value = (f?.lo ?? 0) + draw((f?.hi ?? 0) - (f?.lo ?? 0) + 1);
  const pc = program.tasks[0]?.pc ?? 0;
  return [
    {
      property: 'id-unique',
      violatedWhen: {
        op: 'and',
        a: { op: 'ne', a: { op: 'field', field }, b: { op: 'const', value } },
        b: { op: 'le', a: { op: 'const', value: 1 }, b: { op: 'field', field: pc } },
      },
    },
  ];
}

describe('the three engines', () => {
  it('agree on random programs: states, transitions, depth, violations, terminal states', () => {
    let compared = 0;
    let stored = 0;
    for (let seed = 0; seed < 150; seed++) {
      const program = randomProgram(seededRandom(seed));
      const stateProperties = randomStateProperties(program, seed);
      const reference = referenceSearch(program, stateProperties, MAX_STATES_COMPARED);
      if (!reference.complete) continue;
      compared++;
      stored += reference.states;
      expect(exploreWith(program, stateProperties, 'bytecode'), `bytecode, seed ${seed}`).toEqual(
        reference,
      );
      expect(exploreWith(program, stateProperties, 'wasm'), `wasm, seed ${seed}`).toEqual(
        reference,
      );
    }
    expect(compared).toBeGreaterThan(60);
    expect(stored).toBeGreaterThan(5_000);
  }, 60_000);

  it('agree on more state properties than fit in one byte', () => {
    const program = randomProgram(seededRandom(7));
    const stateProperties = Array.from({ length: 200 }, (_, i) =>
      randomStateProperties(program, 1000 + i),
    ).flat();
    const reference = referenceSearch(program, stateProperties, MAX_STATES_COMPARED);
    expect(exploreWith(program, stateProperties, 'wasm')).toEqual(reference);
    expect(exploreWith(program, stateProperties, 'bytecode')).toEqual(reference);
  });

  it('give each property one bit', () => {
    expect(propertyBit('owner-exclusive')).toBe(0);
    expect(propertyBit('no-deadlock')).toBe(15);
  });
});
