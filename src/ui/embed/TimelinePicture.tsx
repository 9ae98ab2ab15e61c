import { useMemo } from 'react';
import { altText } from '../../export/altText';
import { svgTimeline } from '../../export/svgTimeline';
import { sharedTrace } from '../../session/sharedTrace';
import { useSession } from '../useSession';
import styles from './Embed.module.css';

/** The branch as the picture that the SVG export gives. */
export function TimelinePicture() {
  const trace = useSession((state) => sharedTrace(state, 'branch'));
  const theme = useSession((state) => state.settings.theme);
  const address = useMemo(() => `data:image/svg+xml,${encodeURIComponent(svgTimeline(trace, { theme: theme === 'system' ? 'auto' : theme }))}`, [trace, theme]);
  return <img className={styles.picture} src={address} alt={altText(trace)} />;
}
