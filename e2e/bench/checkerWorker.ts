// Runs in a worker of Node or of a browser: explores one workload and says how long it took.
import { runCheck } from '../../src/explore/check';
import { programOf } from '../../src/explore/checkRequest';
import { makeModel } from '../../src/explore/model';
import { startSearch } from '../../src/explore/search';
import type { EngineName } from '../../src/explore/search';
import { stateChecks } from '../../src/kernel/properties/properties';
import type { Scenario } from '../../src/scenario/scenario';

/** What to explore. `verdict` asks for the whole check, from the scenario to the witnesses. */
export interface Task { readonly scenario: Scenario; readonly engine: EngineName; readonly times: number; readonly verdict: boolean }

/** What came of it. */
export interface Measured { readonly states: number; readonly bytes: number; readonly seconds: number }

const limits = { maxStates: 20_000_000, maxBytes: 2 ** 30 };

function explore({ scenario, engine, times }: Task): Measured {
  const program = programOf({ scenario });
  const model = makeModel(program, stateChecks(program));
  let best: Measured = { states: 0, bytes: 0, seconds: Infinity };
  for (let i = 0; i < times; i++) {
    const begin = performance.now();
    const search = startSearch(model, engine, limits);
    while (search.advance(100_000) === 'more');
    const seconds = (performance.now() - begin) / 1000;
    if (seconds < best.seconds) best = { states: search.engine.count(), bytes: search.engine.bytes(), seconds };
  }
  return best;
}

function decide({ scenario, engine }: Task): Measured {
  const begin = performance.now();
  const result = runCheck(programOf({ scenario }), { engine, limits, outcomes: false });
  return { states: result.states, bytes: 0, seconds: (performance.now() - begin) / 1000 };
}

addEventListener('message', ({ data }: MessageEvent<Task>) => postMessage(data.verdict ? decide(data) : explore(data)));
