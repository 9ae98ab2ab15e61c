import { memo } from 'react';
import { ViewportPortal } from '@xyflow/react';
import styles from './Stage.module.css';
import { layoutBounds } from './camera/viewport';
import { useStage } from './stageStore';

/** The lanes behind the nodes, each with its title on the left. */
export const Lanes = memo(function Lanes() {
  const layout = useStage((state) => state.scene.layout);
  const { x: left, y: top, width, height } = layoutBounds(layout);
  return (
    <ViewportPortal>
      <div className={styles.background} style={{ left, top, width, height }} />
      <ul className={styles.lanes} aria-label="Lanes, from user space down to hardware">
        {layout.zones.map(({ id, lane, title, about, ...zone }) => (
          <li
            key={id}
            data-lane={lane}
            data-tooltip={about}
            style={{ left: zone.x, top: zone.y, width: zone.width, height: zone.height }}
          >
            <span>
              {title.split(' ')[0]}
              <i>{title.slice(title.split(' ')[0]?.length)}</i>
            </span>
          </li>
        ))}
      </ul>
    </ViewportPortal>
  );
});
