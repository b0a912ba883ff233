import { addressOf, hostsOf } from './address.ts';
import { RecordedTools } from './recorded-tools.ts';

const SERVICES = [
  {
    kind: 'Service',
    metadata: { name: 'jwt-api' },
    spec: { clusterIP: '10.0.0.1', ports: [{ port: 8000 }] },
  },
  {
    kind: 'Service',
    metadata: { name: 'jwt-api-metrics' },
    spec: { clusterIP: 'None', ports: [{ port: 9090 }] },
  },
];
const balanced = (...ingress: object[]) => ({ status: { loadBalancer: { ingress } } });
const clusterWith = (...items: object[]) =>
  new RecordedTools([/ get services(,ingresses)? /, JSON.stringify({ items })]).cluster;

describe('hostsOf', () => {
  it('should tell the name inside the cluster when nothing leads in', async () => {
    const cluster = clusterWith(...[...SERVICES].reverse(), { kind: 'Ingress', spec: {}, ...balanced() });
    expect(await hostsOf(cluster, [])).toBe('jwt-api.apps:8000, inside the cluster');
  });

  it('should tell the load balancer', async () => {
    const [service, metrics] = SERVICES;
    const cluster = clusterWith(
      { ...service, ...balanced({ hostname: 'a1.elb.amazonaws.com' }) },
      { ...metrics },
    );
    expect(await hostsOf(cluster, [])).toBe('a1.elb.amazonaws.com');
  });

  it('should tell the hosts, each once, rather than the balancer behind them', async () => {
    const spec = { rules: [{ host: 'jwt.example.com' }, { host: 'jwt.example.com' }, {}] };
    const cluster = clusterWith(...SERVICES, { kind: 'Ingress', spec, ...balanced({ ip: '192.0.2.7' }) });
    expect(await hostsOf(cluster, ['route.example.com'])).toBe('jwt.example.com, route.example.com');
  });
});

describe('addressOf', () => {
  it('should lead to the service that serves, and not to its metrics', async () => {
    const address = await addressOf(clusterWith(...[...SERVICES].reverse()));
    expect(address).toContain('--namespace apps port-forward service/jwt-api 8080:8000\n');
  });
});
