import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialState, makeEventBuffer, readEvents, step } from '../../kernel/machine/machine';
import type { Badge } from './graph';
import { layOutGraph } from '../layout/graphLayout';
import { testProgram, walkProgram } from '../testing/testDesign';
import type { GraphOptions } from './graphInput';
import { toGraph } from './toGraph';

describe('what is kept of objects at rest', () => {
  const program = testProgram();
  const layout = layOutGraph(program);
  const badge: Badge = { kind: 'errno', title: '-EBUSY', text: 'made up' };

  it('is what would be made anew, in any run', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(7), { maxLength: 40 }), (choices) => {
        walkProgram(program, choices, (state, previous, events, choice) => {
          const extras: GraphOptions = {
            previous,
            events,
            badges: new Map(choice === 0 ? [[program.objects[0]?.name ?? '', [badge]]] : []),
          };
          // What is kept is kept by layout.
          expect(toGraph(program, state, layout, extras)).toEqual(
            toGraph(program, state, { ...layout }, extras),
          );
        });
      }),
      { seed: 11, numRuns: 60 },
    );
  });

  it('is the same thing from step to step', () => {
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
