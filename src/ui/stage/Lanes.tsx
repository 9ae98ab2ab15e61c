import { memo } from 'react';
import { ViewportPortal } from '@xyflow/react';
import styles from './Stage.module.css';
import { useStage } from './stageStore';

/** The lanes behind the nodes, each with its name along its left side. */
export const Lanes = memo(function Lanes() {
  const zones = useStage(state => state.scene.layout.zones);
  return (
    <ViewportPortal>
      <ul className={styles.zones} aria-label="Lanes, from user space down to hardware">
        {zones.map(({ id, lane, title, about, x, y, width, height }) => (
          <li key={id} data-lane={lane} title={about} style={{ left: x, top: y, width, height }}><span>{title}</span></li>
        ))}
      </ul>
    </ViewportPortal>
  );
});
