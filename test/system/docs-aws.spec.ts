import { readFileSync } from 'node:fs';
import type { Command } from '../pipelines/guide.js';
import { describeWith } from '../requirements.js';
import { kubectl } from './cluster.js';
import { blocksOf, JOURNEYS, type Journey } from './docs-aws-journeys.js';
import { Walk } from './docs-aws-walk.js';

const PAGE = readFileSync('docs/aws.md', 'utf8');
/** The commands that cannot run here, by how they begin, and why. */
const NOT_HERE = {
  'aws logs tail': 'version 1 of the AWS CLI, the one that pip installs, lacks it',
};
const commandsOf = (journey?: Journey) => blocksOf(PAGE, journey).flatMap(({ commands }) => commands);
const isHere = ({ text }: Command) => !Object.keys(NOT_HERE).some((beginning) => text.startsWith(beginning));

/** What the page could say that is wrong: a flag, a name, an output. */
const FAULTS: [right: string, fault: string][] = [
  ['--private', '--public'],
  ['"Account": "123456789012"', '"Account": "123456789013"'],
  ['--config-file', '--config'],
  ['--query cluster.accessConfig', '--qeury cluster.accessConfig'],
];

/** The command with a fault, if it is one to plant it in. */
function planted(
  { text, output = '', ...command }: Command,
  right: string,
  fault: string,
): Command | undefined {
  const isThere = text.includes(right) || output.includes(right);
  return isThere
    ? { ...command, text: text.replace(right, fault), output: output.replace(right, fault) }
    : undefined;
}

const ADMINISTRATORS = 'eks-cluster-admin-policy';

describeWith(
  ['cluster', 'docker', 'ecr', 'helm', 'python', 'tokenReview'],
  'docs/aws.md, command by command',
  () => {
    const run = new Set<number>();

    beforeAll(async () => {
      // What EKS does with the access policy of whoever has made a cluster.
      await kubectl(['delete', 'clusterrolebinding', ADMINISTRATORS, '--ignore-not-found']);
      const policy = ['--clusterrole', 'cluster-admin', '--group', 'eks:AmazonEKSClusterAdminPolicy:*'];
      await kubectl(['create', 'clusterrolebinding', ADMINISTRATORS, ...policy]);
    });
    afterAll(() => kubectl(['delete', 'clusterrolebinding', ADMINISTRATORS]));

    it.each(JOURNEYS)('should do and print what it says: $title', async (journey) => {
      const walk = await Walk.start(journey.mode);
      try {
        for (const command of commandsOf(journey).filter(isHere)) {
          await walk.follow(command);
          run.add(command.number);
        }
        expect(await walk.left()).toEqual([]);
      } finally {
        await walk.end();
      }
    });

    it('should be found out where it is wrong', async () => {
      const walk = await Walk.start('API');
      const commands = commandsOf(JOURNEYS[0]);
      const last = commands.findIndex(({ text }) => text.includes('authenticationMode'));
      try {
        for (const command of commands.slice(0, last + 1)) {
          const wrong = FAULTS.map(([right, fault]) => planted(command, right, fault)).find(Boolean);
          if (wrong) {
            await expect(walk.follow(wrong)).rejects.toThrow(/and the page says|where this fails/);
          }
          await walk.follow(command);
        }
      } finally {
        await walk.end();
      }
    });

    it('should have no command that nobody follows', () => {
      const skipped = commandsOf().filter(({ number }) => !run.has(number));
      expect(skipped.filter(isHere).map(({ text }) => text)).toEqual([]);
      expect(skipped.length).toBe(Object.keys(NOT_HERE).length);
    });
  },
);
