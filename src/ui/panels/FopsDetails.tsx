import { accessBeforeBind } from '../../kernel/language/accessBeforeBind';
import { currentSnapshot } from '../../session/trace/replay';
import { visiblePath } from '../../session/queries/visiblePath';
import { fopsUsers } from '../../session/queries/fopsUsers';
import { useSession, useSessionStore } from '../useSession';
import { confidenceText } from './confidenceText';
import { DetailSection } from './DetailSection';
import { fopsSwitchesOf, type FopsSwitch } from '../../session/queries/fopsSwitches';
import panels from './panels.module.css';
import { dispatch } from '../../session/actions/dispatch';

/** A table of file operations, or the access flag in front of the only one: what it admits, its files, and the steps that change it. */
export function FopsDetails({ table }: { readonly table: 'parked' | 'normal' }) {
  const session = useSessionStore();
  const snapshot = useSession(currentSnapshot);
  const path = useSession(visiblePath);
  const users = fopsUsers(snapshot, path, table);
  const { switches, reversible } = fopsSwitchesOf(snapshot.program);
  const hasAccessFlag = snapshot.program.model.parkedFileKinds.length === 0;
  return (
    <>
      <p className={panels.note}>
        {table === 'normal' ? (
          'Read, write, mmap and ioctl reach the driver’s ops.'
        ) : (
          <UnboundFileAccess />
        )}
      </p>
      <DetailSection title="Files">
        {users.length === 0 ? (
          <p>None at this step.</p>
        ) : (
          <ul>
            {users.map(({ file, openers, since }) => (
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
        title={
          hasAccessFlag
            ? 'Which step grants access?'
            : `Which step ${table === 'parked' ? 'replaces' : 'installs'} these fops?`
        }
      >
        <ul>
          {switches.map((fopsSwitch) => (
            <li key={`${fopsSwitch.call} ${fopsSwitch.stepId}`}>
              <FopsChangeStep fopsSwitch={fopsSwitch} />
            </li>
          ))}
        </ul>
        <p>
          {reversible
            ? 'Other steps reverse it.'
            : 'No step reverses it: it lasts until the file is closed.'}
        </p>
      </DetailSection>
    </>
  );
}

/** What a file can do before bind. */
function UnboundFileAccess() {
  const model = useSession((state) => currentSnapshot(state).program.model);
  const { reachableOps, refusal } = accessBeforeBind(model);
  const refusalText = refusal && (
    <>
      <code>-{refusal.errno}</code> at <code>{refusal.step}</code>: {refusal.reason}.
    </>
  );
  const start =
    model.parkedFileKinds.length === 0
      ? 'The fops of a file never change here; each op first checks a flag. '
      : `A new file of the ${model.parkedFileKinds.map((kind) => (kind === 'device' ? 'group’s device fd' : kind)).join(' and of the ')} starts with these. `;
  if (reachableOps.length > 0)
    return (
      <>
        {start}
        {reachableOps.join(', ')} still {reachableOps.length === 1 ? 'reaches' : 'reach'} the
        driver; the rest is refused, {refusalText}
      </>
    );
  return (
    <>
      {start}Bind and close are allowed. Read, write, mmap and any other ioctl are refused,{' '}
      {refusalText}
    </>
  );
}

/** One step that gives a file access to the driver. */
function FopsChangeStep({ fopsSwitch }: { readonly fopsSwitch: FopsSwitch }) {
  const { call, stepId, confidence, location, value, storeRelease, locks, createsFile, perFile } =
    fopsSwitch;
  const scope = perFile ? 'of that one file' : 'for every file of the device at once';
  const change =
    location !== 'file.f_op' ? (
      <>
        sets <code>{location}</code> to {value}, {scope}
        {storeRelease && ', with a store-release'},
      </>
    ) : createsFile ? (
      <>creates its file with the normal fops</>
    ) : (
      <>
        replaces the <code>f_op</code> {scope}
      </>
    );
  return (
    <>
      <code>{call}</code> {change} at <code>{stepId}</code>
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
      ({confidenceText(confidence)}).
    </>
  );
}
