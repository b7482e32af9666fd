import { type Command } from 'commander';

/** Where commands write, and whether a person watches. */
export type CommandOutput = { readonly out: (text: string) => void; readonly err: (text: string) => void; readonly watched: boolean };

/** What the program around a command was given to write to. */
export const outputOf = (command: Command): CommandOutput => {
  const { writeOut, writeErr } = command.configureOutput();
  return {
    out: writeOut ?? ((text) => void process.stdout.write(text)),
    err: writeErr ?? ((text) => void process.stderr.write(text)),
    watched: process.stderr.isTTY,
  };
};
