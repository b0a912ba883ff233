import { Delivery, NAMESPACE, PARAMETER } from '../pipelines/delivery.js';
import { run } from '../pipelines/program.js';
import { describeWith } from '../requirements.js';
import { Namespace } from './cluster.js';
import { releaseState } from './deploy.js';
import { underLoad } from './load.js';
import { calm, eventually } from './pods.js';

const SECRET = 'what signs the tokens on a day when all else goes wrong';
/** The Dockerfile of an image that builds and does not start. */
const withoutMain = (dockerfile: string) => dockerfile.replace('dist/main.cjs', 'dist/nowhere.cjs');

describeWith(
  ['cluster', 'docker', 'ecr', 'go', 'helm', 'python', 'tokenReview'],
  'both pipelines, on a bad day',
  () => {
    const namespace = new Namespace(NAMESPACE);
    let delivery: Delivery;
    let good: string;

    beforeAll(async () => {
      delivery = await Delivery.start(SECRET);
      // What is looked at here comes after the tests, which are run as they are in another file.
      delivery.repository.removeTests({ but: 'src/errors/problem.spec.ts' });
      good = await delivery.repository.commit('few tests');
      await expect(delivery.byCodePipeline(good)).resolves.toMatchObject({ status: 'Succeeded' });
    });
    afterAll(() => delivery?.stop());
    afterEach(() => delivery.repository.git('reset', '--quiet', '--hard', good));

    /** A push that changes a file. */
    async function breaking(file: string, change: (content: string) => string): Promise<string> {
      delivery.repository.change(file, change);
      return delivery.repository.commit('what goes wrong');
    }

    /** Something happens to a push, under load: the pods of before must answer all of it, and be there in the end. */
    async function withoutFault(title: string, change: () => Promise<void>): Promise<void> {
      const { faults } = await underLoad(namespace, title, change);
      expect(faults).toEqual([]);
      await calm(namespace, 2);
      expect(await runningCommit()).toBe(good);
    }

    async function runningCommit(): Promise<string> {
      const status = await namespace.helm('helm', ['get', 'metadata', 'jwt-api', '--output', 'json']);
      const { revision } = JSON.parse(status);
      const history = JSON.parse(await namespace.helm('helm', ['history', 'jwt-api', '--output', 'json']));
      const told = (number: number): string => {
        const { description } = history.find((one: { revision: number }) => one.revision === number);
        const [, back] = /^Rollback to (\d+)$/.exec(description) ?? [];
        return back ? told(Number(back)) : description.replace('commit ', '');
      };
      return told(revision);
    }

    const isPushed = async (commit: string) => {
      const image = `${delivery.outputs.shared.ImageRepositoryUri}:${commit}`;
      return (await run('docker', ['pull', '--quiet', image])).code === 0;
    };

    it('should push nothing when a unit test fails, and report it', async () => {
      const commit = await breaking('src/errors/problem.ts', (text) =>
        text.replace('about:blank', 'about:other'),
      );
      await withoutFault('a failing test', async () => {
        const { status, stages, builds } = await delivery.byCodePipeline(commit);
        expect({ status, stages }).toMatchObject({
          status: 'Failed',
          stages: [{ name: 'Source' }, { name: 'Build', cause: expect.stringContaining('npm cit') }],
        });
        expect(builds.Build?.log).toMatch(/^\[Container\] Report tests: \d+ tests, [1-9]\d* failed$/m);
        expect(await isPushed(commit)).toBe(false);
        expect(await isPushed(good)).toBe(true);
      });
    });

    it('should go back from an image that does not start', async () => {
      const commit = await breaking('Dockerfile', withoutMain);
      await withoutFault('an image that does not start', async () => {
        const { result, jobs, log } = await delivery.byGitHub(commit, { env: { DEPLOY_TIMEOUT: '25s' } });
        expect({ result, failed: jobs.release?.failed }).toEqual({ result: 'failure', failed: ['Release'] });
        expect(log).toMatch(/release failed: the container jwt-api ends with exit code 1/);
        expect(jobs.release?.summary).toContain(`Release of ${commit}: failure`);
      });
    });

    it("should go back when the chart's test fails in the cluster", async () => {
      const commit = await breaking(
        'charts/jwt-api/files/roundtrip.mjs',
        () => 'throw new Error("no round trip")\n',
      );
      await withoutFault('a test in the cluster that fails', async () => {
        const { status, builds } = await delivery.byCodePipeline(commit);
        expect(status).toBe('Failed');
        expect(builds.Deploy?.log).toMatch(/no round trip/);
        expect(builds.Deploy?.phases.at(-1)).toMatchObject({ name: 'BUILD', status: 'FAILED' });
      });
    });

    it('should not enter the release with a digest that is none', async () => {
      const forged = 'sha256:0","type":"PLAINTEXT"},{"name":"NODE_OPTIONS","value":"--import=data:,';
      const commit = await breaking('buildspec.yml', (text) =>
        text.replace('IMAGE_DIGEST=$(cat "$DEPLOY_DIGEST_FILE")', `IMAGE_DIGEST='${forged}'`),
      );
      const { status, stages } = await delivery.byCodePipeline(commit);
      expect({ status, last: stages.at(-1) }).toMatchObject({
        status: 'Failed',
        last: { name: 'Deploy', cause: expect.stringContaining('condition') },
      });
    });

    it('should say that its credentials have expired', async () => {
      await withoutFault('expired credentials', async () => {
        const { status, builds } = await delivery.byCodePipeline(good, {
          started: (stage, _, role) => (stage === 'Deploy' ? delivery.account.expire(role) : undefined),
        });
        expect(status).toBe('Failed');
        expect(builds.Deploy?.log).toMatch(/release failed: .*ExpiredToken/);
      });
    });

    it('should say that the parameter is gone, by each way', async () => {
      await delivery.account.aws(['ssm', 'delete-parameter', '--name', PARAMETER]);
      await withoutFault('the parameter gone', async () => {
        const { stages } = await delivery.byCodePipeline(good);
        expect(stages.at(-1)).toMatchObject({ name: 'Deploy', cause: expect.stringContaining(PARAMETER) });
        const { result, log } = await delivery.byGitHub(good);
        expect(result).toBe('failure');
        expect(log).toContain(`release failed: the parameter ${PARAMETER} is missing`);
      });
      await delivery.account.putParameter(PARAMETER, SECRET);
    });

    it('should mend, with the next push, what a killed runner has left', async () => {
      const commit = await breaking('Dockerfile', withoutMain);
      await withoutFault('a killed runner', async () => {
        const { status } = await delivery.byCodePipeline(commit, {
          started: (stage, shell) => {
            if (stage === 'Deploy') {
              void eventually('the upgrade to begin', isPending).then(() => shell.kill());
            }
          },
        });
        expect(status).toBe('Failed');
        expect(await releaseState(namespace)).toMatchObject({ status: 'pending-upgrade' });
        const next = await delivery.byGitHub(good);
        expect(next).toMatchObject({ result: 'success' });
        expect(next.log).toContain('was pending-upgrade: back to revision');
      });
    });

    it('should let one wait for the other when both release at the same moment, quickly, for a commit built before', async () => {
      await withoutFault('both at once', async () => {
        const [codepipeline, github] = await Promise.all([
          delivery.byCodePipeline(good),
          delivery.byGitHub(good),
        ]);
        expect([codepipeline.status, github.result]).toEqual(['Succeeded', 'success']);
        for (const log of [`${codepipeline.builds.Build?.log}`, github.log]) {
          expect(log).toContain('there: nothing to build');
        }
        const { version } = (await releaseState(namespace)) ?? {};
        expect(github.log + codepipeline.builds.Deploy?.log).toMatch(`revision ${version}`);
      });
    });

    const isPending = async () => (await releaseState(namespace))?.status === 'pending-upgrade';
  },
);
