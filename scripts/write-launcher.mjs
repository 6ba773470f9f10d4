// Has the shell start the command, which Node alone would start too late. What the caller ignores (nohup:
// SIGHUP; `trap '' INT`; a script's `stampmill ... &`: SIGINT and SIGQUIT) a program is to ignore as well.
// Node undoes it before any JavaScript runs, and afterwards nothing tells of it: not /proc/self, nor the
// parent, which may ignore more than its children (every interactive shell does) or less (under nohup the
// parent is the shell that started nohup). So the first lines of dist/cli.cjs are for sh: it hands over its
// own line of /proc, and becomes Node. That takes no longer than `env node` does. src/cli/terminal/ignored.ts
// reads the line.
//
// npm runs this after installing the package, and build-dist.mjs at its end. Only Linux has such a line. And
// what is packed begins with `#!/usr/bin/env node`: from that npm makes the command on Windows.
import {
  chmodSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const FOR_NODE = "#!/usr/bin/env node\n";

/** The second line is a string and a comment to JavaScript, and does nothing in sh up to the semicolon. */
export const LAUNCHER = `#!/bin/sh
':' //; [ -r /proc/self/stat ] && read -r STAMPMILL_STAT </proc/self/stat && export STAMPMILL_STAT
':' //; exec node "$0" "$@"
`;

/** Puts the lines for sh into a command, if it is there and begins with the line for Node. */
export function writeLauncher(command) {
  // In a clone it is built after the engine.
  if (!existsSync(command)) return;
  const text = readFileSync(command, "latin1");
  if (!text.startsWith(FOR_NODE)) return;
  // A new file: the old one may be a hard link into the store of a package manager.
  const unfinished = `${command}.${process.pid}`;
  try {
    writeFileSync(unfinished, LAUNCHER + text.slice(FOR_NODE.length), "latin1");
    chmodSync(unfinished, statSync(command).mode);
    renameSync(unfinished, command);
  } catch {
    // The command works all the same, and dies of signals that were ignored.
    rmSync(unfinished, { force: true });
  }
}

function isPacking({ npm_command }) {
  return npm_command === "pack" || npm_command === "publish";
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const command = join(dirname(fileURLToPath(import.meta.url)), "../dist/cli.cjs");
  if (process.platform === "linux" && !isPacking(process.env)) writeLauncher(command);
}
