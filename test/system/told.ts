import { spawn } from 'node:child_process';
import { execute } from './cluster.js';

/**
 * Runs the two commands that the notes of a release and `up` tell: the second answers with a token while the first runs.
 * @returns the token
 */
export async function tokenAsTold(told: string, KUBECONFIG: string): Promise<string> {
  const [forward = '', curl = ''] = told.match(/^ {2}(kubectl .*port-forward|curl) .*$/gm) ?? [];
  // A port of its own, as 8080 may be taken.
  const args = forward.trim().replace(' 8080:', ' :').split(' ').slice(1);
  const child = spawn('kubectl', args, { env: { ...process.env, KUBECONFIG } });
  try {
    const line = await new Promise<string>((resolve, reject) => {
      child.stdout.setEncoding('utf8').once('data', resolve);
      child.once('close', () => reject(new Error(`${forward} has ended`)));
    });
    const [, port = ''] = /127\.0\.0\.1:(\d+)/.exec(line) ?? [];
    const answer = await execute('sh', ['-c', curl.replace('localhost:8080', `localhost:${port}`)]);
    return (JSON.parse(answer) as { token: string }).token;
  } finally {
    child.kill();
  }
}
