import { useEffect } from 'react';
import { dispatch } from '../../session/actions/dispatch';
import { bindChoices, type BindChoice } from '../../session/queries/bindChoices';
import { currentSnapshot } from '../../session/trace/replay';
import { useSessionStore } from '../useSession';
import { useStageStore } from './stageStore';

const MIN_DRAG_PX = 6;

/** Dragging the file of a device onto an iommufd, or onto its context, makes the bind. The process panel has the same call as a button. */
export function useBindDrag(
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
    const bindsAt = (target: EventTarget | null): readonly BindChoice[] =>
      bindChoices(currentSnapshot(session.getState()), objectsAt(target));
    // Without this the press would pan the stage.
    const keepFromPanning = (event: MouseEvent): void => {
      if (event.button === 0 && bindsAt(event.target).length > 0) event.stopPropagation();
    };
    const start = (event: PointerEvent): void => {
      // A finger pans the stage.
      const isMouse = event.button === 0 && event.pointerType !== 'touch';
      const binds = isMouse ? bindsAt(event.target) : [];
      if (binds.length > 0) followDrag(element, event, binds, objectsAt, drop);
    };
    const drop = ({ choice }: BindChoice): void => {
      const { callMode } = session.getState().layout;
      dispatch(session, callMode === 'run' ? 'run-call' : 'start-call', choice);
    };
    element.addEventListener('mousedown', keepFromPanning, true);
    element.addEventListener('pointerdown', start);
    return () => {
      element.removeEventListener('mousedown', keepFromPanning, true);
      element.removeEventListener('pointerdown', start);
    };
  }, [root, editable, session, stage]);
}

/** Shows the bind under the pointer until it is released; calls `drop` if that is over a target. */
function followDrag(
  element: HTMLElement,
  pressed: PointerEvent,
  binds: readonly BindChoice[],
  objectsAt: (target: EventTarget | null) => readonly number[],
  drop: (bind: BindChoice) => void,
): void {
  const label = document.createElement('div');
  label.dataset['bindLabel'] = '';
  label.setAttribute('aria-hidden', 'true');
  const bindAt = (event: PointerEvent): BindChoice | undefined => {
    const objects = objectsAt(document.elementFromPoint(event.clientX, event.clientY));
    return binds.find(({ targets }) => targets.some((target) => objects.includes(target)));
  };
  const move = (event: PointerEvent): void => {
    const distance = Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY);
    if (!label.isConnected && distance < MIN_DRAG_PX) return;
    if (!label.isConnected) element.append(label);
    const bind = bindAt(event);
    label.dataset['bindLabel'] = bind ? 'ready' : '';
    label.textContent = bind
      ? bind.choice.title
      : `Drop ${binds[0]?.choice.call.fd ?? ''} on an iommufd to bind it`;
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
    const bind = event.type === 'pointerup' ? bindAt(event) : undefined;
    if (bind) drop(bind);
  };
  window.addEventListener('pointermove', move);
  window.addEventListener('pointerup', end);
  window.addEventListener('pointercancel', end);
}
