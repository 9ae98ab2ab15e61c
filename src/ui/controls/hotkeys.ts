import type { Command } from '../../session/actions/command';
import { dispatch, MENU_COMMAND_LIST, type CommandId } from '../../session/actions/dispatch';
import type { Session } from '../../session/store/session';

export const IS_MAC = /mac|iphone|ipad/i.test(navigator.userAgent);

const KEY_LABELS: Readonly<Record<string, string>> = {
  ArrowRight: 'Right',
  ArrowLeft: 'Left',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  Escape: 'Esc',
  Mod: IS_MAC ? '⌘' : 'Ctrl',
  Shift: IS_MAC ? '⇧' : 'Shift',
};

/** A hotkey for display: `Ctrl Z`. */
export function hotkeyText(hotkey: string): string {
  return hotkeyParts(hotkey)
    .map((part) => KEY_LABELS[part] ?? part)
    .join(' ');
}

function hotkeyParts(hotkey: string): readonly string[] {
  return hotkey === '+' ? ['+'] : hotkey.split('+');
}

/** Runs the command of a key press if it is one of `allowed`, unless the focused control uses that key. */
export function handleHotkey(
  session: Session,
  event: KeyboardEvent,
  allowed?: readonly CommandId[],
): void {
  if (event.defaultPrevented || event.altKey || session.getState().dialog !== undefined) return;
  const state = session.getState();
  const candidates = MENU_COMMAND_LIST.filter(
    (command) =>
      (allowed?.includes(command.id) ?? true) &&
      hotkeysOf(command).some((key) => matchesHotkey(key, event)),
  );
  const command =
    candidates.find(({ exclusiveWhile }) => exclusiveWhile?.(state) === true) ??
    candidates.find(({ exclusiveWhile }) => exclusiveWhile === undefined);
  if (event.key === 'Escape' && isPopoverOpen()) return;
  if (!command || isUsedByFocusedControl(event)) return;
  event.preventDefault();
  dispatch(session, command.id);
}

/** Whether Escape closes a popover now (a tooltip is not one). */
export function isPopoverOpen(): boolean {
  return document.querySelector('[popover="auto"]:popover-open') !== null;
}

/** Every key of a command. */
export function hotkeysOf({
  hotkey,
  alternateHotkeys = [],
}: Pick<Command, 'hotkey' | 'alternateHotkeys'>): readonly string[] {
  return hotkey === undefined ? alternateHotkeys : [hotkey, ...alternateHotkeys];
}

function matchesHotkey(hotkey: string, event: KeyboardEvent): boolean {
  const parts = hotkeyParts(hotkey);
  const key = parts.at(-1) ?? '';
  const mod = IS_MAC ? event.metaKey : event.ctrlKey;
  if (parts.includes('Mod') !== mod || (IS_MAC ? event.ctrlKey : event.metaKey)) return false;
  if (parts.includes('Shift') !== event.shiftKey && /^[a-z]$/i.test(key)) return false;
  const pressed = event.key === ' ' ? 'Space' : event.key;
  return pressed.toLowerCase() === key.toLowerCase();
}

/** Fields, lists and sliders keep their keys; a radio button keeps Space and the arrows, a button only Space. */
function isUsedByFocusedControl(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : undefined;
  if (!target) return false;
  if (
    target.closest(
      'input:not([type="checkbox"], [type="radio"], [type="range"]), textarea, select, [contenteditable], [role="listbox"], [role="menu"], [role="dialog"], [role="slider"], [role="tablist"]',
    )
  )
    return true;
  if (event.key === ' ')
    return (
      target.closest(
        'button, a, summary, [type="radio"], [role="button"], [role="combobox"], [tabindex="0"]',
      ) !== null
    );
  if (event.key.startsWith('Page')) return target.closest('[type="range"]') !== null;
  return (
    /^(Arrow|Home|End)/.test(event.key) &&
    target.closest('[role="combobox"], [type="radio"], [type="range"], [data-own-arrows]') !== null
  );
}
