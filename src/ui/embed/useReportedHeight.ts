import { useEffect, type RefObject } from 'react';
import type { EmbedParameters } from '../../host/parseEmbedParameters';
import type { PortAdapter } from '../../host/portAdapter';

/** Header, caption and playback bar. */
const BARS_PX = 150;
const TIMELINE_PX = 260;
const TIMELINE_BELOW_GRAPH_PX = 220;

/** Reports the preferred height to the host page. It depends on the width only, so that resizing the frame does not change it. */
export function useReportedHeight(
  root: RefObject<HTMLDivElement | null>,
  port: PortAdapter,
  view: EmbedParameters['view'],
): void {
  useEffect(() => {
    const element = root.current;
    // A table reports its own height.
    if (!element || view === 'compare' || view === 'verdicts') return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) port.resize(preferredHeight(entry.contentRect.width, view));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [root, port, view]);
}

/** The graph keeps about 5:3. */
function preferredHeight(width: number, view: EmbedParameters['view']): number {
  const graph = Math.max(260, Math.min(560, Math.round(width * 0.6)));
  if (view === 'timeline') return BARS_PX + TIMELINE_PX;
  return BARS_PX + graph + (view === 'both' ? TIMELINE_BELOW_GRAPH_PX : 0);
}
