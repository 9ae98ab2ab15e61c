import { prefersReducedMotion } from '../../../session/actions/reducedMotion';
import { layoutFamilyOf } from '../scene';
import type { StageStore } from '../stageStore';

/** Duration of the CSS transition in Stage.module.css, ms. */
const ROWS_MOVE_MS = 260;

/**
 * When a step opens or closes a row of the graph, its nodes and lanes slide to their new places, and the edges, which have
 * new courses, fade in. Returns the function that stops it.
 */
export function animateRows(stage: StageStore, root: HTMLElement): () => void {
  let fades: readonly Animation[] = [];
  const stop = (): void => {
    for (const fade of fades) fade.cancel();
    fades = [];
    root.removeAttribute('data-rows-move');
  };
  const unsubscribe = stage.subscribe((state, before) => {
    if (state.scene.layout === before.scene.layout) return;
    stop();
    if (
      prefersReducedMotion() ||
      state.foldedGroups !== before.foldedGroups ||
      state.shape !== before.shape ||
      layoutFamilyOf(state.scene.setup).key !== layoutFamilyOf(before.scene.setup).key
    )
      return;
    // Subscribers run before React moves the nodes, so that the transition applies to that move.
    root.setAttribute('data-rows-move', '');
    fades = [...root.querySelectorAll('[data-edge-layer]')].map((layer) =>
      layer.animate([{ opacity: 0 }, { opacity: 0, offset: 0.4 }, { opacity: 1 }], {
        duration: ROWS_MOVE_MS,
      }),
    );
    const [first] = fades;
    if (first) first.onfinish = stop;
  });
  return () => {
    stop();
    unsubscribe();
  };
}
