import type { CheckClient } from '../../check-worker/checkClient';
import type { CheckResult } from '../../explore/checkResult';
import type { Explanation } from '../../explore/explain/decidingSteps';
import { changedDesign } from '../../designs/changedDesign';
import { compileRequest } from '../../explore/checkRequest';
import { madeCalls, metAttack } from '../../explore/explain/metAttack';
import type { PropertyId } from '../../kernel/language/propertyId';
import { fixCandidates, type FixCandidate } from '../queries/fixCandidates';
import type { CheckSubject, FoundFix } from '../store/checkState';
import { notify } from '../store/notifications';
import type { Session } from '../store/session';
import { commit } from '../store/undo';
import { rebaseOnDesign } from '../trace/rebaseOnDesign';
import { pause } from './playback';

/** A candidate with more states counts as no fix. */
const MAX_STATES_PER_CANDIDATE = 300_000;

const latest = new WeakMap<Session, object>();

/** Explains a violated property of a check, then tries single changes until each kind is through. A newer check or explanation ends it. */
export async function explainViolation(
  session: Session,
  client: CheckClient,
  subject: CheckSubject,
  result: CheckResult,
  property: PropertyId,
): Promise<void> {
  const work = {};
  latest.set(session, work);
  const schedule = result.properties.find(({ id }) => id === property)?.witness?.schedule;
  if (!schedule) return;
  const show = (known: {
    readonly explanation?: Explanation | string;
    readonly fixes?: readonly FoundFix[];
    readonly working: boolean;
  }): void =>
    session.setState(({ explanation }) => ({
      explanation: {
        explanation: undefined,
        fixes: [],
        ...explanation,
        ...known,
        subject,
        property,
      },
    }));
  session.setState({ explanation: undefined });
  show({ working: true });
  const answer = await client.explain({ ...subject, property, schedule });
  if (latest.get(session) !== work) return;
  if (!answer.ok) {
    if (answer.cancelled) session.setState({ explanation: undefined });
    else show({ explanation: answer.message, working: false });
    return;
  }
  show({ explanation: answer.result, working: true });
  const decision = typeof answer.result === 'string' ? undefined : answer.result.decision;
  const violatedBefore = new Set(
    result.properties.filter(({ status }) => status === 'violated').map(({ id }) => id),
  );
  const applicable = result.properties.map(({ id }) => id).filter((id) => isApplicable(result, id));
  let fixes: readonly FoundFix[] = [];
  const attack = madeCalls(compileRequest(subject), schedule);
  const kinds = fixCandidates(session.getState().run.setup, subject, decision);
  for (const { candidates, unlessFixed, isOtherKernel, keepsProperties } of kinds) {
    if (unlessFixed && fixes.length > 0) continue;
    for (const candidate of candidates) {
      const checked = await checkCandidate(client, candidate, isOtherKernel ?? false);
      if (latest.get(session) !== work) return;
      if (checked === 'cancelled') return show({ working: false });
      if (!checked || !helps(checked, property, violatedBefore)) continue;
      if (keepsProperties && applicable.some((id) => !isApplicable(checked, id))) continue;
      const met = isOtherKernel ? metAttack(attack, checked.outcomes) : undefined;
      if (met?.isMet === false) continue;
      fixes = [...fixes, { ...candidate, result: checked, difference: met?.difference }];
      show({ fixes, working: true });
      // The narrowest lock is the smallest.
      if (unlessFixed) break;
    }
  }
  show({ fixes, working: false });
}

async function checkCandidate(
  client: CheckClient,
  { subject }: FixCandidate,
  outcomes: boolean,
): Promise<CheckResult | 'cancelled' | undefined> {
  const limits = { maxStates: MAX_STATES_PER_CANDIDATE };
  const request = { ...subject, outcomes, limits } as const;
  const answer = await client.check(request, () => undefined).answer;
  if (!answer.ok) return undefined;
  return answer.result.stoppedBy === 'cancel' ? 'cancelled' : answer.result;
}

function isApplicable({ properties }: CheckResult, property: PropertyId): boolean {
  const status = properties.find(({ id }) => id === property)?.status;
  return status !== undefined && status !== 'not-applicable';
}

/** Whether the property holds, and nothing is violated that was not before. */
function helps(
  { coverage, properties }: CheckResult,
  property: PropertyId,
  violatedBefore: ReadonlySet<PropertyId>,
): boolean {
  return (
    coverage === 'complete' &&
    properties.every(
      ({ id, status }) => status !== 'violated' || (id !== property && violatedBefore.has(id)),
    )
  );
}

/** Shows the calls on screen with a fix, and its check. */
export function applyFix(session: Session, { title, subject, result }: FoundFix): void {
  const { scenario, mutations } = subject;
  const changed = changedDesign(scenario.design, scenario.options, mutations);
  if (!changed.ok) return notify(session, 'error', 'The fix cannot be applied.', [changed.message]);
  pause(session);
  const { run } = session.getState();
  const rebased = rebaseOnDesign(run, {
    scenario: { ...scenario, beats: [], expect: undefined },
    libraryId: run.setup.libraryId,
    design: changed.design,
    ...(mutations.length > 0 ? { mutations } : {}),
  });
  commit(session, rebased, title, `Applied: ${title}`);
  session.setState({ check: { kind: 'done', subject, result }, explanation: undefined });
}
