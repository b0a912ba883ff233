import { resolve } from 'node:path';
import jsonwebtoken from 'jsonwebtoken';
import { describeWith } from '../requirements.js';
import { cleanUp, type RunningProcess, SECRET, startService, temporaryFolder } from '../service-process.js';
import { pythonPrograms, run } from './python.js';

const OPERATIONS = 8;
const ISSUER = 'https://auth.example.com';
const TOKEN = jsonwebtoken.sign({ email: 'ada@example.com' }, SECRET, { expiresIn: '1h', issuer: ISSUER });

describeWith(['python'], 'schemathesis', () => {
  let service: RunningProcess;
  beforeAll(() => {
    service = startService({ JWT_SECRET: SECRET, JWT_ISSUER: ISSUER, LOG_LEVEL: 'INFO' });
  });
  afterAll(cleanUp);

  it.each([
    ['with a token', ['--header', `Authorization: Bearer ${TOKEN}`]],
    ['without a token, which it warns of', ['--warnings', 'off']],
  ])('should find no answer that the document does not describe, %s', async (_title, headers) => {
    const { status, output } = run(
      resolve(pythonPrograms(), 'schemathesis'),
      [
        'run',
        `${await service.url()}/openapi.json`,
        ...['--checks', 'all', '--mode', 'all', '--max-examples', '200', '--seed', '1', '--no-color'],
        ...headers,
      ],
      { cwd: temporaryFolder() },
    );
    expect(output).toMatch(new RegExp(`^ +Tested: ${OPERATIONS}$`, 'm'));
    expect(output).not.toMatch(/FAILURES|WARNINGS|ERRORS/);
    expect(status).toBe(0);
  });
});
