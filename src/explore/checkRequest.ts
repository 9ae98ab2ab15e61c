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
  /** Rows switched off, swapped or weakened before the check. */
  readonly mutations?: readonly Mutation[];
  readonly engine?: EngineName;
  readonly limits?: Partial<Limits>;
  /** Stops the search after this time. */
  readonly maxSeconds?: number;
  readonly properties?: readonly PropertyId[];
  readonly outcomes?: boolean;
  readonly reduce?: Reduction;
}

/** The program that a request is about. Throws on a mutation that cannot be made. */
export function compileRequest({
  scenario,
  mutations = [],
}: Pick<CheckRequest, 'scenario' | 'mutations'>): Program {
  const design = designById(scenario.design);
  if (!design) throw new Error(`no design ${scenario.design}`);
  const mutated = mutations.length === 0 ? undefined : mutate(design, scenario.options, mutations);
  if (mutated && !mutated.ok) throw new Error(mutated.message);
  return compile(
    mutated ? mutated.design : design,
    scenario.options,
    scenario.world,
    scenario.calls,
  );
}

/** Begins the check that a request asks for. */
export function beginCheck(request: CheckRequest): Check {
  return makeCheck(compileRequest(request), request);
}
