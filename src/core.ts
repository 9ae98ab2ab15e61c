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
  type CheckProgress,
} from './explore/check';
export type {
  CheckResult,
  Coverage,
  Outcome,
  PropertyStatus,
  PropertyVerdict,
  Witness,
} from './explore/checkResult';
export type { Design, Options } from './kernel/design';
export { compile } from './kernel/compile';
export { canMove, enabled, initialState, step } from './kernel/machine';
export type { Program } from './kernel/program';
export { PROPERTIES } from './kernel/properties/properties';
export type { PropertyId } from './kernel/propertyId';
export type { Call, CallName, World } from './kernel/world';
export { retell, type BuiltIn } from './scenario/builtIn';
export { LIBRARY, libraryEntry, type LibraryEntry } from './scenario/library';
export {
  makeLink,
  parseLink,
  type Link,
  type LinkIssue,
  type LinkStep,
  type ParsedLink,
} from './scenario/link';
export { linkOf } from './scenario/linkOf';
export { makeScenario } from './scenario/make';
export { errorText, parseScenario, type Parsed } from './scenario/parse';
export { openLink, type OpenedLink } from './scenario/openLink';
export { redesign } from './scenario/redesign';
export { makeResult, type RunResult } from './scenario/result';
export { advance, replay, startRun, stateAt, traceOf, type Run } from './scenario/run';
export type { InputError, Scenario, Schedule } from './scenario/scenario';
export { runScenario, type RunOutcome } from './scenario/schedule';
export type { Trace, TraceStep, TraceViolation } from './scenario/trace';
export { verifyRun } from './scenario/verify';
