import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The folder of the programs that a requirements.txt asks for; made once for each of its versions. */
export function pythonPrograms(requirements = 'test/system/python/requirements.txt'): string {
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const venv = `node_modules/.cache/python-${version}`;
  const pip = `${venv}/bin/pip install --quiet --disable-pip-version-check --requirement ${requirements}`;
  const make = `python3 -m venv --clear ${venv} && ${pip} && touch ${venv}/whole`;
  mkdirSync(dirname(venv), { recursive: true });
  // Another test may be about to make it as well.
  mustRun('flock', [`${venv}.lock`, 'sh', '-c', `[ -e ${venv}/whole ] || { ${make}; }`]);
  return `${venv}/bin`;
}

/** Runs a program to its end, and gives what it prints. */
export function run(program: string, args: string[], options: { cwd?: string } = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { ...options, encoding: 'utf8' });
  if (error) {
    throw error;
  }
  return { status, output: `${stdout}${stderr}` };
}

/** The same, for a program that has to succeed. */
function mustRun(program: string, args: string[]): void {
  const { status, output } = run(program, args);
  if (status !== 0) {
    throw new Error(output);
  }
}
