import { changedDesign, isBuiltIn, parsedDesign } from '../designs/changedDesign';
import { DESIGNS } from '../designs/designs';
import { registerDesigns } from '../designs/registry';
import { makeOwnText } from '../designs/textChange';
import { compile, makeIncrementalCompiler } from '../kernel/compiler/compile';
import { diagnosticsText } from '../kernel/text/diagnostic';
import type { DesignChange } from '../kernel/language/mutation';
import type { Program } from '../kernel/compiler/program';
import type { PropertyId } from '../kernel/language/propertyId';
import type { Scenario } from '../scenario/format/scenario';
import { makeCheck } from './check';
import type { Reduction } from './checkResult';
import type { Check } from './check';
import type { EngineName, Limits } from './search/search';

// A worker has no page that has loaded them.
registerDesigns(DESIGNS);

/** A check as data, so that it can be sent to a worker. */
export interface CheckRequest {
  readonly scenario: Pick<Scenario, 'design' | 'options' | 'world' | 'calls'>;
  /** The text of the design; it is then neither looked up nor changed. */
  readonly text?: string;
  /** Changes of the design before the check. */
  readonly mutations?: readonly DesignChange[];
  readonly engine?: EngineName;
  readonly limits?: Partial<Limits>;
  /** Stops the search after this time. */
  readonly maxSeconds?: number;
  readonly properties?: readonly PropertyId[];
  readonly outcomes?: boolean;
  readonly reduce?: Reduction;
}

/** A text that is checked is mostly the next version of the one before. */
const compileVersion = makeIncrementalCompiler();

/** Compiles the program of a request. Throws if a change is not possible. */
export function compileRequest({
  scenario,
  mutations = [],
  text,
}: Pick<CheckRequest, 'scenario' | 'mutations' | 'text'>): Program {
  if (text !== undefined) {
    const { design, diagnostics } = parsedDesign(text);
    if (!design) throw new Error(diagnosticsText('text', diagnostics.slice(0, 1)));
    const changed = { ...design, modified: isBuiltIn(design.id) ? [] : [makeOwnText(text)] };
    return compileVersion(changed, scenario.options, scenario.world, scenario.calls);
  }
  const changed = changedDesign(scenario.design, scenario.options, mutations);
  if (!changed.ok) throw new Error(changed.message);
  return compile(changed.design, scenario.options, scenario.world, scenario.calls);
}

/** Starts the check of a request. */
export function beginCheck(request: CheckRequest): Check {
  return makeCheck(compileRequest(request), request);
}
