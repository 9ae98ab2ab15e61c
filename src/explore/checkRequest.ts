import { designById } from '../designs/designs';
import { compile } from '../kernel/compiler/compile';
import { mutate } from '../kernel/compiler/mutate';
import type { Mutation } from '../kernel/language/mutation';
import type { Program } from '../kernel/compiler/program';
import type { PropertyId } from '../kernel/language/propertyId';
import type { Scenario } from '../scenario/format/scenario';
import { makeCheck } from './check';
import type { Reduction } from './checkResult';
import type { Check } from './check';
import type { EngineName, Limits } from './search/search';

/** A check as data, so that it can be sent to a worker. */
export interface CheckRequest {
  readonly scenario: Pick<Scenario, 'design' | 'options' | 'world' | 'calls'>;
  /** Steps that are disabled, swapped or weakened before the check. */
  readonly mutations?: readonly Mutation[];
  readonly engine?: EngineName;
  readonly limits?: Partial<Limits>;
  /** Stops the search after this time. */
  readonly maxSeconds?: number;
  readonly properties?: readonly PropertyId[];
  readonly outcomes?: boolean;
  readonly reduce?: Reduction;
}

/** Compiles the program of a request. Throws if a mutation is not possible. */
export function compileRequest({
  scenario,
  mutations = [],
}: Pick<CheckRequest, 'scenario' | 'mutations'>): Program {
  const design = designById(scenario.design);
  if (!design) throw new Error(`the design ${scenario.design} does not exist`);
  const mutated = mutations.length === 0 ? undefined : mutate(design, scenario.options, mutations);
  if (mutated && !mutated.ok) throw new Error(mutated.message);
  return compile(
    mutated ? mutated.design : design,
    scenario.options,
    scenario.world,
    scenario.calls,
  );
}

/** Starts the check of a request. */
export function beginCheck(request: CheckRequest): Check {
  return makeCheck(compileRequest(request), request);
}
