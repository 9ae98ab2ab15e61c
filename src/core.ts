// The model without a page: what `vfio-playground/core` is. Every export says in its own file what it is.
export { DESIGNS, designById } from './designs/index';
export { checkText } from './export/checkText';
export { altText } from './export/altText';
export { EXPORTS, type Export, type ExportOptions } from './export/exports';
export { interleavingText, type InterleavingOptions } from './export/interleaving';
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
export type { Design, Options } from './kernel/design';
export { compile } from './kernel/compile';
export { isEnabled as canMove, enabled, initialState, step } from './kernel/machine';
export type { Program } from './kernel/program';
export { PROPERTIES } from './kernel/properties/properties';
export type { PropertyId } from './kernel/propertyId';
export type { Call, CallName, World } from './kernel/world';
export { scenarioVariant as retell, type BuiltInScenario as BuiltIn } from './scenario/builtIn';
export { LIBRARY, libraryEntry, type LibraryEntry } from './scenario/library';
export {
  makeLink,
  parseLink,
  type Link,
  type InsertedCall as LinkIssue,
  type LinkStep,
  type ParsedLink,
} from './scenario/link';
export { linkOfTrace as linkOf } from './scenario/linkOf';
export { makeScenario } from './scenario/make';
export {
  inputErrorText as errorText,
  parseScenario,
  type ParsedScenario as Parsed,
} from './scenario/parse';
export { openLink, type OpenLinkResult as OpenedLink } from './scenario/openLink';
export { portToDesign as redesign } from './scenario/redesign';
export { makeRunResult as makeResult, type RunResult } from './scenario/result';
export {
  runStep as advance,
  replaySchedule as replay,
  startScenarioRun as startRun,
  stateAt,
  traceOf,
  type ScenarioRun as Run,
} from './scenario/run';
export type { InputError, Scenario, Schedule } from './scenario/scenario';
export { runScenario, type ScenarioRunOutcome as RunOutcome } from './scenario/schedule';
export type { Trace, TraceStep, TraceViolation } from './scenario/trace';
export { verifyRun } from './scenario/verify';
