// Runs npm inside a script that npm itself started. Plain Node: node_modules may not exist yet.
import { execFileSync } from 'node:child_process';

/** The environment without the variables that the outer npm set for its own script; a nested npm must not inherit them. */
export function cleanEnv() {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^npm_(config_(global|prefix|local_prefix|production|omit)|lifecycle_|package_|command$)/i.test(
          name,
        ),
    ),
  );
}

export function npm(...args) {
  const cli = process.env.npm_execpath;
  const [command, before] = cli ? [process.execPath, [cli]] : ['npm', []];
  console.log(`> npm ${args.join(' ')}`);
  execFileSync(command, [...before, ...args], { stdio: 'inherit', env: cleanEnv() });
}
