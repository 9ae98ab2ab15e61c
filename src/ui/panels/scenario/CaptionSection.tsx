import { LIMITS } from '../../../scenario/format/limits';
import type { Scenario } from '../../../scenario/format/scenario';
import { dispatch } from '../../../session/actions/dispatch';
import { branchCaptions, currentCaption } from '../../../session/queries/captions';
import { currentSnapshot } from '../../../session/trace/replay';
import { useSession, useSessionStore } from '../../useSession';
import { FormSection, IconButton } from './formParts';
import { TextField } from './TextField';
import styles from './ScenarioPanel.module.css';

/** The caption of the step on screen, and all captions. */
export function CaptionSection({ scenario }: { readonly scenario: Scenario }) {
  const session = useSessionStore();
  const { step, task, program } = useSession(currentSnapshot);
  const caption = useSession((state) => currentCaption(state)?.say);
  const captions = useSession(branchCaptions);
  const by = program.tasks[task ?? -1]?.name;
  return (
    <FormSection title="Captions" count={scenario.beats.length}>
      {step ? (
        <>
          <p className={styles.note}>
            At the step on screen, <code>{step.id}</code> of <code>{by}</code>:
          </p>
          <TextField
            label="Caption of the step on screen"
            value={caption ?? ''}
            rows={2}
            maxLength={LIMITS.text}
            placeholder="What a reader should notice here"
            onCommit={(say) => dispatch(session, 'write-caption', { say })}
          />
        </>
      ) : (
        <p className={styles.note}>Go to a step to write its caption.</p>
      )}
      <ol>
        {scenario.beats.map((beat, index) => {
          const depth = captions.findIndex(
            (each) => each?.at === beat.at && each.by === beat.by && each.say === beat.say,
          );
          return (
            // A caption is known by its place: two can be equal.
            <li key={index} className={styles.caption}>
              <button
                type="button"
                aria-label={`Go to the step of caption ${index + 1}`}
                disabled={depth < 0}
                onClick={() => dispatch(session, 'seek', { depth })}
              >
                <code>
                  {beat.at} {beat.by}
                </code>
                {depth < 0 && ' (not in this run)'}
              </button>
              <IconButton
                icon="close"
                label={`Remove caption ${index + 1}`}
                onPress={() =>
                  dispatch(session, 'edit-scenario', { edit: { kind: 'remove-caption', index } })
                }
              />
              <TextField
                label={`Caption ${index + 1}`}
                value={beat.say}
                rows={2}
                maxLength={LIMITS.text}
                onCommit={(say) =>
                  dispatch(session, 'edit-scenario', {
                    edit:
                      say === ''
                        ? { kind: 'remove-caption', index }
                        : { kind: 'change-caption', index, say },
                  })
                }
              />
            </li>
          );
        })}
      </ol>
    </FormSection>
  );
}
