// Stands in for gh: the calls that docs/aws.md makes, checked, with the answers of a terminal.
import { execFileSync } from 'node:child_process';
import { callApi } from './gh-api.ts';
import { GitHub } from './github-account.ts';
import { flag, need, read, say, text } from './terminal.ts';

const RUN = '12345678901';
const args = process.argv.slice(2);
const github = new GitHub(`${process.env.GITHUB_FOLDER}`);

const commands: Record<string, (rest: string[]) => void> = {
  'repo create': (rest) => {
    const [name = '', given] = read(rest, { private: flag, source: text, push: flag }, 1);
    need(given.private && given.source === '.' && given.push, 'makes a private repository of this folder');
    const remote = `https://github.com/${name}.git`;
    git('remote', 'add', 'origin', remote); // as the real one, which stops at a remote that is there
    github.create(name);
    say(
      `✓ Created repository ${name} on github.com`,
      `  https://github.com/${name}`,
      `✓ Added remote ${remote}`,
    );
    git('push', '--set-upstream', 'origin', 'HEAD');
    say(`✓ Pushed commits to ${remote}`);
  },
  'variable set': (rest) => {
    const [name = '', { repo, body }] = read(rest, { repo: text, body: text }, 1);
    need(/^[A-Z][A-Z0-9_]*$/.test(name) && body, 'a variable has a name and a value');
    github.change(`${repo}`, ({ variables }) => {
      variables[name] = `${body}`;
    });
    say(`✓ Created variable ${name} for ${repo}`);
  },
  'variable delete': (rest) => {
    const [name = '', { repo }] = read(rest, { repo: text }, 1);
    github.change(`${repo}`, ({ variables }) => {
      need(name in variables, `variable ${name} was not found`);
      delete variables[name];
    });
    say(`✓ Deleted variable ${name} from ${repo}`);
  },
  'run watch': (rest) => {
    read(rest, {}, 0);
    say(`✓ main Deploy · ${lastRun()}`);
  },
  'run list': (rest) => {
    const options = { workflow: text, limit: text, branch: text, json: text, jq: text };
    const [, given] = read(rest, options, 0);
    need(given.workflow === 'deploy.yml', 'there is one workflow');
    const id = lastRun();
    if (given.json) {
      need(given.json === 'databaseId' && given.jq === '.[0].databaseId', 'the id of the newest run');
      say(id);
    } else {
      const title = git('log', '-1', '--format=%s', 'origin/main').trim();
      say('STATUS  TITLE          WORKFLOW  BRANCH  EVENT  ID           ELAPSED  AGE');
      say(`✓       ${title.padEnd(13)}  Deploy    main    push   ${id}  7m12s    about 1 hour ago`);
    }
  },
  'run view': (rest) => {
    const [id, given] = read(rest, { 'log-failed': flag }, 1);
    need(
      id === lastRun() && given['log-failed'],
      'the log of the steps that failed, of the run that there is',
    );
  },
  'run rerun': (rest) => {
    const [id] = read(rest, {}, 1);
    need(id === lastRun(), `run ${id} not found`);
    say(`✓ Requested rerun of run ${id}`);
  },
};

if (args[0] === 'api') {
  callApi(github, args.slice(1));
} else {
  const command = commands[args.slice(0, 2).join(' ')];
  need(command, `not known here: gh ${args.join(' ')}`);
  command?.(args.slice(2));
}

/** The workflow runs where a push finds the variable AWS_BUILD_ROLE set. */
function lastRun(): string {
  const name = git('remote', 'get-url', 'origin')
    .trim()
    .replace(/^.*?([^/]+\/[^/]+)\.git$/, '$1');
  need(github.repository(name).variables.AWS_BUILD_ROLE, 'no runs found');
  return RUN;
}

function git(...rest: string[]): string {
  return execFileSync('git', rest, { encoding: 'utf8' });
}
