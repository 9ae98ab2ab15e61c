// Every model that `npm run verify:spin` compares, with what our own search says of it.
import { DESIGNS } from '../src/designs/index';
import { runCheck } from '../src/explore/check';
import { makeModel } from '../src/explore/model';
import { drawFrom, randomProgram } from '../src/explore/randomProgram';
import { startSearch } from '../src/explore/search';
import { promelaModel, statedProperties } from '../src/export/promela';
import type { Program } from '../src/kernel/program';
import { stateChecks } from '../src/kernel/properties/properties';
import { LIBRARY } from '../src/scenario/library';
import { redesign } from '../src/scenario/redesign';
import { startRun } from '../src/scenario/run';

/** One model for SPIN, and what it has to find. */
export interface SpinModel {
  /** `upstream bind-race`, `random 7`. */
  readonly name: string;
  /** The design, or `random`. */
  readonly design: string;
  readonly text: string;
  readonly states: number;
  readonly transitions: number;
  /** States in which no task can move. */
  readonly ends: number;
  /** Broken properties of those that the model states. */
  readonly broken: readonly string[];
}

/** What is left out, and why. */
export interface LeftOut { readonly name: string; readonly why: string }

/** Every built-in scenario in every design that it fits, and some random programs; larger ones than `maxStates` are left out. */
export function spinModels(maxStates: number, randoms: number): { readonly models: readonly SpinModel[]; readonly leftOut: readonly LeftOut[] } {
  const models: SpinModel[] = [];
  const leftOut: LeftOut[] = [];
  const add = (name: string, design: string, program: Program, title: string): void => {
    const search = startSearch(makeModel(program, stateChecks(program)), 'wasm', { maxStates, maxBytes: 2 ** 30 });
    let outcome = search.advance(100_000);
    while (outcome === 'more') outcome = search.advance(100_000);
    if (outcome !== 'complete') {
      leftOut.push({ name, why: `more than ${maxStates.toLocaleString('en-US')} states` });
      return;
    }
    const stated = statedProperties(program);
    const verdicts = runCheck(program, { engine: 'wasm', properties: stated, outcomes: false, limits: { maxStates, maxBytes: 2 ** 30 } }).properties;
    models.push({
      name, design, text: promelaModel(program, title), states: search.engine.count(), transitions: search.engine.transitions(), ends: search.stuck.length,
      broken: verdicts.filter((p) => p.status === 'violated').map((p) => p.id),
    });
  };
  for (const design of DESIGNS) {
    for (const entry of LIBRARY.filter((e) => e.designs.includes(design.id))) {
      const changed = redesign(entry.scenario, design.id, {});
      if (!changed.ok) leftOut.push({ name: `${design.id} ${entry.id}`, why: 'it does not fit the design' });
      else add(`${design.id} ${entry.id}`, design.id, startRun(changed.scenario).program, entry.scenario.title);
    }
  }
  for (let seed = 1; seed <= randoms; seed++) add(`random ${seed}`, 'random', randomProgram(drawFrom(seed)), `random program ${seed}`);
  return { models, leftOut };
}
