import { memo } from 'react';
import { ViewportPortal } from '@xyflow/react';
import styles from './Stage.module.css';
import { layoutBounds } from './camera/viewport';
import { useStage } from './stageStore';

/** The lanes behind the nodes, each with its name along its left side. */
export const Lanes = memo(function Lanes() {
  const layout = useStage((state) => state.scene.layout);
  const { x, y, width, height } = layoutBounds(layout);
  return (
    <ViewportPortal>
      <div className={styles.ground} style={{ left: x, top: y, width, height }} />
      <ul className={styles.zones} aria-label="Lanes, from user space down to hardware">
        {layout.zones.map(({ id, lane, title, about, x, y, width, height }) => (
          <li key={id} data-lane={lane} title={about} style={{ left: x, top: y, width, height }}>
            <span>{title}</span>
          </li>
        ))}
      </ul>
    </ViewportPortal>
  );
});
