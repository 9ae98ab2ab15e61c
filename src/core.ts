// The public API of `vfio-playground/core`: the model without a page. The published names are stable; the declarations have the docs.
export { DESIGNS, designById } from './designs/designs';
export { checkText } from './export/checkText';
export { altText } from './export/altText';
export { EXPORTS } from './export/exports';
export type { Export, ExportOptions } from './export/export';
export { interleavingText, type InterleavingOptions } from './export/formats/interleaving';
export { SNIPPETS, type Snippet, type SnippetOptions } from './export/snippets';
export {
  makeCheck,
  runCheck,
  type Check,
  type CheckOptions,
  type SearchProgress as CheckProgress,
} from './explore/check';
export type {
  CheckResult,
  Coverage,
  CheckOutcome as Outcome,
  PropertyStatus,
  PropertyVerdict,
  Counterexample as Witness,
} from './explore/checkResult';
export type { Design, Options } from './kernel/language/design';
export { compile } from './kernel/compiler/compile';
export { isEnabled as canMove, enabled, initialState, step } from './kernel/machine/machine';
export type { Program } from './kernel/compiler/program';
export { PROPERTIES } from './kernel/properties/properties';
export type { PropertyId } from './kernel/language/propertyId';
export type { Call, CallName, World } from './kernel/language/world';
export {
  scenarioVariant as retell,
  type BuiltInScenario as BuiltIn,
} from './scenario/library/builtInScenario';
export { LIBRARY, libraryEntry, type LibraryEntry } from './scenario/library/library';
export { makeLink, parseLink, type Link, type ParsedLink } from './scenario/link/link';
export { type InsertedCall as LinkIssue, type LinkStep } from './scenario/link/linkRecords';
export { linkOfTrace as linkOf } from './scenario/link/linkOfTrace';
export { makeScenario } from './scenario/format/makeScenario';
export {
  inputErrorText as errorText,
  parseScenario,
  type ParsedScenario as Parsed,
} from './scenario/format/parseScenario';
export { openLink, type OpenLinkResult as OpenedLink } from './scenario/link/openLink';
export { portToDesign as redesign } from './scenario/format/portToDesign';
export { makeRunResult as makeResult, type RunResult } from './scenario/run/runResult';
export {
  runStep as advance,
  replaySchedule as replay,
  startScenarioRun as startRun,
  stateAt,
  traceOf,
  type ScenarioRun as Run,
} from './scenario/run/scenarioRun';
export type { InputError, Scenario, Schedule } from './scenario/format/scenario';
export { runScenario, type ScenarioRunOutcome as RunOutcome } from './scenario/run/runScenario';
export type { Trace, TraceStep, TraceViolation } from './scenario/run/trace';
export { verifyRun } from './scenario/run/verifyRun';
