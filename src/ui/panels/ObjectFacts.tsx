import { useMemo } from 'react';
import { fieldText } from '../../kernel/describe';
import type { ObjectSlot } from '../../kernel/program';
import { select } from '../../session/attention';
import { branchMoments, currentFrame } from '../../session/frame';
import { seek } from '../../session/moves';
import { changesOf, freeingOf, keepersOf, pointersTo } from '../../session/relations';
import { useSession, useSessionStore } from '../useSession';
import styles from './Details.module.css';
import panels from './panels.module.css';
import { Part } from './Part';

/** An object in words: its fields, who points at it, who holds it and since when, and why it was freed. */
export function ObjectFacts({ object }: { readonly object: ObjectSlot }) {
  const session = useSessionStore();
  const frame = useSession(currentFrame);
  const moments = useSession(branchMoments);
  const cursor = useSession((state) => state.run.cursor);
  const { program, state } = frame;
  const pointers = pointersTo(frame, object);
  const isLive = object.life === undefined || state[object.life] === 1;
  const freed = isLive ? undefined : freeingOf(moments, cursor, object.name);
  return (
    <>
      <p className={panels.note}>{object.spec.about}</p>
      {!isLive && (
        <Part title={freed ? 'Why freed?' : 'Not allocated yet'}>
          {freed && <p>Freed {freed.text}. <button type="button" onClick={() => seek(session, freed.depth)}>Go to step {freed.depth}</button></p>}
          {freed && pointers.length > 0 && <p className={panels.bad}>Somebody still points at it.</p>}
        </Part>
      )}
      <dl>
        {Object.entries(object.links).map(([name, { object: target }]) => <div key={name}><dt>{name}</dt><dd>{program.objects[target]?.name}</dd></div>)}
        {Object.entries(object.fields).filter(([, field]) => program.fields[field]?.kind !== 'life').map(([name, field]) => (
          <div key={name} className={styles.field}>
            <dt>{name}</dt>
            <dd>{fieldText(program, state, field)}</dd>
            <Held field={field} />
          </div>
        ))}
      </dl>
      <Part title="Who points at it?">
        {pointers.length === 0
          ? <p>Nobody.</p>
          : <ul>{pointers.map(({ from, by }) => <li key={`${from} ${by}`}><button type="button" onClick={() => select(session, from)}>{from}</button> by <code>{by}</code></li>)}</ul>}
      </Part>
    </>
  );
}

/** Who holds a count or a lock, and when it changed on this run. */
function Held({ field }: { readonly field: number }) {
  const session = useSessionStore();
  const frame = useSession(currentFrame);
  const moments = useSession(branchMoments);
  const cursor = useSession((state) => state.run.cursor);
  const spec = frame.program.fields[field];
  const counted = spec?.kind === 'refcount' || frame.program.counters.some((each) => each.field === field);
  const title = spec?.title ?? '';
  const changes = useMemo(() => (counted ? changesOf(moments, title) : []), [counted, moments, title]);
  const keepers = keepersOf(frame, field);
  if (keepers.length === 0 && changes.length === 0) return undefined;
  return (
    <dd className={styles.held}>
      {keepers.map((line) => <span key={line}>{line}</span>)}
      {changes.length > 0 && (
        <span role="group" aria-label={`History of ${title}`} className={styles.history}>
          {changes.map(({ depth, value, by }) => (
            <button key={depth} type="button" aria-current={depth === cursor ? 'step' : undefined} data-future={depth > cursor ? '' : undefined} aria-label={`${value} at step ${depth}, ${by}`} title={`step ${depth}: ${by}`} onClick={() => seek(session, depth)}>{value}</button>
          ))}
        </span>
      )}
    </dd>
  );
}
