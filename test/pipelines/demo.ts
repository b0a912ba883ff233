/** npm run demo: one change goes through both pipelines, on this machine, and each step is told with its time. */
import { parseArgs } from 'node:util';
import { missing } from '../requirements.ts';
import { Delivery, NAMESPACE } from './delivery.ts';

const HELP = `usage: npm run demo [-- --verbose]

Brings up an AWS account on this machine, makes the stacks of cloudformation/ in it, and pushes a change through
CodePipeline and through GitHub Actions, from the files that are shipped, to a throw-away cluster (TEST_KUBECONFIG).
What it takes stands in docs/testing-pipelines.md. The namespace ${NAMESPACE} of that cluster is made anew.

  --verbose  print what the builds print
  --help     print this
`;

/** The lines that tell how far a run is: the stages of CodePipeline, the commands of a build, the deployer's steps. */
const STEP = /^(\[CodePipeline\]|\[Container\] (Running|Report)|\[GitHub\]|[▸✔✘]|\w+ failed:)/;

const { values } = parseArgs({ options: { help: { type: 'boolean' }, verbose: { type: 'boolean' } } });
process.exitCode = values.help ? say(HELP) : await demo();

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

async function demo(): Promise<number> {
  const lacking = missing(['cluster', 'docker', 'ecr', 'go', 'helm', 'python', 'tokenReview']);
  if (lacking.length > 0) {
    process.stderr.write(`The demo needs:\n${lacking.map((one) => `  - ${one}\n`).join('')}`);
    return 1;
  }
  const begun = performance.now();
  const tell = (text: string) => {
    for (const line of text.split('\n').filter((line) => values.verbose || STEP.test(line))) {
      say(`${((performance.now() - begun) / 1_000).toFixed(1).padStart(6)} s  ${line}\n`);
    }
  };
  tell('▸ An AWS account with the stacks, a namespace in the cluster, a repository');
  const delivery = await Delivery.start('the secret of the demo, which signs the tokens');
  try {
    const results = [];
    tell('▸ A push, by CodePipeline');
    const first = await delivery.repository.commit('a change');
    results.push((await delivery.byCodePipeline(first, { tell })).status === 'Succeeded');
    tell('▸ The next push, by GitHub Actions');
    delivery.repository.change('README.md', (text) => `${text}\nA change.\n`);
    const second = await delivery.repository.commit('the next change');
    results.push((await delivery.byGitHub(second, { tell })).result === 'success');
    tell(results.every(Boolean) ? '✔ Both have reached the cluster' : '✘ Not both have reached the cluster');
    return results.every(Boolean) ? 0 : 1;
  } finally {
    await delivery.stop();
  }
}
