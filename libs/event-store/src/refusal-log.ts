import { type CommandMeta, type Refusal } from '#libs/kernel';

/** What of a command may be kept when it was refused: its name, the stream it was about and who sent it, never its data. */
export type RefusedCommand = { readonly type: string; readonly stream?: string; readonly meta: CommandMeta };

/** Where refused commands are recorded. Given to every command handler when the process provides one. */
export abstract class RefusalLog {
  abstract record(command: RefusedCommand, refusal: Refusal): Promise<void>;
}
