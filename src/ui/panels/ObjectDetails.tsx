import { useMemo } from 'react';
import { nodeCatalogOf } from '../../graph/model/nodeCatalog';
import type { ObjectSlot } from '../../kernel/compiler/program';
import { currentSnapshot } from '../../session/trace/replay';
import { visiblePath } from '../../session/queries/visiblePath';
import { holdersOf, referencesTo, fieldValueText } from '../../session/queries/holders';
import { waitersOn, blockedBy } from '../../session/queries/blockedBy';
import { useSession, useSessionStore } from '../useSession';
import styles from './DetailsPanel.module.css';
import panels from './panels.module.css';
import { DetailSection, ReasonList } from './DetailSection';
import { fieldChanges, findFree } from '../../session/queries/fieldHistory';
import { dispatch } from '../../session/actions/dispatch';

/** A kernel object: its fields, holders and references, who waits for it, and what freed it. */
export function ObjectDetails({ object }: { readonly object: ObjectSlot }) {
  const session = useSessionStore();
  const snapshot = useSession(currentSnapshot);
  const path = useSession(visiblePath);
  const cursor = useSession((state) => state.run.cursor);
  const { program, state } = snapshot;
  const references = referencesTo(snapshot, object);
  const isLive = object.lifetime === undefined || state[object.lifetime] === 1;
  const waiters = waitersOn(snapshot, object);
  const freed = isLive ? undefined : findFree(path, cursor, object.name);
  return (
    <>
      <p className={panels.note}>{object.spec.about}</p>
      {waiters.length > 0 && (
        <DetailSection title="Blocked by">
          <ReasonList reasons={waiters.flatMap((task) => blockedBy(snapshot, path, task))} />
        </DetailSection>
      )}
      {!isLive && (
        <DetailSection title={freed ? 'Freed' : 'Not allocated yet'}>
          {freed && (
            <p>
              Freed {freed.text}.
              {freed.depth !== cursor && (
                <>
                  {' '}
                  <button
                    type="button"
                    onClick={() => dispatch(session, 'seek', { depth: freed.depth })}
                  >
                    Go to step {freed.depth}
                  </button>
                </>
              )}
            </p>
          )}
          {freed && references.length > 0 && (
            <p className={panels.bad}>References to the freed object remain.</p>
          )}
        </DetailSection>
      )}
      <dl>
        {Object.entries(object.links).map(([name, { object: target }]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{program.objects[target]?.name}</dd>
          </div>
        ))}
        {Object.entries(object.fields)
          .filter(([, field]) => program.fields[field]?.kind !== 'life')
          .map(([name, field]) => (
            <div key={name} className={styles.field}>
              <dt>{name}</dt>
              <dd>{fieldValueText(snapshot, field)}</dd>
              <FieldHolders field={field} />
            </div>
          ))}
      </dl>
      <DeviceNodeUsers object={object} />
      <DetailSection title="References">
        {references.length === 0 ? (
          <p>None.</p>
        ) : (
          <ul>
            {references.map(({ from, via }) => (
              <li key={`${from} ${via}`}>
                <button type="button" onClick={() => dispatch(session, 'select', { name: from })}>
                  {from}
                </button>{' '}
                via <code>{via}</code>
              </li>
            ))}
          </ul>
        )}
      </DetailSection>
    </>
  );
}

/** The device nodes that open the object, and their open files. */
function DeviceNodeUsers({ object }: { readonly object: ObjectSlot }) {
  const session = useSessionStore();
  const { program, state } = useSession(currentSnapshot);
  return nodeCatalogOf(program).nodes.map(({ id, source }) => {
    if (source.kind !== 'deviceNode' || source.slot !== object) return undefined;
    const files = program.files.filter(
      ({ kind, device, group, object: fileObject }) =>
        (object.key.device === undefined
          ? kind === 'group' && group === object.key.group
          : kind === 'cdev' && device === object.key.device) &&
        state[program.objects[fileObject]?.lifetime ?? -1] === 1,
    );
    return (
      <DetailSection key={id} title="Device node">
        <p>
          <code>{source.path}</code> {state[source.field] === 1 ? 'exists.' : 'does not exist.'}{' '}
          {files.length === 0 && 'It has no open files.'}
        </p>
        {files.length > 0 && (
          <ul>
            {files.map(({ name, by }) => (
              <li key={name}>
                <button type="button" onClick={() => dispatch(session, 'select', { name })}>
                  {name}
                </button>
                , opened by {by}
              </li>
            ))}
          </ul>
        )}
      </DetailSection>
    );
  });
}

/** Who holds a refcount or a lock, and its changes in this run. */
function FieldHolders({ field }: { readonly field: number }) {
  const session = useSessionStore();
  const snapshot = useSession(currentSnapshot);
  const path = useSession(visiblePath);
  const cursor = useSession((state) => state.run.cursor);
  const spec = snapshot.program.fields[field];
  const isCounter =
    spec?.kind === 'refcount' || snapshot.program.counters.some((each) => each.field === field);
  const title = spec?.title ?? '';
  const isHeld = spec?.kind === 'mutex' && snapshot.state[field] !== 0;
  const changes = useMemo(
    () => (isCounter || isHeld ? fieldChanges(path, title) : []),
    [isCounter, isHeld, path, title],
  );
  const holders = holdersOf(snapshot, field);
  const taken = isHeld ? changes.findLast(({ depth }) => depth <= cursor) : undefined;
  if (holders.length === 0 && changes.length === 0) return undefined;
  return (
    <dd className={styles.holders}>
      {taken && (
        <span>
          taken by {taken.stepLabel},{' '}
          <button type="button" onClick={() => dispatch(session, 'seek', { depth: taken.depth })}>
            step {taken.depth}
          </button>
        </span>
      )}
      {holders.map((text) => (
        <span key={text}>{text}</span>
      ))}
      {isCounter && changes.length > 0 && (
        <span role="group" aria-label={`History of ${title}`} className={styles.history}>
          {changes.map(({ depth, value, stepLabel }) => (
            <button
              key={depth}
              type="button"
              aria-current={depth === cursor ? 'step' : undefined}
              data-future={depth > cursor ? '' : undefined}
              aria-label={`${value} at step ${depth}, ${stepLabel}`}
              data-tooltip={`step ${depth}: ${stepLabel}`}
              onClick={() => dispatch(session, 'seek', { depth })}
            >
              {value}
            </button>
          ))}
        </span>
      )}
    </dd>
  );
}
