import { describeWith } from '../requirements.js';
import { container, type Manifest, only, render } from './chart.js';

const names = (objects: Manifest[]) => objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();

describeWith(['helm'], 'what the chart renders with no value set', () => {
  let objects: Manifest[];
  beforeAll(() => {
    objects = render();
  });

  it('should be what a service needs, and nothing that is off', () => {
    expect(names(objects)).toEqual([
      'Deployment jwt-api',
      'Pod jwt-api-test',
      'PodDisruptionBudget jwt-api',
      'Secret jwt-api-keys',
      'Service jwt-api',
      'Service jwt-api-metrics',
      'ServiceAccount jwt-api',
    ]);
  });

  it('should roll over without a missing pod and keep two', () => {
    expect(only(objects, 'Deployment').spec).toMatchObject({
      replicas: 2,
      revisionHistoryLimit: 3,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    });
  });

  it.each([
    ['Deployment', 'spec.template.spec'],
    ['Pod', 'spec'],
  ])('should give the %s no right that it does not use', (kind, path) => {
    expect(only(objects, kind)).toHaveProperty(
      path,
      expect.objectContaining({
        automountServiceAccountToken: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 65532,
          runAsGroup: 65532,
          fsGroup: 65532,
          seccompProfile: { type: 'RuntimeDefault' },
        },
      }),
    );
    expect(container(objects, kind)).toMatchObject({
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      resources: {
        requests: { cpu: expect.stringMatching(/^\d+m$/), memory: expect.stringMatching(/Mi$/) },
        limits: { memory: expect.stringMatching(/Mi$/) },
      },
    });
  });

  it('should ask the right paths and the right ports', () => {
    const probe = (path: string) => expect.objectContaining({ httpGet: { path, port: 'http' } });
    expect(container(objects)).toMatchObject({
      ports: [
        { name: 'http', containerPort: 8080 },
        { name: 'metrics', containerPort: 9090 },
      ],
      startupProbe: probe('/healthz'),
      livenessProbe: probe('/healthz'),
      readinessProbe: probe('/readyz'),
    });
  });

  it('should spread each revision over zones and nodes, without leaving a pod pending', () => {
    const spread = (topologyKey: string) =>
      expect.objectContaining({
        topologyKey,
        whenUnsatisfiable: 'ScheduleAnyway',
        matchLabelKeys: ['pod-template-hash'],
      });
    expect(only(objects, 'Deployment')).toHaveProperty('spec.template.spec.topologySpreadConstraints', [
      spread('topology.kubernetes.io/zone'),
      spread('kubernetes.io/hostname'),
    ]);
  });

  it('should keep the metrics out of the Service that is published', () => {
    expect(only(objects, 'Service', 'jwt-api')).toHaveProperty('spec.ports', [
      { name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' },
    ]);
    expect(only(objects, 'Service', 'jwt-api-metrics')).toHaveProperty('spec.clusterIP', 'None');
  });

  it('should not send requests to the pod of the test', () => {
    const { selector } = only(objects, 'Service', 'jwt-api').spec as { selector: Record<string, string> };
    expect(only(objects, 'Deployment')).toHaveProperty('spec.template.metadata.labels', selector);
    expect(only(objects, 'Pod').metadata.labels).not.toMatchObject(selector);
  });
});
