import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialState, makeEventBuffer, readEvents, step } from '../../kernel/machine/machine';
import type { Badge } from './graph';
import { layOutGraph } from '../layout/graphLayout';
import { testProgram, walkProgram } from '../testing/testDesign';
import type { GraphOptions } from './graphInput';
import { toGraph } from './toGraph';

describe('the cache of object views', () => {
  const program = testProgram();
  const layout = layOutGraph(program);
  const badge: Badge = { kind: 'errno', title: '-EBUSY', text: 'a test badge' };

  it('equals a fresh view, in any run', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(7), { maxLength: 40 }), (choices) => {
        walkProgram(program, choices, (state, previous, events, choice) => {
          const options: GraphOptions = {
            previous,
            events,
            badges: new Map(choice === 0 ? [[program.objects[0]?.name ?? '', [badge]]] : []),
          };
          // Another layout object has an empty cache.
          expect(toGraph(program, state, layout, options)).toEqual(
            toGraph(program, state, { ...layout }, options),
          );
        });
      }),
      { seed: 11, numRuns: 60 },
    );
  });

  it('keeps the objects that a step does not involve', () => {
    const state = initialState(program);
    const before = toGraph(program, state, layout);
    const buffer = makeEventBuffer();
    step(program, state, 0, buffer);
    const events = readEvents(program, buffer);
    const after = toGraph(program, state, layout, { events });
    const same = after.nodes.filter(
      (node) => node.kind === 'object' && before.nodes.includes(node),
    );
    expect(same.length).toBeGreaterThan(0);
    expect(same.length).toBeLessThan(after.nodes.filter((node) => node.kind === 'object').length);
  });
});
