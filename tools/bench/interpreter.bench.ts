import { DESIGNS } from '../../src/designs/designs';
import { enabled, initialState, makeEventBuffer, step } from '../../src/kernel/machine/machine';
import { compile } from '../../src/kernel/compiler/compile';
import { libraryEntry } from '../../src/scenario/library/library';

/** Runs the program over and over, the tasks taking turns, for about this long in ms. */
const LASTS = 1500;

/** Reference interpreter, with events: what the stage runs on. */
export const bench = {
  title: 'Interpreter on the two-process bind race',
  run() {
    const scenario = libraryEntry('bind-race')?.scenario;
    if (!scenario) throw new Error('no scenario bind-race');
    return DESIGNS.map((design) => {
      const program = compile(design, {}, scenario.world, scenario.calls);
      const events = makeEventBuffer();
      let steps = 0;
      const begin = performance.now();
      while (performance.now() - begin < LASTS) {
        const state = initialState(program);
        for (let can = enabled(program, state); can.length > 0; can = enabled(program, state)) {
          step(program, state, can[steps % can.length] ?? 0, events);
          steps += 1;
        }
      }
      return {
        name: design.id,
        value: steps / (performance.now() - begin),
        unit: 'thousand steps/s',
      };
    });
  },
};
