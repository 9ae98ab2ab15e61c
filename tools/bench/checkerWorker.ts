// Runs in a worker of Node or of a browser: explores one workload and says how long it took.
import { runCheck } from '../../src/explore/check';
import { compileRequest } from '../../src/explore/checkRequest';
import { makeModel } from '../../src/explore/engines/model';
import { referenceSearch } from '../../src/explore/testing/referenceSearch';
import { startSearch } from '../../src/explore/search/search';
import type { EngineName } from '../../src/explore/search/search';
import type { Mutation } from '../../src/kernel/language/mutation';
import { stateChecks } from '../../src/kernel/properties/properties';
import type { Scenario } from '../../src/scenario/format/scenario';

/**
 * What to do: `explore` all states; come to a `verdict`, from the scenario to the witnesses and the outcomes; or explore up to
 * `most` states with the `interpreter`.
 */
export type Task =
  | {
      readonly kind: 'explore';
      readonly scenario: Scenario;
      readonly engine: EngineName;
      readonly times: number;
    }
  | {
      readonly kind: 'verdict';
      readonly scenario: Scenario;
      readonly engine: EngineName;
      readonly mutations: readonly Mutation[];
    }
  | { readonly kind: 'interpreter'; readonly scenario: Scenario; readonly most: number };

/** What came of it. */
export interface Measured {
  readonly states: number;
  readonly bytes: number;
  readonly seconds: number;
}

const limits = { maxStates: 20_000_000, maxBytes: 2 ** 30 };

/** Bytes that this thread holds, garbage collected first; only a worker of Node knows. */
declare const heldBytes: (() => number) | undefined;

function explore({ scenario, engine, times }: Extract<Task, { kind: 'explore' }>): Measured {
  const program = compileRequest({ scenario });
  const model = makeModel(program, stateChecks(program));
  let best: Measured = { states: 0, bytes: 0, seconds: Infinity };
  for (let i = 0; i < times; i++) {
    const begin = performance.now();
    const search = startSearch(model, engine, limits);
    while (search.advance(100_000) === 'more');
    const seconds = (performance.now() - begin) / 1000;
    if (seconds < best.seconds)
      best = { states: search.engine.count(), bytes: search.engine.bytes(), seconds };
  }
  return best;
}

function decide({ scenario, engine, mutations }: Extract<Task, { kind: 'verdict' }>): Measured {
  const begin = performance.now();
  const result = runCheck(compileRequest({ scenario, mutations }), { engine, limits });
  return { states: result.states, bytes: 0, seconds: (performance.now() - begin) / 1000 };
}

function interpret({ scenario, most }: Extract<Task, { kind: 'interpreter' }>): Measured {
  const program = compileRequest({ scenario });
  const held = typeof heldBytes === 'function' ? heldBytes : () => Number.NaN;
  const before = held();
  let bytes = 0;
  let seconds = 0;
  const begin = performance.now();
  const { states } = referenceSearch(program, stateChecks(program), most, () => {
    seconds = (performance.now() - begin) / 1000;
    bytes = held() - before;
  });
  return { states, bytes, seconds };
}

addEventListener('message', ({ data }: MessageEvent<Task>) => {
  postMessage(
    data.kind === 'explore'
      ? explore(data)
      : data.kind === 'verdict'
        ? decide(data)
        : interpret(data),
  );
});
