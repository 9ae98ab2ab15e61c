import { memo, useLayoutEffect, useMemo, useRef } from 'react';
import { useStoreApi, ViewportPortal } from '@xyflow/react';
import { boundsOf } from './camera';
import styles from './Stage.module.css';
import { useStage } from './stageStore';

/** The lanes behind the nodes, and their names, which stay at the left edge of the view. */
export const Lanes = memo(function Lanes() {
  const layout = useStage(state => state.scene.layout);
  const names = useRef<HTMLUListElement>(null);
  const store = useStoreApi();
  const { lanes } = layout;
  const bounds = useMemo(() => boundsOf(layout.places.values()), [layout]);
  useLayoutEffect(() => {
    const place = (): void => {
      const [, y, zoom] = store.getState().transform;
      lanes.forEach((lane, i) => {
        const name = names.current?.children[i];
        if (name instanceof HTMLElement) name.style.transform = `translateY(${y + (lane.top - 11) * zoom - 9}px)`;
      });
    };
    place();
    return store.subscribe(place);
  }, [lanes, store]);
  return (
    <>
      <ViewportPortal>
        <div className={styles.bands} aria-hidden="true">
          {lanes.map(lane => <div key={lane.id} data-lane={lane.id} style={{ left: bounds.x - 2000, top: lane.top - 22, width: bounds.width + 4000, height: lane.height + 44 }} />)}
        </div>
      </ViewportPortal>
      <ul className={styles.names} ref={names} aria-label="Lanes, from user space down to hardware">
        {lanes.map(lane => <li key={lane.id} title={lane.about}>{lane.title}</li>)}
      </ul>
    </>
  );
});
