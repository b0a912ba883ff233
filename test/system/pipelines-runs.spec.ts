import type { Execution, Push } from '../pipelines/codepipeline.js';
import { Delivery, NAMESPACE, PARAMETER } from '../pipelines/delivery.js';
import { run } from '../pipelines/program.js';
import { describeWith } from '../requirements.js';
import { check, isSignedBy, issue } from './client.js';
import { brokenImage, Namespace } from './cluster.js';
import { releaseState } from './deploy.js';
import { underLoad } from './load.js';
import { rightsOf, UNUSED } from './pipelines-rights.js';
import { calm, eventually } from './pods.js';

const SECRET = 'what signs the tokens, from the parameter store alone';
/** Requests a second on a bad day: a build has to get by beside them. */
const RATE = 50;

describeWith(
  ['cluster', 'docker', 'ecr', 'go', 'helm', 'python', 'tokenReview'],
  'both pipelines, from the files that are shipped, on good days and on bad ones',
  () => {
    const namespace = new Namespace(NAMESPACE);
    const printed: string[] = [];
    let delivery: Delivery;
    /** The commit that CodePipeline has released, and what its build has handed to its release. */
    let first: string;
    let built: Execution['variables'];
    /** The one that GitHub has released after it. */
    let second: string;
    /** The digest of an image that does not start. */
    let broken: string;

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
      first = await delivery.repository.commit('a change');
      const { stages, builds, variables } = await delivery.byCodePipeline(first);
      built = variables;
      expect(stages).toEqual(
        ['Source', 'Build', 'Deploy'].map((name) => ({
          name,
          status: 'Succeeded',
          seconds: expect.anything(),
        })),
      );
      const image = `${delivery.outputs.shared.ImageRepositoryUri}@${builds.Build?.exported.IMAGE_DIGEST}`;
      expect(await running()).toEqual([image, `commit ${first}`]);
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
      // CodePipeline has run them all.
      delivery.repository.removeTests({ but: 'src/errors/problem.spec.ts' });
      second = await delivery.repository.commit('the next change');
      const begun = performance.now();
      const { result, jobs, log } = await delivery.byGitHub(second);
      expect(result === 'success' ? result : log).toBe('success');
      const image = `${delivery.outputs.shared.ImageRepositoryUri}@${jobs.build?.outputs['image-digest']}`;
      expect(await running()).toEqual([image, `commit ${second}`]);
      const { summary = '' } = jobs.release ?? {};
      const told = [`Release of ${second}: success`, image, /revision +2\b/, 'npm run deploy -- rollback'];
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

    it('should push nothing when a unit test fails, and report it', async () => {
      const commit = await breaking({ 'src/errors/problem.ts': ['RETRY_AFTER = 1', 'RETRY_AFTER = 2'] });
      await inVain('a failing test', async () => {
        const { status, stages, builds } = await delivery.byCodePipeline(commit);
        expect({ status, stages }).toMatchObject({
          status: 'Failed',
          stages: [{ name: 'Source' }, { name: 'Build', cause: expect.stringContaining('npm cit') }],
        });
        expect(builds.Build?.log).toMatch(/^\[Container\] Report tests: \d+ tests, [1-9]\d* failed$/m);
        expect(await isPushed(commit)).toBe(false);
        expect(await isPushed(first)).toBe(true);
      });
    });

    it('should go back from an image that does not start', async () => {
      const [image = ''] = await running();
      broken = await brokenImage(image, `${delivery.outputs.shared.ImageRepositoryUri}:broken`);
      const commit = await breaking({
        'buildspec.release.yml': ["CI: 'true'", "CI: 'true'\n    DEPLOY_TIMEOUT: 25s"],
      });
      await inVain('an image that does not start', async () => {
        const { status, builds } = await releaseAgain({ commit }, broken);
        expect(status).toBe('Failed');
        expect(builds.Deploy?.log).toMatch(/release failed: the container jwt-api ends with exit code 1/);
      });
    });

    it("should go back when the chart's test fails in the cluster", async () => {
      const commit = await breaking({
        'charts/jwt-api/files/roundtrip.mjs': [/.*/s, "throw new Error('no round trip');\n"],
      });
      await inVain('a test in the cluster that fails', async () => {
        const { status, builds } = await releaseAgain({ commit });
        expect(status).toBe('Failed');
        expect(builds.Deploy?.log).toMatch(/no round trip/);
        expect(builds.Deploy?.phases.at(-1)).toMatchObject({ name: 'BUILD', status: 'FAILED' });
      });
    });

    it('should not enter the release with a digest that is none', async () => {
      const forged = 'sha256:0","type":"PLAINTEXT"},{"name":"NODE_OPTIONS","value":"--import=data:,';
      const { status, stages } = await releaseAgain({}, forged);
      expect({ status, last: stages.at(-1) }).toMatchObject({
        status: 'Failed',
        last: { name: 'Deploy', cause: expect.stringContaining('condition') },
      });
    });

    it('should say that its credentials have expired', async () => {
      await inVain('expired credentials', async () => {
        const { status, builds } = await releaseAgain({
          started: (_stage, _shell, role) => delivery.account.expire(role),
        });
        expect(status).toBe('Failed');
        expect(builds.Deploy?.log).toMatch(/release failed: .*ExpiredToken/);
      });
    });

    it('should say that the parameter is gone', async () => {
      await delivery.account.aws(['ssm', 'delete-parameter', '--name', PARAMETER]);
      await inVain('the parameter gone', async () => {
        const { stages } = await releaseAgain();
        expect(stages.at(-1)).toMatchObject({ name: 'Deploy', cause: expect.stringContaining(PARAMETER) });
      });
      await delivery.account.putParameter(PARAMETER, SECRET);
    });

    it('should mend, with the next push, what a killed runner has left', async () => {
      await withoutFault('a killed runner', async () => {
        const { status } = await releaseAgain(
          {
            started: (_stage, shell) => void eventually('the upgrade', isPending).then(() => shell.kill()),
          },
          broken,
        );
        expect(status).toBe('Failed');
        expect(await isPending()).toBe(true);
        const { status: next, builds } = await releaseAgain();
        expect(next === 'Succeeded' ? next : builds.Deploy?.log).toBe('Succeeded');
        expect(builds.Deploy?.log).toContain('was pending-upgrade: back to revision');
      });
    });

    it('should let one wait for the other when both release at the same moment, quickly what was built before', async () => {
      await withoutFault('both at once', async () => {
        let codepipeline: Promise<Execution> | undefined;
        const github = await delivery.byGitHub(second, {
          tell: (text) => {
            codepipeline ??= text.startsWith('[GitHub] Job release') ? releaseAgain() : undefined;
          },
        });
        const { status, builds } = (await codepipeline) as Execution;
        expect([status, github.result]).toEqual(['Succeeded', 'success']);
        expect(github.log).toContain('there: nothing to build');
        const { version } = (await releaseState(namespace)) ?? {};
        expect(github.log + builds.Deploy?.log).toMatch(`revision ${version}`);
      });
    });

    /** A push that changes a text in some files, and is good for nothing. */
    async function breaking(
      changes: Record<string, [text: string | RegExp, other: string]>,
    ): Promise<string> {
      for (const [file, [text, other]] of Object.entries(changes)) {
        delivery.repository.change(file, (content) => content.replace(text, other));
      }
      const commit = await delivery.repository.commit('what goes wrong');
      await delivery.repository.git('reset', '--quiet', '--hard', second);
      return commit;
    }

    /** Something happens under load: the pods must answer all of it. */
    async function withoutFault(title: string, change: () => Promise<void>): Promise<void> {
      const { faults } = await underLoad(namespace, title, change, RATE);
      expect(faults).toEqual([]);
      await calm(namespace, 2);
    }

    /** The same, and what served before must serve in the end. */
    async function inVain(title: string, change: () => Promise<void>): Promise<void> {
      const [image] = await running();
      await withoutFault(title, change);
      expect((await running())[0]).toBe(image);
    }

    /** The release of the first commit once more, or of another commit or image. */
    const releaseAgain = (more: Partial<Push> = {}, digest = built['Build.IMAGE_DIGEST']) =>
      delivery.pipeline.runBuilt(
        { repository: delivery.repository, commit: first, ...more },
        { ...built, 'Build.IMAGE_DIGEST': `${digest}` },
      );

    const isPending = async () => (await releaseState(namespace))?.status === 'pending-upgrade';

    const isPushed = async (commit: string) => {
      const image = `${delivery.outputs.shared.ImageRepositoryUri}:${commit}`;
      return (await run('docker', ['pull', '--quiet', image])).code === 0;
    };
  },
);

interface Deployment {
  spec: { template: { spec: { containers: [{ image: string }] } } };
}

function tell(way: string, times: string[]): void {
  process.stdout.write(`  ${way}: ${times.join(', ')}\n`);
}
