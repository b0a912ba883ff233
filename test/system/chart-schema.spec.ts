import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { generated } from '../../charts/generate.js';
import { describeWith } from '../requirements.js';
import { CHART, HELMS, template } from './chart.js';

const EXTERNAL = { mode: 'external', external: { remoteRef: { key: 'k' }, aws: { region: 'eu-central-1' } } };

const webhook = (settings: object) => ({
  mode: 'webhook',
  webhook: { url: 'https://users.example', tokenSecret: 'mine', ...settings },
});

/** What is wrong, the values, and what the refusal must say. */
const FAULTS: [string, object, RegExp][] = [
  ['a wrong type', { replicaCount: 'two' }, /'\/replicaCount': got string, want integer/],
  ['an unknown value', { replicas: 3 }, /'replicas' not allowed/],
  [
    'an unknown value deep down',
    { image: { name: 'x' } },
    /'\/image': additional properties 'name' not allowed/,
  ],
  ['a value taken away', { service: null }, /missing property 'service'/],
  [
    'a number too small',
    { podDisruptionBudget: { maxUnavailable: 0 } },
    /'\/podDisruptionBudget\/maxUnavailable': minimum/,
  ],
  [
    'a percentage of nothing',
    { podDisruptionBudget: { maxUnavailable: '0%' } },
    /'\/podDisruptionBudget\/maxUnavailable'/,
  ],
  ['a tag in the repository', { image: { repository: 'a.example:5000/b:1' } }, /'\/image\/repository'/],
  [
    'a digest in the repository',
    { image: { repository: `a@sha256:${'0'.repeat(64)}` } },
    /'\/image\/repository'/,
  ],
  ['no repository', { image: { repository: '' } }, /'\/image\/repository'/],
  ['a name that no object may have', { nameOverride: 'My_API' }, /'\/nameOverride'/],
  ['a name that no Service may have', { fullnameOverride: '1-api' }, /'\/fullnameOverride'/],
  [
    'a label that the Service selects by',
    { podLabels: { 'app.kubernetes.io/name': 'mine' } },
    /'\/podLabels\/app\.kubernetes\.io~1name'/,
  ],
  [
    "a label of the chart's own",
    { commonLabels: { 'helm.sh/chart': 'mine' } },
    /'\/commonLabels\/helm\.sh~1chart'/,
  ],
  [
    "a spread over others' pods",
    {
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: {} },
      ],
    },
    /'\/topologySpreadConstraints\/0\/labelSelector'/,
  ],
  ['a shortened digest', { image: { digest: 'sha256:abc' } }, /'\/image\/digest'/],
  [
    'a level that does not exist',
    { config: { logLevel: 'TRACE' } },
    /'\/config\/logLevel': value must be one of 'DEBUG'/,
  ],
  ['a life without a unit', { config: { tokenTtl: '14' } }, /'\/config\/tokenTtl'/],
  ['a secret as a variable', { env: { JWT_SECRET: 'x' } }, /'\/env\/JWT_SECRET'/],
  ["a variable of the chart's own", { env: { PORT: '1' } }, /'\/env\/PORT'/],
  ['a variable that is no text', { env: { HOST: 1 } }, /'\/env\/HOST': got number, want string/],
  ['an Ingress for no host', { ingress: { enabled: true } }, /'\/ingress\/hosts': minItems/],
  ['a route to no Gateway', { httpRoute: { enabled: true } }, /'\/httpRoute\/parentRefs': minItems/],
  [
    'a mode that does not exist',
    { keys: { mode: 'vault' } },
    /'\/keys\/mode': value must be one of 'create', 'existing', 'external', 'csi'/,
  ],
  ['create and existing', { keys: { existingSecret: 'mine' } }, /'\/keys\/existingSecret': maxLength/],
  [
    'existing and external',
    { keys: { ...EXTERNAL, mode: 'existing', existingSecret: 'mine' } },
    /'\/keys\/external\/remoteRef\/key': maxLength/,
  ],
  [
    'external and existing',
    { keys: { ...EXTERNAL, existingSecret: 'mine' } },
    /'\/keys\/existingSecret': maxLength/,
  ],
  [
    'external and csi',
    { keys: { ...EXTERNAL, csi: { objects: [{ objectName: 'k', objectAlias: 'k' }] } } },
    /'\/keys\/csi\/objects': maxItems/,
  ],
  ['existing without a Secret', { keys: { mode: 'existing' } }, /'\/keys\/existingSecret': minLength/],
  [
    'external without a name',
    { keys: { mode: 'external' } },
    /'\/keys\/external\/remoteRef\/key': minLength/,
  ],
  [
    'external without a store',
    { keys: { mode: 'external', external: { remoteRef: { key: 'k' } } } },
    /'\/keys\/external\/aws\/region': minLength/,
  ],
  [
    'external with two stores',
    { keys: { ...EXTERNAL, external: { ...EXTERNAL.external, secretStoreRef: { name: 'team' } } } },
    /'\/keys\/external\/aws\/region': maxLength/,
  ],
  [
    'a key called active',
    { keys: { ...EXTERNAL, external: { ...EXTERNAL.external, kid: 'active' } } },
    /'\/keys\/external\/kid'/,
  ],
  [
    'a whole secret that would count as a key',
    { keys: { mode: 'csi', csi: { objects: [{ objectName: 'k', objectAlias: 'k', jmesPath: [] }] } } },
    /'\/keys\/csi\/objects\/0\/objectAlias'/,
  ],
  ['a way in that does not exist', { auth: { mode: 'ldap' } }, /'\/auth\/mode': value must be one of 'open'/],
  ['users without a Secret', { auth: { mode: 'users' } }, /'\/auth\/usersSecret': minLength/],
  ['users of an open service', { auth: { usersSecret: 'mine' } }, /'\/auth\/usersSecret': maxLength/],
  [
    'a webhook without a credential',
    { auth: { mode: 'webhook', webhook: { url: 'https://a.example' } } },
    /'\/auth\/webhook\/tokenSecret': minLength/,
  ],
  [
    'a webhook of an open service',
    { auth: { webhook: { url: 'https://a' } } },
    /'\/auth\/webhook\/url': maxLength/,
  ],
  ['a webhook in the clear', { auth: webhook({ url: 'http://users.example' }) }, /'\/auth\/webhook\/url'/],
  ['a claim of the service itself', { auth: webhook({ claims: ['exp'] }) }, /'\/auth\/webhook\/claims\/0'/],
  ['a proxy by name', { auth: { trustedProxies: ['loopback'] } }, /'\/auth\/trustedProxies\/0'/],
  ["a variable of auth's own", { env: { AUTH_MODE: 'open' } }, /'\/env\/AUTH_MODE'/],
  [
    "a webhook's authority as a variable",
    { env: { NODE_EXTRA_CA_CERTS: '/ca.crt' } },
    /'\/env\/NODE_EXTRA_CA_CERTS'/,
  ],
  ['csi without objects', { keys: { mode: 'csi' } }, /'\/keys\/csi\/objects': minItems/],
];

describeWith([...HELMS], "the chart's schema", () => {
  describe.each(HELMS)('with %s', (helm) => {
    it.each(FAULTS)('should refuse %s by name', (_fault, values, message) => {
      const { status, stderr } = template(values, { helm });
      expect(stderr).toMatch(message);
      expect(status).toBe(1);
    });

    it('should refuse a Kubernetes that is too old', () => {
      expect(template({}, { helm, kube: '1.26.9' }).stderr).toMatch(/requires kubeVersion: >=1\.27/);
    });

    it("should accept a parent chart's global values, and a cloud's version", () => {
      expect(template({ global: { any: 1 } }, { helm, kube: 'v1.27.16-eks-1a2b3c4' })).toMatchObject({
        status: 0,
      });
    });
  });
});

describe("the chart's generated files", () => {
  it.each(Object.entries(generated()))(
    'should have %s as `npm run chart:docs` writes it',
    (file, content) => {
      expect(readFileSync(`${CHART}/${file}`, 'utf8')).toBe(content);
    },
  );

  it('should have the one version that package.json has', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(parse(readFileSync(`${CHART}/Chart.yaml`, 'utf8'))).toMatchObject({
      version,
      appVersion: version,
    });
  });
});
