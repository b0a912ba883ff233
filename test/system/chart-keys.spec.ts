import { describeWith } from '../requirements.js';
import { type Manifest, only, render } from './chart.js';

const MOUNT = { name: 'keys', mountPath: '/etc/jwt-api/keys', readOnly: true };
const fromSecret = (secretName: string) => [{ name: 'keys', secret: { secretName, defaultMode: 0o440 } }];

const external = (settings: object) => ({
  keys: { mode: 'external', external: { remoteRef: { key: '/jwt-api/keys' }, ...settings } },
});
const MODES: [string, object, object[]][] = [
  ['create', {}, fromSecret('jwt-api-keys')],
  ['existing', { keys: { mode: 'existing', existingSecret: 'mine' } }, fromSecret('mine')],
  ['external', external({ aws: { region: 'eu-central-1' } }), fromSecret('jwt-api-external-keys')],
  [
    'csi',
    { keys: { mode: 'csi', csi: { objects: [{ objectName: 'k', objectAlias: 'active' }] } } },
    [
      {
        name: 'keys',
        csi: {
          driver: 'secrets-store.csi.k8s.io',
          readOnly: true,
          volumeAttributes: { secretProviderClass: 'jwt-api-keys' },
        },
      },
    ],
  ],
];

/** What makes the keys, besides the Deployment that mounts them. */
const sources = (objects: Manifest[]) =>
  objects
    .map(({ kind }) => kind)
    .filter((kind) => /Secret/.test(kind))
    .sort();

describeWith(['helm'], "the chart's keys", () => {
  it.each(MODES)(
    'should be a read-only folder that follows its volume, with mode %s',
    (_mode, values, volumes) => {
      const { spec } = only(render(values), 'Deployment') as { spec: { template: { spec: object } } };
      expect(spec.template.spec).toMatchObject({ volumes });
      expect(spec.template.spec).toHaveProperty('containers[0].volumeMounts', [MOUNT]);
    },
  );

  it.each(MODES)('should be in no variable, with mode %s', (_mode, values) => {
    const deployment = only(render(values), 'Deployment');
    expect(deployment).toHaveProperty(
      'spec.template.spec.containers[0].env',
      expect.arrayContaining([{ name: 'JWT_KEYS_DIR', value: MOUNT.mountPath }]),
    );
    expect(JSON.stringify(deployment)).not.toMatch(/valueFrom|envFrom|JWT_SECRET/);
  });

  it.each([
    ['create', ['Secret']],
    ['existing', []],
    ['external', ['ExternalSecret', 'SecretStore']],
    ['csi', ['SecretProviderClass']],
  ])('should come from one place, with mode %s', (mode, expected) => {
    const [, values = {}] = MODES.find(([name]) => name === mode) ?? [];
    expect(sources(render(values))).toEqual(expected);
  });

  it('should be made at random, by a hook that no rollback, upgrade or uninstall repeats', () => {
    const [first, second] = [render(), render()].map((objects) => only(objects, 'Secret')) as [
      Secret,
      Secret,
    ];
    const { active } = first.stringData;
    expect(first.stringData).toEqual({
      active: expect.any(String),
      [active]: expect.stringMatching(/^\w{64}$/),
    });
    expect(first.stringData[active]).not.toBe(second.stringData[active]);
    expect(first.metadata.annotations).toEqual({
      'helm.sh/hook': 'pre-install,pre-upgrade',
      'helm.sh/hook-delete-policy': 'before-hook-creation',
    });
  });

  it('should take a whole folder from a remote JSON value', () => {
    const objects = render(external({ aws: { service: 'SecretsManager', region: 'eu-central-1' } }));
    expect(only(objects, 'ExternalSecret')).toMatchObject({
      apiVersion: 'external-secrets.io/v1',
      spec: {
        secretStoreRef: { name: 'jwt-api-external-keys', kind: 'SecretStore' },
        target: { name: 'jwt-api-external-keys' },
        dataFrom: [{ extract: { key: '/jwt-api/keys' } }],
      },
    });
    expect(only(objects, 'SecretStore')).toMatchObject({
      metadata: { name: 'jwt-api-external-keys' },
      spec: { provider: { aws: { service: 'SecretsManager', region: 'eu-central-1' } } },
    });
  });

  it('should make a folder of one remote secret, from a store that is there', () => {
    const objects = render(
      external({
        kid: 'main',
        secretStoreRef: { name: 'team', kind: 'ClusterSecretStore' },
        remoteRef: { key: 'jwt', property: 'secret' },
      }),
    );
    expect(sources(objects)).toEqual(['ExternalSecret']);
    expect(only(objects, 'ExternalSecret').spec).toEqual({
      refreshInterval: '1m',
      secretStoreRef: { name: 'team', kind: 'ClusterSecretStore' },
      target: {
        name: 'jwt-api-external-keys',
        template: { data: { active: 'main', main: '{{ .secret }}' } },
      },
      data: [{ secretKey: 'secret', remoteRef: { key: 'jwt', property: 'secret' } }],
    });
  });

  it('should be fetched by the CSI driver as the AWS provider wants it told', () => {
    const objects = [{ objectName: 'k', objectType: 'ssmparameter', objectAlias: 'active' }];
    const values = { keys: { mode: 'csi', csi: { region: 'eu-central-1', usePodIdentity: false, objects } } };
    expect(only(render(values), 'SecretProviderClass').spec).toEqual({
      provider: 'aws',
      parameters: {
        region: 'eu-central-1',
        usePodIdentity: 'false',
        objects: '- objectAlias: active\n  objectName: k\n  objectType: ssmparameter\n',
      },
    });
  });
});

type Secret = Manifest & { stringData: Record<'active' | string, string> & { active: string } };
