import { describeWith } from '../requirements.js';
import { container, only, render, run } from './chart.js';

describeWith(['helm'], 'what the chart renders when it is asked for', () => {
  it.each([
    [{}, /^jwt-api:\d+\.\d+\.\d+$/],
    [{ tag: '1.2.3' }, /^jwt-api:1\.2\.3$/],
    [{ tag: '1.2.3', digest: `sha256:${'0'.repeat(64)}` }, /^jwt-api@sha256:0{64}$/],
    [{ repository: 'registry.example.com/a/b', tag: 'x' }, /^registry\.example\.com\/a\/b:x$/],
  ])('should run the image of %j, in the test too', (image, expected) => {
    const objects = render({ image });
    expect(container(objects).image).toMatch(expected);
    expect(container(objects, 'Pod').image).toMatch(expected);
  });

  it.each([
    [{}, '10s', '25s', 40],
    [{ delaySeconds: 30, timeoutSeconds: 60 }, '30s', '60s', 95],
    [{ delaySeconds: 0 }, '0s', '25s', 30],
  ])('should give a pod with shutdown %j time for all of it', (shutdown, delay, timeout, grace) => {
    const objects = render({ shutdown });
    expect(only(objects, 'Deployment')).toHaveProperty(
      'spec.template.spec.terminationGracePeriodSeconds',
      grace,
    );
    expect(container(objects).env).toEqual(
      expect.arrayContaining([
        { name: 'SHUTDOWN_DELAY', value: delay },
        { name: 'SHUTDOWN_TIMEOUT', value: timeout },
      ]),
    );
  });

  it('should tell the service what config and env say, and nothing that is empty', () => {
    const config = { logLevel: 'DEBUG', tokenTtl: '1h', issuer: 'https://a.example.com', audience: '' };
    const env = Object.fromEntries(
      container(render({ config, env: { HOST: '::1' } })).env.map(({ name, value }) => [name, value]),
    );
    expect(env).toEqual({
      PORT: '8080',
      METRICS_PORT: '9090',
      LOG_LEVEL: 'DEBUG',
      AUTH_MODE: 'open',
      AUTH_AUDIT_EMAIL: 'hash',
      JWT_KEYS_DIR: '/etc/jwt-api/keys',
      JWT_TTL: '1h',
      JWT_ISSUER: 'https://a.example.com',
      SHUTDOWN_DELAY: '10s',
      SHUTDOWN_TIMEOUT: '25s',
      HOST: '::1',
    });
  });

  it('should run both pods where the values say', () => {
    const where = {
      imagePullSecrets: [{ name: 'registry' }],
      nodeSelector: { 'kubernetes.io/arch': 'arm64' },
      tolerations: [{ key: 'dedicated', operator: 'Exists' }],
    };
    const objects = render({ ...where, affinity: { nodeAffinity: {} }, priorityClassName: 'high' });
    expect(only(objects, 'Pod').spec).toMatchObject(where);
    expect(only(objects, 'Deployment').spec).toMatchObject({
      template: { spec: { ...where, affinity: { nodeAffinity: {} }, priorityClassName: 'high' } },
    });
  });

  it('should leave the number of pods to the autoscaler when there is one', () => {
    const objects = render({ autoscaling: { enabled: true, minReplicas: 1 } });
    expect(only(objects, 'Deployment').spec).not.toHaveProperty('replicas');
    expect(only(objects, 'HorizontalPodAutoscaler').spec).toMatchObject({ minReplicas: 1, maxReplicas: 10 });
  });

  it.each([[{ replicaCount: 1 }], [{ autoscaling: { enabled: true, minReplicas: 1 } }], [{}]])(
    'should let a drain take one pod with %j',
    (values) => {
      const budget = only(render(values), 'PodDisruptionBudget');
      expect(budget.spec).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
      expect(budget.spec).not.toHaveProperty('minAvailable');
    },
  );

  it('should publish the port of the Service, whatever it is', () => {
    const hosts = [{ host: 'a.example.com', paths: [{ path: '/', pathType: 'Prefix' }] }];
    const objects = render({
      auth: { acknowledgeOpen: true },
      service: { port: 8443 },
      ingress: { enabled: true, hosts },
      httpRoute: { enabled: true, parentRefs: [{ name: 'public' }] },
    });
    const service = { name: 'jwt-api', port: { name: 'http' } };
    expect(only(objects, 'Ingress')).toHaveProperty('spec.rules[0].http.paths[0].backend', { service });
    expect(only(objects, 'HTTPRoute')).toHaveProperty('spec.rules[0].backendRefs', [
      { name: 'jwt-api', port: 8443 },
    ]);
  });

  it.each([
    [{}, [[undefined, 'http']]],
    [
      { metricsFrom: [{ podSelector: {} }] },
      [
        [undefined, 'http'],
        [1, 'metrics'],
      ],
    ],
    [{ httpFrom: [{ podSelector: {} }] }, [[2, 'http']]],
  ])('should let in whom networkPolicy %j names, and nothing out', (peers, expected) => {
    const policy = only(render({ networkPolicy: { enabled: true, ...peers } }), 'NetworkPolicy').spec as {
      policyTypes: string[];
      ingress: { from?: object[]; ports: { port: string }[] }[];
    };
    expect(policy.ingress.map(({ from, ports }) => [from?.length, ports[0]?.port])).toEqual(expected);
    expect(policy).toMatchObject({ policyTypes: ['Ingress', 'Egress'] });
    expect(policy).not.toHaveProperty('egress');
  });

  it('should read the metrics where the ServiceMonitor looks', () => {
    const objects = render({ serviceMonitor: { enabled: true, labels: { release: 'prometheus' } } });
    expect(only(objects, 'ServiceMonitor')).toMatchObject({
      metadata: { labels: { release: 'prometheus' } },
      spec: {
        selector: {
          matchLabels: (only(objects, 'Service', 'jwt-api-metrics').spec as { selector: object }).selector,
        },
      },
    });
  });

  it('should run more containers beside its own', () => {
    const proxy = { name: 'proxy', image: 'proxy:1' };
    const objects = render({ extraContainers: [proxy] });
    expect(only(objects, 'Deployment')).toHaveProperty('spec.template.spec.containers', [
      expect.objectContaining({ name: 'jwt-api' }),
      proxy,
    ]);
  });

  it.each([
    [{}, /nodes can't pull jwt-api:[\d.]+\.\n.*local cluster.*--set image\.repository=REGISTRY\/jwt-api/s],
    [
      { image: { repository: 'registry.example.com/jwt-api' } },
      /nodes can't pull registry\.example\.com.*imagePullSecrets/s,
    ],
  ])('should say with %j how to reach it, to test it and to mend a failed pull', (values, expected) => {
    const { stdout } = run(
      'helm',
      ['install', 'jwt-api', 'charts/jwt-api', '--dry-run=client', '-f', '-'],
      JSON.stringify(values),
    );
    expect(stdout).toMatch(
      /port-forward service\/jwt-api 8080:80.*http:\/\/localhost:8080\/auth.*helm test jwt-api/s,
    );
    expect(stdout).toMatch(expected);
  });
});
