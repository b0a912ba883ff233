import { Delivery, NAMESPACE } from '../pipelines/delivery.js';
import { describeWith } from '../requirements.js';
import { check, isSignedBy, issue } from './client.js';
import { Namespace } from './cluster.js';
import { rightsOf, UNUSED } from './pipelines-rights.js';

const SECRET = 'what signs the tokens, from the parameter store alone';

describeWith(
  ['cluster', 'docker', 'ecr', 'go', 'helm', 'python', 'tokenReview'],
  'a push, by each of the two pipelines, from the files that are shipped',
  () => {
    const namespace = new Namespace(NAMESPACE);
    const printed: string[] = [];
    let delivery: Delivery;

    beforeAll(async () => {
      delivery = await Delivery.start(SECRET);
    });
    afterAll(() => delivery?.stop());

    /** The image that the pods run, and the commit that the release was made of. */
    async function running() {
      const { spec } = await namespace.get<Deployment>('deployment', 'jwt-api');
      const history = await namespace.helm('helm', ['history', 'jwt-api', '--max', '1', '--output', 'json']);
      return [spec.template.spec.containers[0].image, JSON.parse(history)[0].description];
    }

    /** Asks the service itself. */
    async function serves(): Promise<void> {
      const address = await namespace.address();
      const token = await issue(address);
      expect(isSignedBy(SECRET, token)).toBe(true);
      expect(await check(address, token)).toBe(200);
    }

    it('should be tested, built and released by CodePipeline', async () => {
      const commit = await delivery.repository.commit('a change');
      const { stages, builds } = await delivery.byCodePipeline(commit);
      expect(stages).toEqual(
        ['Source', 'Build', 'Deploy'].map((name) => ({
          name,
          status: 'Succeeded',
          seconds: expect.anything(),
        })),
      );
      const image = `${delivery.outputs.shared.ImageRepositoryUri}@${builds.Build?.exported.IMAGE_DIGEST}`;
      expect(await running()).toEqual([image, `commit ${commit}`]);
      expect(builds.Build?.log).toMatch(/^\[Container\] Report tests: [1-9]\d{2,} tests, 0 failed$/m);
      expect(builds.Deploy?.log).toContain(image);
      await serves();
      printed.push(`${builds.Build?.log}${builds.Deploy?.log}`);
      tell(
        'CodePipeline',
        stages.map(({ name, seconds }) => `${name} ${Math.round(seconds)} s`),
      );
    });

    it('should be tested, built and released by GitHub Actions', async () => {
      delivery.repository.change('README.md', (text) => `${text}\nA change.\n`);
      const commit = await delivery.repository.commit('the next change');
      const begun = performance.now();
      const { result, jobs, log } = await delivery.byGitHub(commit);
      expect(result === 'success' ? result : log).toBe('success');
      const image = `${delivery.outputs.shared.ImageRepositoryUri}@${jobs.build?.outputs['image-digest']}`;
      expect(await running()).toEqual([image, `commit ${commit}`]);
      const { summary = '' } = jobs.release ?? {};
      const told = [`Release of ${commit}: success`, image, /revision +2\b/, 'npm run deploy -- rollback'];
      for (const expected of told) {
        expect(summary).toMatch(expected);
      }
      await serves();
      printed.push(log, summary);
      tell('GitHub Actions', [`${Math.round((performance.now() - begun) / 1_000)} s`]);
    });

    it('should leave the secret in nothing that is printed, and in no release', async () => {
      printed.push(await namespace.helm('helm', ['get', 'all', 'jwt-api']));
      expect(printed.filter((text) => text.includes(SECRET))).toEqual([]);
    });

    it('should have made no call that its role may not make', async () => {
      const calls = (await delivery.account.calls()).filter(({ role }) => role);
      expect(calls.filter(({ allowed }) => !allowed)).toEqual([]);
      expect(new Set(calls.map(({ role }) => role)).size).toBe(5);
    });

    it('should need every action that its roles allow, but for those with a reason', async () => {
      const { roles, calls } = await rightsOf(delivery.account);
      const unused = roles.flatMap(({ arn, name, actions }) => {
        const used = calls.filter(({ role }) => role === arn).map(({ action }) => action);
        return actions.filter((action) => !used.includes(action)).map((action) => `${name}: ${action}`);
      });
      const reasons = Object.keys(UNUSED);
      const is = (found: string, reason: string) => found.endsWith(reason);
      expect(unused.filter((found) => !reasons.some((reason) => is(found, reason)))).toEqual([]);
      const listed = reasons.filter((reason) => !unused.some((found) => is(found, reason)));
      expect(listed).toEqual([]); // a reason that is needed no more
    });
  },
);

interface Deployment {
  spec: { template: { spec: { containers: [{ image: string }] } } };
}

function tell(way: string, times: string[]): void {
  process.stdout.write(`  ${way}: ${times.join(', ')}\n`);
}
