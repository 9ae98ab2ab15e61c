import { useMemo } from 'react';
import { nodeCatalogOf } from '../../graph/model/nodeCatalog';
import type { ObjectSlot } from '../../kernel/compiler/program';
import { branchPath, currentSnapshot } from '../../session/trace/replay';
import { holdersOf, referencesTo, fieldValueText } from '../../session/queries/holders';
import { waitersOn, blockedBy } from '../../session/queries/blockedBy';
import { useSession, useSessionStore } from '../useSession';
import styles from './DetailsPanel.module.css';
import panels from './panels.module.css';
import { DetailSection, ReasonList } from './DetailSection';
import { fieldChanges, findFree } from '../../session/queries/fieldHistory';
import { dispatch } from '../../session/actions/dispatch';

/** An object in words: its fields, who points at it, who holds it and since when, and why it was freed. */
export function ObjectDetails({ object }: { readonly object: ObjectSlot }) {
  const session = useSessionStore();
  const frame = useSession(currentSnapshot);
  const moments = useSession(branchPath);
  const cursor = useSession((state) => state.run.cursor);
  const { program, state } = frame;
  const pointers = referencesTo(frame, object);
  const isLive = object.lifetime === undefined || state[object.lifetime] === 1;
  const waiting = waitersOn(frame, object);
  const freed = isLive ? undefined : findFree(moments, cursor, object.name);
  return (
    <>
      <p className={panels.note}>{object.spec.about}</p>
      {waiting.length > 0 && (
        <DetailSection title="Why blocked?">
          <ReasonList reasons={waiting.flatMap((task) => blockedBy(frame, moments, task))} />
        </DetailSection>
      )}
      {!isLive && (
        <DetailSection title={freed ? 'Why freed?' : 'Not allocated yet'}>
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
          {freed && pointers.length > 0 && (
            <p className={panels.bad}>Somebody still points at it.</p>
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
              <dd>{fieldValueText(frame, field)}</dd>
              <FieldHolders field={field} />
            </div>
          ))}
      </dl>
      <DeviceNodeUsers object={object} />
      <DetailSection title="Who points at it?">
        {pointers.length === 0 ? (
          <p>Nobody.</p>
        ) : (
          <ul>
            {pointers.map(({ from, via: by }) => (
              <li key={`${from} ${by}`}>
                <button type="button" onClick={() => dispatch(session, 'select', { name: from })}>
                  {from}
                </button>{' '}
                by <code>{by}</code>
              </li>
            ))}
          </ul>
        )}
      </DetailSection>
    </>
  );
}

/** The nodes in /dev by which it is opened, and the files that came of it. */
function DeviceNodeUsers({ object }: { readonly object: ObjectSlot }) {
  const session = useSessionStore();
  const { program, state } = useSession(currentSnapshot);
  return nodeCatalogOf(program).nodes.map(({ id, source: what }) => {
    if (what.kind !== 'deviceNode' || what.slot !== object) return undefined;
    const files = program.files.filter(
      ({ kind, device, group, object: file }) =>
        (object.key.device === undefined
          ? kind === 'group' && group === object.key.group
          : kind === 'cdev' && device === object.key.device) &&
        state[program.objects[file]?.lifetime ?? -1] === 1,
    );
    return (
      <DetailSection key={id} title="Who has opened it?">
        <p>
          <code>{what.path}</code> {state[what.field] === 1 ? 'is there.' : 'is not there.'}{' '}
          {files.length === 0 && 'No file came of it, or none is left.'}
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

/** Who holds a count or a lock, and when it changed on this run. */
function FieldHolders({ field }: { readonly field: number }) {
  const session = useSessionStore();
  const frame = useSession(currentSnapshot);
  const moments = useSession(branchPath);
  const cursor = useSession((state) => state.run.cursor);
  const spec = frame.program.fields[field];
  const counted =
    spec?.kind === 'refcount' || frame.program.counters.some((each) => each.field === field);
  const title = spec?.title ?? '';
  const owned = spec?.kind === 'mutex' && frame.state[field] !== 0;
  const changes = useMemo(
    () => (counted || owned ? fieldChanges(moments, title) : []),
    [counted, owned, moments, title],
  );
  const keepers = holdersOf(frame, field);
  const taken = owned ? changes.findLast(({ depth }) => depth <= cursor) : undefined;
  if (keepers.length === 0 && changes.length === 0) return undefined;
  return (
    <dd className={styles.held}>
      {taken && (
        <span>
          taken by {taken.stepLabel},{' '}
          <button type="button" onClick={() => dispatch(session, 'seek', { depth: taken.depth })}>
            step {taken.depth}
          </button>
        </span>
      )}
      {keepers.map((line) => (
        <span key={line}>{line}</span>
      ))}
      {counted && changes.length > 0 && (
        <span role="group" aria-label={`History of ${title}`} className={styles.history}>
          {changes.map(({ depth, value, stepLabel: by }) => (
            <button
              key={depth}
              type="button"
              aria-current={depth === cursor ? 'step' : undefined}
              data-future={depth > cursor ? '' : undefined}
              aria-label={`${value} at step ${depth}, ${by}`}
              title={`step ${depth}: ${by}`}
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
