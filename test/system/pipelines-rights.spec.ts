import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLUSTER } from '../pipelines/account.js';
import { type ProjectProperties, projectSession } from '../pipelines/build-project.js';
import { Delivery, NAMESPACE, PARAMETER } from '../pipelines/delivery.js';
import { claimsOf } from '../pipelines/issuer.js';
import { machine, run } from '../pipelines/program.js';
import { describeWith } from '../requirements.js';
import type { Credentials } from './aws-emulator.js';

type Who = 'build' | 'deploy';

describeWith(
  ['cluster', 'ecr', 'python', 'tokenReview'],
  "what the pipelines' roles may do, tried as each of them",
  () => {
    let delivery: Delivery;
    let folder: string;
    let sessions: Record<'CodePipeline' | 'GitHub', Record<Who, Credentials>>;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'rights-'));
      delivery = await Delivery.start('a secret that the deploy roles alone may read');
      const { account } = delivery;
      await account.aws(['eks', 'update-kubeconfig', '--name', CLUSTER, '--kubeconfig', kubeconfig()]);
      await account.putParameter('/other/secret', 'of another service');
      const environment = { build: undefined, deploy: 'production' };
      const codeBuild = async (who: Who) => {
        const all = await account.resources<ProjectProperties>('jwt-api-pipeline', 'AWS::CodeBuild::Project');
        const project = all.find(({ Name }) => Name.endsWith(`-${who}`)) as ProjectProperties;
        return projectSession(account, project);
      };
      const gitHub = async (who: Who) => {
        const occasion = {
          ...delivery.occasion('c0ffee'),
          workflow: 'deploy.yml',
          environment: environment[who],
        };
        const token = delivery.issuer.sign({ ...claimsOf(occasion), aud: 'sts.amazonaws.com' });
        const role = `${delivery.outputs.github[who === 'build' ? 'BuildRoleArn' : 'DeployRoleArn']}`;
        const session = ['--role-session-name', 'a-job', '--web-identity-token', token, '--output', 'json'];
        const args = ['sts', 'assume-role-with-web-identity', '--role-arn', role, ...session];
        return JSON.parse(await account.aws(args)).Credentials as Credentials;
      };
      sessions = {
        CodePipeline: { build: await codeBuild('build'), deploy: await codeBuild('deploy') },
        GitHub: { build: await gitHub('build'), deploy: await gitHub('deploy') },
      };
    });
    afterAll(async () => {
      await delivery?.stop();
      rmSync(folder, { recursive: true });
    });

    const kubeconfig = () => join(folder, 'kubeconfig');

    /** kubectl, as a role. */
    function kubectlAs(as: Credentials, ...args: string[]) {
      const env = machine({ ...delivery.account.environment(as), KUBECONFIG: kubeconfig() });
      return run('kubectl', args, { env });
    }

    const WAYS = ['CodePipeline', 'GitHub'] as const;
    const MAY = [
      `create configmap probe --namespace ${NAMESPACE}`,
      `delete configmap probe --namespace ${NAMESPACE}`,
      `get secrets,deployments,pods,events --namespace ${NAMESPACE}`,
      `get servicemonitors,httproutes,externalsecrets,secretproviderclasses --namespace ${NAMESPACE}`,
    ];
    const MAY_NOT = [
      `get secrets --namespace default`,
      `get secrets --namespace kube-system`,
      `create configmap probe --namespace default`,
      `get nodes`,
      `get namespaces`,
      `create namespace another`,
      `delete namespace ${NAMESPACE}`,
      `label namespace ${NAMESPACE} pod-security.kubernetes.io/enforce-`,
      `create rolebinding more --clusterrole cluster-admin --group jwt-api-deployers --namespace ${NAMESPACE}`,
      `create role more --verb get --resource pods --namespace ${NAMESPACE}`,
      `create clusterrolebinding more --clusterrole cluster-admin --group jwt-api-deployers`,
      `get customresourcedefinitions`,
      `auth can-i --quiet impersonate users`,
      `get pods --namespace ${NAMESPACE} --as system:admin`,
    ];

    it.each(WAYS)('should let the deploy role of %s change the namespace and nothing else', async (way) => {
      const { deploy } = sessions[way];
      for (const command of MAY) {
        expect({ command, ...(await kubectlAs(deploy, ...command.split(' '))) }).toMatchObject({ code: 0 });
      }
      for (const command of MAY_NOT) {
        const { code, stderr } = await kubectlAs(deploy, ...command.split(' '));
        expect({ command, code, stderr }).toEqual({
          command,
          code: 1,
          stderr: command.startsWith('auth') ? expect.anything() : expect.stringContaining('forbidden'),
        });
      }
    });

    it.each(WAYS)('should keep the build role of %s out of the cluster', async (way) => {
      const { code, stderr } = await kubectlAs(sessions[way].build, 'get', 'pods', '--namespace', NAMESPACE);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/logged in|Unauthorized/) });
      const update = ['eks', 'update-kubeconfig', '--name', CLUSTER, '--kubeconfig', join(folder, 'none')];
      expect(await delivery.account.refused(update, sessions[way].build)).toContain('eks:DescribeCluster');
    });

    /** Calls that each role must not make, and the permission that it lacks. */
    const REFUSED: Record<Who, [command: string, action: string][]> = {
      build: [
        [`ssm get-parameter --with-decryption --name ${PARAMETER}`, 'ssm:GetParameter'],
        [`ssm get-parameters --with-decryption --names ${PARAMETER}`, 'ssm:GetParameters'],
        [
          'secretsmanager get-secret-value --secret-id jwt-api-shared/signing-secret',
          'secretsmanager:GetSecretValue',
        ],
        [`eks describe-cluster --name ${CLUSTER}`, 'eks:DescribeCluster'],
        ['ecr describe-images --repository-name another', 'ecr:DescribeImages'],
        ['ecr delete-repository --force --repository-name jwt-api', 'ecr:DeleteRepository'],
        ['iam list-roles', 'iam:ListRoles'],
        ['sts assume-role --role-session-name more --role-arn DEPLOY', 'sts:AssumeRole'],
      ],
      deploy: [
        ['ssm get-parameter --with-decryption --name /other/secret', 'ssm:GetParameter'],
        ['ssm put-parameter --overwrite --value x --type String --name /jwt-api/secret', 'ssm:PutParameter'],
        ['eks describe-cluster --name another', 'eks:DescribeCluster'],
        [`eks list-access-entries --cluster-name ${CLUSTER}`, 'eks:ListAccessEntries'],
        ['ecr get-authorization-token', 'ecr:GetAuthorizationToken'],
        ['ecr describe-images --repository-name jwt-api', 'ecr:DescribeImages'],
        ['s3 ls s3://BUCKET', 's3:ListBucket'],
        ['iam list-roles', 'iam:ListRoles'],
        ['cloudformation delete-stack --stack-name jwt-api-shared', 'cloudformation:DeleteStack'],
      ],
    };
    it.each(WAYS.flatMap((way) => [[way, 'build'] as const, [way, 'deploy'] as const]))(
      'should refuse, to the role that %s has to %s, what is none of its business',
      async (way, who) => {
        for (const [command, action] of REFUSED[who]) {
          const filled = command
            .replace('DEPLOY', `${delivery.outputs.pipeline.DeployRoleArn}`)
            .replace('BUCKET', `${delivery.outputs.pipeline.ArtifactBucket}`);
          const said = await delivery.account.refused(filled.split(' '), sessions[way][who]);
          expect({ command, said }).toEqual({
            command,
            said: expect.stringMatching(/AccessDenied|not authorized/),
          });
          expect(said.includes(action) || said.includes('AccessDenied')).toBe(true);
        }
      },
    );
  },
);
