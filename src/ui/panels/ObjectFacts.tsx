import { useMemo } from 'react';
import { castOf } from '../../graph/cast';
import type { ObjectSlot } from '../../kernel/program';
import { select } from '../../session/attention';
import { branchMoments, currentFrame } from '../../session/frame';
import { seek } from '../../session/moves';
import { changesOf, freeingOf, keepersOf, pointersTo, valueText } from '../../session/relations';
import { waitersAt, whyBlocked } from '../../session/why';
import { useSession, useSessionStore } from '../useSession';
import styles from './Details.module.css';
import panels from './panels.module.css';
import { Part, Reasons } from './Part';

/** An object in words: its fields, who points at it, who holds it and since when, and why it was freed. */
export function ObjectFacts({ object }: { readonly object: ObjectSlot }) {
  const session = useSessionStore();
  const frame = useSession(currentFrame);
  const moments = useSession(branchMoments);
  const cursor = useSession((state) => state.run.cursor);
  const { program, state } = frame;
  const pointers = pointersTo(frame, object);
  const isLive = object.life === undefined || state[object.life] === 1;
  const waiting = waitersAt(frame, object);
  const freed = isLive ? undefined : freeingOf(moments, cursor, object.name);
  return (
    <>
      <p className={panels.note}>{object.spec.about}</p>
      {waiting.length > 0 && (
        <Part title="Why blocked?">
          <Reasons reasons={waiting.flatMap((task) => whyBlocked(frame, moments, task))} />
        </Part>
      )}
      {!isLive && (
        <Part title={freed ? 'Why freed?' : 'Not allocated yet'}>
          {freed && (
            <p>
              Freed {freed.text}.
              {freed.depth !== cursor && (
                <>
                  {' '}
                  <button type="button" onClick={() => seek(session, freed.depth)}>
                    Go to step {freed.depth}
                  </button>
                </>
              )}
            </p>
          )}
          {freed && pointers.length > 0 && (
            <p className={panels.bad}>Somebody still points at it.</p>
          )}
        </Part>
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
              <dd>{valueText(frame, field)}</dd>
              <Held field={field} />
            </div>
          ))}
      </dl>
      <DeviceNodes object={object} />
      <Part title="Who points at it?">
        {pointers.length === 0 ? (
          <p>Nobody.</p>
        ) : (
          <ul>
            {pointers.map(({ from, by }) => (
              <li key={`${from} ${by}`}>
                <button type="button" onClick={() => select(session, from)}>
                  {from}
                </button>{' '}
                by <code>{by}</code>
              </li>
            ))}
          </ul>
        )}
      </Part>
    </>
  );
}

/** The nodes in /dev by which it is opened, and the files that came of it. */
function DeviceNodes({ object }: { readonly object: ObjectSlot }) {
  const session = useSessionStore();
  const { program, state } = useSession(currentFrame);
  return castOf(program).actors.map(({ id, what }) => {
    if (what.kind !== 'node' || what.slot !== object) return undefined;
    const files = program.files.filter(
      ({ kind, device, group, object: file }) =>
        (object.anchor.device === undefined
          ? kind === 'group' && group === object.anchor.group
          : kind === 'cdev' && device === object.anchor.device) &&
        state[program.objects[file]?.life ?? -1] === 1,
    );
    return (
      <Part key={id} title="Who has opened it?">
        <p>
          <code>{what.path}</code> {state[what.field] === 1 ? 'is there.' : 'is not there.'}{' '}
          {files.length === 0 && 'No file came of it, or none is left.'}
        </p>
        {files.length > 0 && (
          <ul>
            {files.map(({ name, by }) => (
              <li key={name}>
                <button type="button" onClick={() => select(session, name)}>
                  {name}
                </button>
                , opened by {by}
              </li>
            ))}
          </ul>
        )}
      </Part>
    );
  });
}

/** Who holds a count or a lock, and when it changed on this run. */
function Held({ field }: { readonly field: number }) {
  const session = useSessionStore();
  const frame = useSession(currentFrame);
  const moments = useSession(branchMoments);
  const cursor = useSession((state) => state.run.cursor);
  const spec = frame.program.fields[field];
  const counted =
    spec?.kind === 'refcount' || frame.program.counters.some((each) => each.field === field);
  const title = spec?.title ?? '';
  const owned = spec?.kind === 'mutex' && frame.state[field] !== 0;
  const changes = useMemo(
    () => (counted || owned ? changesOf(moments, title) : []),
    [counted, owned, moments, title],
  );
  const keepers = keepersOf(frame, field);
  const taken = owned ? changes.findLast(({ depth }) => depth <= cursor) : undefined;
  if (keepers.length === 0 && changes.length === 0) return undefined;
  return (
    <dd className={styles.held}>
      {taken && (
        <span>
          taken by {taken.by},{' '}
          <button type="button" onClick={() => seek(session, taken.depth)}>
            step {taken.depth}
          </button>
        </span>
      )}
      {keepers.map((line) => (
        <span key={line}>{line}</span>
      ))}
      {counted && changes.length > 0 && (
        <span role="group" aria-label={`History of ${title}`} className={styles.history}>
          {changes.map(({ depth, value, by }) => (
            <button
              key={depth}
              type="button"
              aria-current={depth === cursor ? 'step' : undefined}
              data-future={depth > cursor ? '' : undefined}
              aria-label={`${value} at step ${depth}, ${by}`}
              title={`step ${depth}: ${by}`}
              onClick={() => seek(session, depth)}
            >
              {value}
            </button>
          ))}
        </span>
      )}
    </dd>
  );
}
