import type { Session, SessionState } from '../store/session';
import { ARGUMENT_COMMANDS } from './argumentCommands';
import type { Command } from './command';
import { MENU_COMMANDS } from './menuCommands';

const COMMANDS = { ...MENU_COMMANDS, ...ARGUMENT_COMMANDS };

/** Id of a command that takes no arguments and is listed in the help and the palette. */
export type MenuCommandId = keyof typeof MENU_COMMANDS;

/** Id of any command. */
export type CommandId = keyof typeof COMMANDS;

type ArgumentsOf<Id extends CommandId> =
  Parameters<(typeof COMMANDS)[Id]['run']> extends [Session, infer Args] ? [args: Args] : [];

/** Runs a command if it is enabled. */
export function dispatch<Id extends CommandId>(
  session: Session,
  id: Id,
  ...[args]: ArgumentsOf<Id>
): void {
  const command = COMMANDS[id] as Command<unknown>;
  if (command.enabled?.(session.getState()) ?? true) command.run(session, args);
}

/** A command of the help and the palette, with its id. */
export interface MenuCommand extends Command {
  readonly id: MenuCommandId;
}

/** Every menu command, in the order of the help. */
export const MENU_COMMAND_LIST: readonly MenuCommand[] = Object.entries(MENU_COMMANDS).map(
  ([id, command]) => ({ id: id as MenuCommandId, ...command }),
);

/** The menu command with that id, for ids that come from outside the program's types. */
export function menuCommand(id: string | undefined): MenuCommand | undefined {
  return MENU_COMMAND_LIST.find((command) => command.id === id);
}

/** Whether a menu command can run now. */
export function isEnabledCommand(state: SessionState, id: MenuCommandId): boolean {
  const command: Command = MENU_COMMANDS[id];
  return command.enabled?.(state) ?? true;
}

/** What the keys and the host page of an embed may dispatch. The other commands need the whole page. */
export const EMBED_COMMANDS = [
  'play-pause',
  'forward',
  'back',
  'start',
  'end',
  'undo',
  'redo',
  'reset',
  'slower',
  'faster',
  'next-beat',
  'last-beat',
  'theme',
  'compare-play',
  'compare-forward',
  'compare-back',
  'compare-next',
  'compare-previous',
  'step',
  'seek',
  'play',
  'pause',
  'change-settings',
  'show-run',
] as const satisfies readonly CommandId[];

/** Id of a command that an embed may dispatch. */
export type EmbedCommandId = (typeof EMBED_COMMANDS)[number];
