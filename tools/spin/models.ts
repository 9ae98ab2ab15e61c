// Every model that `npm run verify:spin` compares, with what our own search says of it.
import { runCheck } from '../../src/explore/check';
import { makeModel } from '../../src/explore/engines/model';
import { randomProgram } from '../../src/explore/testing/randomProgram';
import { startSearch } from '../../src/explore/search/search';
import { promelaModel, statedProperties } from '../../src/export/promela/promelaModel';
import type { Program } from '../../src/kernel/compiler/program';
import { stateChecks } from '../../src/kernel/properties/properties';
import { inputErrorText, parseScenario } from '../../src/scenario/format/parseScenario';
import { LIBRARY } from '../../src/scenario/library/library';
import { seededRandom } from '../../src/scenario/run/seededRandom';
import { startScenarioRun } from '../../src/scenario/run/scenarioRun';

/** What a search found, the properties limited to those that the model states. */
interface Found {
  readonly states: number;
  readonly transitions: number;
  /** States in which no task can move. */
  readonly ends: number;
  readonly broken: readonly string[];
}

/** One model for SPIN, and our own search of the same program. */
export interface SpinModel {
  /** `upstream bind-race`, `random 7`. */
  readonly name: string;
  /** The design, or `random`. */
  readonly design: string;
  readonly text: string;
  /** Undefined where there are more states than that. */
  readonly search: (maxStates: number) => Found | undefined;
}

/** Calls in an order that the scenario asks for. No scenario of the library does. */
const orderedCalls = {
  format: 'vfio-playground/scenario@1',
  title: 'One opens a group while another closes it, a third after that',
  world: { devices: [{ name: 'vfio0', group: '12' }], processes: ['qemu', 'dpdk', 'late'] },
  calls: [
    { by: 'late', call: 'open_group', group: '12', as: 'g3', after: ['qemu:2', 'g2'] },
    { by: 'qemu', call: 'open_group', group: '12', as: 'g1' },
    { by: 'qemu', call: 'close', fd: 'g1' },
    { by: 'dpdk', call: 'open_group', group: '12', as: 'g2' },
  ],
};

/** Every variant of every built-in scenario, calls in a given order, and some random programs. */
export function spinModels(randoms: number): readonly SpinModel[] {
  const told = LIBRARY.flatMap((entry) =>
    entry.variants.map((scenario) => {
      const options = Object.entries(scenario.options)
        .map(([k, value]) => ` ${k}=${value}`)
        .join('');
      return model(
        `${scenario.design}${options} ${entry.id}`,
        scenario.design,
        startScenarioRun(scenario).program,
        scenario.title,
      );
    }),
  );
  const ordered = parseScenario(orderedCalls);
  if (!ordered.ok) throw new Error(inputErrorText(ordered.errors));
  const { scenario } = ordered;
  const { program } = startScenarioRun(scenario);
  told.push(model(`${scenario.design} after`, scenario.design, program, scenario.title));
  const random = Array.from({ length: randoms }, (_, i) =>
    model(
      `random ${i + 1}`,
      'random',
      randomProgram(seededRandom(i + 1)),
      `random program ${i + 1}`,
    ),
  );
  return [...told, ...random];
}

function model(name: string, design: string, program: Program, title: string): SpinModel {
  const search = (maxStates: number): Found | undefined => {
    const limits = { maxStates, maxBytes: 2 ** 30 };
    const run = startSearch(makeModel(program, stateChecks(program)), 'wasm', limits);
    let outcome = run.advance(100_000);
    while (outcome === 'more') outcome = run.advance(100_000);
    if (outcome !== 'complete') return undefined;
    const { properties } = runCheck(program, {
      engine: 'wasm',
      properties: statedProperties(program),
      outcomes: false,
      limits,
    });
    return {
      states: run.engine.count(),
      transitions: run.engine.transitions(),
      ends: run.terminalStates.length,
      broken: properties.filter((p) => p.status === 'violated').map((p) => p.id),
    };
  };
  return { name, design, text: promelaModel(program, title), search };
}
