import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';

// Starts the built service and stops it again, for it to leave what V8 has compiled.
const service = spawn(process.execPath, ['main.cjs', '--write-code-cache'], {
  // Where no developer's .env is.
  cwd: 'dist',
  env: {
    AUTH_MODE: 'open',
    JWT_SECRET: randomBytes(32).toString('hex'),
    METRICS_PORT: '0',
    NODE_ENV: 'production',
    PORT: '0',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
service.stdout.on('data', (lines) => {
  if (String(lines).includes('Server listening')) {
    service.kill();
  }
});
service.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
