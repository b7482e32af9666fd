import { type CommandMeta } from '#libs/kernel';

/** What of a command its watcher is told: never its data. */
export type WatchedCommand = { readonly type: string; readonly meta: CommandMeta };

/** Stands around every command that is run. Given to every command handler when the process provides one. */
export abstract class CommandWatch {
  /** @param run runs the command, with the metadata it is given */
  abstract around<T>(command: WatchedCommand, run: (meta: CommandMeta) => Promise<T>): Promise<T>;
}
