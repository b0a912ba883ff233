import { describeWith } from '../requirements.js';
import { only, render } from './chart.js';

describeWith(['helm'], "the chart's names and labels", () => {
  it.each([
    ['r'.repeat(53), {}],
    ['jwt', { fullnameOverride: 'f'.repeat(80) }],
    ['jwt', { nameOverride: 'n'.repeat(80) }],
  ])('should keep every name and label of release %s short enough', (release, values) => {
    for (const { metadata } of render(values, { release })) {
      for (const text of [metadata.name, ...Object.values(metadata.labels)]) {
        expect(text).toMatch(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);
      }
    }
  });

  it('should label every object and the pods as commonLabels say, and the pods more', () => {
    const commonLabels = { team: 'identity', tier: 'front' };
    const objects = render({
      commonLabels,
      podLabels: { tier: 'back', shift: 'night' },
      autoscaling: { enabled: true },
    });
    expect(objects.map(({ metadata }) => metadata.labels)).toEqual(
      objects.map(() => expect.objectContaining(commonLabels)),
    );
    expect(only(objects, 'Deployment')).toHaveProperty('spec.template.metadata.labels', {
      'app.kubernetes.io/name': 'jwt-api',
      'app.kubernetes.io/instance': 'jwt-api',
      team: 'identity',
      tier: 'back',
      shift: 'night',
    });
    expect(only(objects, 'Service', 'jwt-api')).not.toHaveProperty('spec.selector.team');
  });

  it('should take names that look like numbers for names', () => {
    const remoteRef = { key: '0123', property: '1e3' };
    const objects = render({
      keys: { mode: 'external', external: { remoteRef, aws: { region: '1', role: '2' } } },
      auth: { mode: 'users', usersSecret: '3' },
      serviceAccount: { name: '4' },
      priorityClassName: '5',
      ingress: {
        enabled: true,
        className: '6',
        hosts: [{ host: '', paths: [{ path: '*', pathType: 'Exact' }] }],
      },
    });
    expect(only(objects, 'ExternalSecret')).toHaveProperty('spec.dataFrom', [{ extract: remoteRef }]);
    expect(only(objects, 'SecretStore')).toHaveProperty(
      'spec.provider.aws',
      expect.objectContaining({ region: '1', role: '2' }),
    );
    expect(only(objects, 'Deployment')).toHaveProperty(
      'spec.template.spec',
      expect.objectContaining({ serviceAccountName: '4', priorityClassName: '5' }),
    );
    expect(only(objects, 'Deployment')).toHaveProperty(
      'spec.template.spec.volumes[1].secret.secretName',
      '3',
    );
    expect(only(objects, 'ServiceAccount')).toHaveProperty('metadata.name', '4');
    expect(only(objects, 'Ingress')).toHaveProperty('spec.ingressClassName', '6');
    expect(only(objects, 'Ingress')).toHaveProperty('spec.rules[0].http.paths[0].path', '*');
  });
});
