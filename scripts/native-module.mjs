// Checks that the database's native module loads in this Node, and rebuilds it. Plain Node.
import { spawnSync } from 'node:child_process';

const NAME = 'better-sqlite3';

/**
 * Why the module installed in this folder cannot be loaded, as its error code or first line; null if it can. Runs in a separate
 * process, because a module that failed to load once may keep failing in its process.
 */
export function loadFailure(folder, name = NAME) {
  const program = `try {
    new (require(${JSON.stringify(name)}))(':memory:').close();
  } catch (error) {
    process.stderr.write(String(error.code ?? error.message).split('\\n')[0]);
    process.exit(1);
  }`;
  const { status, signal, stderr } = spawnSync(process.execPath, ['-e', program], {
    cwd: folder,
    encoding: 'utf8',
  });
  return status === 0 ? null : stderr.trim() || `stopped by ${signal ?? status}`;
}

/**
 * Does nothing if the module loads; otherwise rebuilds it once, whatever the reason, and loads it again.
 * `load` returns why it cannot be loaded, or null; `rebuild` may throw.
 */
export function mendNativeModule({ load, rebuild, say, node = process.version }) {
  const before = load();
  if (before === null) return 'ready';
  say(`${NAME} does not run under Node ${node} (${before}): building it anew.`);
  let after;
  try {
    rebuild();
    after = load();
  } catch (error) {
    after = error instanceof Error ? error.message.split('\n')[0] : String(error);
  }
  if (after === null) return 'rebuilt';
  say(
    `${NAME} still does not run under Node ${node} (${after}). ` +
      'Delete the folder node_modules and start again with the internet connected, or go back to the Node used before.',
  );
  return 'broken';
}
