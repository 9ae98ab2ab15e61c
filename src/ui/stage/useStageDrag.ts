import { useEffect } from 'react';
import { dispatch } from '../../session/actions/dispatch';
import { bindChoices } from '../../session/queries/bindChoices';
import { deviceMoves } from '../../session/queries/offeredEdits';
import type { Session } from '../../session/store/session';
import { currentSnapshot } from '../../session/trace/replay';
import { useSessionStore } from '../useSession';
import { useStageStore } from './stageStore';

const MIN_DRAG_PX = 6;

/** What a drop would do, the objects (indices) that take it, and what the label says elsewhere. */
interface Drop {
  readonly title: string;
  readonly targets: readonly number[];
  readonly hint: string;
  readonly run: () => void;
}

/**
 * Dragging the file of a device onto an iommufd, or onto its context, makes the bind; dragging a device onto a group or a
 * device set moves it there. The process panel and the Change menu have the same as buttons.
 */
export function useStageDrag(
  root: { readonly current: HTMLElement | null },
  editable: boolean,
): void {
  const session = useSessionStore();
  const stage = useStageStore();
  useEffect(() => {
    const element = root.current;
    if (!element || !editable) return undefined;
    const objectsAt = (target: EventTarget | null): readonly number[] => {
      const node = target instanceof Element ? target.closest<HTMLElement>('[data-node]') : null;
      return stage.getState().nodesById.get(node?.dataset['node'] ?? '')?.objects ?? [];
    };
    const dropsAt = (target: EventTarget | null): readonly Drop[] =>
      dropsOf(session, objectsAt(target));
    // Without this the press would pan the stage.
    const keepFromPanning = (event: MouseEvent): void => {
      if (event.button === 0 && dropsAt(event.target).length > 0) event.stopPropagation();
    };
    const start = (event: PointerEvent): void => {
      // A finger pans the stage.
      const isMouse = event.button === 0 && event.pointerType !== 'touch';
      const drops = isMouse ? dropsAt(event.target) : [];
      if (drops.length > 0) followDrag(element, event, drops, objectsAt);
    };
    element.addEventListener('mousedown', keepFromPanning, true);
    element.addEventListener('pointerdown', start);
    return () => {
      element.removeEventListener('mousedown', keepFromPanning, true);
      element.removeEventListener('pointerdown', start);
    };
  }, [root, editable, session, stage]);
}

/** What can be done with these objects by a drag. */
function dropsOf(session: Session, objects: readonly number[]): readonly Drop[] {
  const state = session.getState();
  return [
    ...bindChoices(currentSnapshot(state), objects).map(({ choice, targets }): Drop => ({
      title: choice.title,
      targets,
      hint: `Drop ${choice.call.fd ?? ''} on an iommufd to bind it`,
      run: () => {
        const { callMode } = session.getState().layout;
        dispatch(session, callMode === 'run' ? 'run-call' : 'start-call', choice);
      },
    })),
    ...deviceMoves(state, objects).map(({ device, offered: { title, edit }, targets }): Drop => ({
      title,
      targets,
      hint: `Drop ${device} on another group or device set to move it`,
      run: () => dispatch(session, 'edit-scenario', { edit }),
    })),
  ];
}

/** Shows the drop under the pointer until it is released; runs it if that is over a target. */
function followDrag(
  element: HTMLElement,
  pressed: PointerEvent,
  drops: readonly Drop[],
  objectsAt: (target: EventTarget | null) => readonly number[],
): void {
  const label = document.createElement('div');
  label.dataset['dragLabel'] = '';
  label.setAttribute('aria-hidden', 'true');
  const dropAt = (event: PointerEvent): Drop | undefined => {
    const objects = objectsAt(document.elementFromPoint(event.clientX, event.clientY));
    return drops.find(({ targets }) => targets.some((target) => objects.includes(target)));
  };
  const move = (event: PointerEvent): void => {
    const distance = Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY);
    if (!label.isConnected && distance < MIN_DRAG_PX) return;
    if (!label.isConnected) element.append(label);
    const drop = dropAt(event);
    label.dataset['dragLabel'] = drop ? 'ready' : '';
    label.textContent = drop?.title ?? drops[0]?.hint ?? '';
    label.style.left = `${event.clientX + 12}px`;
    label.style.top = `${event.clientY + 12}px`;
  };
  const end = (event: PointerEvent): void => {
    window.removeEventListener('pointermove', move);
    window.removeEventListener('pointerup', end);
    window.removeEventListener('pointercancel', end);
    if (!label.isConnected) return;
    label.remove();
    // The release is no click on the node.
    const noClick = (click: MouseEvent): void => click.stopPropagation();
    window.addEventListener('click', noClick, { capture: true, once: true });
    setTimeout(() => window.removeEventListener('click', noClick, true));
    if (event.type === 'pointerup') dropAt(event)?.run();
  };
  window.addEventListener('pointermove', move);
  window.addEventListener('pointerup', end);
  window.addEventListener('pointercancel', end);
}
