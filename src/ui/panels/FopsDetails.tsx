import { accessBeforeBind } from '../../kernel/language/accessBeforeBind';
import { branchPath, currentSnapshot } from '../../session/trace/replay';
import { fopsUsers } from '../../session/queries/fopsUsers';
import { useSession, useSessionStore } from '../useSession';
import panels from './panels.module.css';
import { DetailSection } from './DetailSection';
import { fopsSwitchesOf, type FopsSwitch } from '../../session/queries/fopsSwitches';
import { dispatch } from '../../session/actions/dispatch';

/** A table of file operations, or the gate before the only one, in words: what it admits, who goes through it, and how a file gets from one to the other. */
export function FopsDetails({ table }: { readonly table: 'parked' | 'normal' }) {
  const session = useSessionStore();
  const frame = useSession(currentSnapshot);
  const moments = useSession(branchPath);
  const { program } = frame;
  const passing = fopsUsers(frame, moments, table);
  const { switches: turns, reversible: back } = fopsSwitchesOf(program);
  return (
    <>
      <p className={panels.note}>
        {table === 'normal' ? (
          'Read, write, mmap and ioctl reach the ops of the driver.'
        ) : (
          <UnboundFileAccess />
        )}
      </p>
      <DetailSection title="Which files go through it?">
        {passing.length === 0 ? (
          <p>None at this step.</p>
        ) : (
          <ul>
            {passing.map(({ file, openers, since }) => (
              <li key={file}>
                <button type="button" onClick={() => dispatch(session, 'select', { name: file })}>
                  {file}
                </button>
                {openers.length === 0 ? (
                  ', in no fd table'
                ) : (
                  <>
                    , open in{' '}
                    {openers.map(({ process, fd }, i) => (
                      <span key={`${process} ${fd}`}>
                        {i > 0 && ' and '}
                        <button
                          type="button"
                          onClick={() => dispatch(session, 'select', { name: process })}
                        >
                          {process}
                        </button>
                        {fd !== file && ` as ${fd}`}
                      </span>
                    ))}
                  </>
                )}
                {since && (
                  <>
                    :{' '}
                    <button
                      type="button"
                      onClick={() => dispatch(session, 'seek', { depth: since.depth })}
                    >
                      since step {since.depth}
                    </button>
                    , {since.by}
                  </>
                )}
              </li>
            ))}
          </ul>
        )}
      </DetailSection>
      <DetailSection
        title={table === 'parked' ? 'How does a file leave it?' : 'How does a file come to it?'}
      >
        <ul>
          {turns.map((turn) => (
            <li key={`${turn.call} ${turn.stepId}`}>
              <FopsChangeStep turn={turn} />
            </li>
          ))}
        </ul>
        <p>
          {back
            ? 'Some rows also take it back.'
            : 'No row takes it back: it happens to a file once, and lasts until its close.'}
        </p>
      </DetailSection>
    </>
  );
}

/** What a file may do that is not bound. */
function UnboundFileAccess() {
  const model = useSession((state) => currentSnapshot(state).program.model);
  const { reachableOps: reaches, refusal } = accessBeforeBind(model);
  const how = refusal && (
    <>
      <code>-{refusal.errno}</code> at <code>{refusal.step}</code>: {refusal.reason}.
    </>
  );
  const kept =
    model.parkedFileKinds.length === 0
      ? 'The fops of a file never change here; what it may do is asked in front of them. '
      : `A new file of the ${model.parkedFileKinds.map((kind) => (kind === 'device' ? 'group’s device fd' : kind)).join(' and of the ')} starts with these. `;
  if (reaches.length > 0)
    return (
      <>
        {kept}An {reaches.join(', ')} reaches the driver all the same; the rest is refused, {how}
      </>
    );
  return (
    <>
      {kept}Bind is admitted, and close. A read, write, mmap or any other ioctl is refused, {how}
    </>
  );
}

/** One row that lets a file through. */
function FopsChangeStep({
  turn: {
    call,
    stepId: at,
    confidence,
    location: place,
    value,
    storeRelease: release,
    locks,
    createsFile: made,
    perFile: ofFile,
  },
}: {
  readonly turn: FopsSwitch;
}) {
  const whose = ofFile ? 'of that one file' : 'for every file of the device at once';
  const does =
    place !== 'file.f_op' ? (
      <>
        sets <code>{place}</code> to {value}, {whose}
        {release && ', with a store-release'},
      </>
    ) : made ? (
      <>makes its file with the normal fops</>
    ) : (
      <>
        swaps the <code>f_op</code> {whose}
      </>
    );
  return (
    <>
      <code>{call}</code> {does} at <code>{at}</code>
      {locks.length === 0 ? (
        ', under no lock'
      ) : (
        <>
          , under{' '}
          {locks.map((lock, i) => (
            <span key={lock}>
              {i > 0 && ' and '}
              <code>{lock}</code>
            </span>
          ))}
        </>
      )}{' '}
      ({confidence === 'MINE' ? 'found by reading, unconfirmed' : confidence}).
    </>
  );
}
