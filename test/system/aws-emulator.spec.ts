import { readdirSync } from 'node:fs';
import { describeWith } from '../requirements.js';
import { pythonPrograms, run } from './python.js';

const suites = readdirSync('test/aws/tests').filter((file) => /^test_.*\.py$/.test(file));

describeWith(['python'], 'the AWS emulator', () => {
  it.each(suites)('should pass %s, all of it', (file) => {
    const python = `${pythonPrograms('test/aws/requirements.txt')}/python`;
    const pytest = ['-m', 'pytest', '--quiet', '--rootdir', 'test/aws', `test/aws/tests/${file}`];
    const { status, output } = run(python, pytest);
    expect({ status, output: status === 0 ? '' : output }).toEqual({ status: 0, output: '' });
    expect(output).toMatch(/^\d+ passed in /m); // and none skipped
  });
});
