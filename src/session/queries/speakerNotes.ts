import { callErrorText } from '../../kernel/language/errno';
import { callExpression } from '../../scenario/format/callText';
import { currentTraceNode, snapshotAt } from '../trace/replay';
import type { WithRun } from '../trace/run';
import { fieldValueText } from './holders';
import { taskStatuses, waitSentence } from './taskStatus';

/** What a speaker has ready at a step, besides the caption. */
export interface SpeakerNotes {
  /** What the step changes: `vfio0.open_count: 0 → 1`. */
  readonly pointAt: readonly string[];
  /** Who holds which lock, who waits for what, and the errno of the step. */
  readonly facts: readonly string[];
  /** What each process does next: `dpdk: bind_iommufd(fd2, iommufd2)`. */
  readonly next: readonly string[];
}

/** The notes for the step at the cursor. */
export function speakerNotes(state: WithRun): SpeakerNotes {
  const node = currentTraceNode(state);
  const snapshot = snapshotAt(node);
  const before = node.parent && snapshotAt(node.parent);
  const { program, events, violations } = snapshot;
  const statuses = taskStatuses(snapshot);
  const changed =
    before?.program === program
      ? program.fields.filter(
          ({ index, object }) =>
            program.objects[object] !== undefined && before.state[index] !== snapshot.state[index],
        )
      : [];
  const failed = events.flatMap(({ template }) =>
    template.kind === 'fail' ? [`${callErrorText(template.errno)}: ${template.reason}`] : [],
  );
  const held = program.fields.flatMap(({ kind, index, title }) => {
    const owner = kind === 'mutex' ? program.tasks[(snapshot.state[index] ?? 0) - 1] : undefined;
    return owner ? [`${owner.name} holds ${title}`] : [];
  });
  const waiting = statuses.flatMap(({ name, wait }) =>
    wait ? [`${name} ${waitSentence(wait)}`] : [],
  );
  return {
    pointAt: changed.map(({ index, title }) => {
      const was = before ? fieldValueText(before, index) : '';
      return `${title}: ${was} → ${fieldValueText(snapshot, index)}`;
    }),
    facts: [...violations.map(({ text }) => text), ...failed, ...held, ...waiting],
    next: statuses.flatMap(({ name, currentCall, upcomingCall, nextStep, wait }) => {
      if (wait) return [];
      if (currentCall && nextStep) return [`${name}: ${nextStep.title} (${nextStep.id})`];
      return upcomingCall ? [`${name}: ${callExpression(upcomingCall.call)}`] : [];
    }),
  };
}
