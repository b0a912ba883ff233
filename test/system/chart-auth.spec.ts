import { describeWith } from '../requirements.js';
import { container, HELMS, only, render, run, template } from './chart.js';

const USERS = { mode: 'users', usersSecret: 'team-users' };
const URL_ = 'https://users.example.com:8443/check';
const WEBHOOK = { mode: 'webhook', webhook: { url: URL_, tokenSecret: 'team-webhook' } };
const HOSTS = [{ host: 'a.example.com', paths: [{ path: '/', pathType: 'Prefix' }] }];
const PUBLISHED: [string, object][] = [
  ['an Ingress', { ingress: { enabled: true, hosts: HOSTS } }],
  ['an HTTPRoute', { httpRoute: { enabled: true, parentRefs: [{ name: 'public' }] } }],
  ['a load balancer', { service: { type: 'LoadBalancer' } }],
];

const variables = (auth: object) =>
  Object.fromEntries(
    container(render({ auth }))
      .env.map(({ name, value }) => [name, value] as const)
      .filter(([name]) => /^AUTH_|^NODE_/.test(name)),
  );
const podOf = (auth: object) =>
  (only(render({ auth }), 'Deployment').spec as { template: { spec: object } }).template.spec;
const notes = (values: object) =>
  run('helm', ['install', 'jwt-api', 'charts/jwt-api', '--dry-run=client', '-f', '-'], JSON.stringify(values))
    .stdout;

describeWith([...HELMS], 'who gets a token, as the chart has it', () => {
  it.each(PUBLISHED)('should not be everybody behind %s, unless that is meant', (_what, values) => {
    for (const helm of HELMS) {
      const { status, stderr } = template(values, { helm });
      expect(stderr).toMatch(/auth\.mode is open: .* or auth\.acknowledgeOpen to true/);
      expect(status).toBe(1);
      for (const auth of [{ acknowledgeOpen: true }, USERS, WEBHOOK]) {
        expect(template({ ...values, auth }, { helm })).toMatchObject({ status: 0, stderr: '' });
      }
    }
  });

  it('should be everybody by default, by name', () => {
    expect(variables({})).toEqual({ AUTH_MODE: 'open', AUTH_AUDIT_EMAIL: 'hash' });
  });

  it('should be who stands in a Secret, which the pods follow', () => {
    expect(variables({ ...USERS, trustedProxies: ['10.0.0.0/8', '::1'], auditEmail: 'clear' })).toEqual({
      AUTH_MODE: 'users',
      AUTH_AUDIT_EMAIL: 'clear',
      AUTH_TRUSTED_PROXIES: '10.0.0.0/8,::1',
      AUTH_USERS_FILE: '/etc/jwt-api/users/users',
    });
    expect(podOf(USERS)).toMatchObject({
      containers: [
        {
          volumeMounts: [
            { name: 'keys' },
            { name: 'users', mountPath: '/etc/jwt-api/users', readOnly: true },
          ],
        },
      ],
      volumes: [
        { name: 'keys' },
        { name: 'users', secret: { secretName: 'team-users', defaultMode: 0o440 } },
      ],
    });
  });

  it('should be whom a webhook knows, with its credential in a file and not a variable', () => {
    const webhook = { ...WEBHOOK.webhook, claims: ['sub', 'roles'], caConfigMap: 'team-ca' };
    expect(variables({ mode: 'webhook', webhook })).toEqual({
      AUTH_MODE: 'webhook',
      AUTH_AUDIT_EMAIL: 'hash',
      AUTH_WEBHOOK_URL: URL_,
      AUTH_WEBHOOK_TOKEN_FILE: '/etc/jwt-api/webhook/token',
      AUTH_WEBHOOK_TIMEOUT: '5s',
      AUTH_WEBHOOK_CLAIMS: 'sub,roles',
      NODE_EXTRA_CA_CERTS: '/etc/jwt-api/webhook-ca/ca.crt',
    });
    expect(podOf({ mode: 'webhook', webhook })).toMatchObject({
      volumes: [
        { name: 'keys' },
        { name: 'webhook', secret: { secretName: 'team-webhook', defaultMode: 0o440 } },
        { name: 'webhook-ca', configMap: { name: 'team-ca' } },
      ],
    });
  });

  it.each<[string, object, object[]]>([
    [URL_, {}, [{ ports: [{ port: 8443, protocol: 'TCP' }] }]],
    ['https://[::1]/x', {}, [{ ports: [{ port: 443, protocol: 'TCP' }] }]],
    [URL_, { webhookTo: [{ podSelector: {} }] }, [{ to: [{ podSelector: {} }] }]],
  ])('should let the pods ask %s and DNS, with networkPolicy %j', (url, peers, expected) => {
    const auth = { mode: 'webhook', webhook: { url, tokenSecret: 'x' } };
    const policy = only(render({ auth, networkPolicy: { enabled: true, ...peers } }), 'NetworkPolicy');
    const ports = [
      { port: 53, protocol: 'UDP' },
      { port: 53, protocol: 'TCP' },
    ];
    expect(policy).toHaveProperty('spec.egress', [{ ports }, ...expected]);
  });

  it.each<[object, RegExp]>([
    [{}, /auth {3}open\n.*"password":"anything".*auth\.mode is open: .*for demos and tests/s],
    [{ auth: USERS }, /auth {3}users\n.*your password.*stands in the Secret "team-users"/s],
    [{ auth: WEBHOOK }, /auth {3}webhook\n.*whom https:\/\/users\.example\.com:8443\/check knows/s],
    [
      { auth: USERS, ingress: { enabled: true, hosts: HOSTS } },
      /auth\.trustedProxies is empty: all that comes/,
    ],
  ])('should be said in the notes, with %j', (values, expected) => {
    expect(notes(values)).toMatch(expected);
  });
});
