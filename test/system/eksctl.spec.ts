import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { describeWith } from '../requirements.js';
import { run } from './chart.js';

/** The newest that Go's proxy has. It knows every field but `upgradePolicy`, which came with the next. */
const EKSCTL = 'github.com/weaveworks/eksctl@v0.215.0';
const NEWER = { upgradePolicy: { enum: [{ supportType: 'STANDARD' }, { supportType: 'EXTENDED' }] } };

const cluster = () => parse(readFileSync('eksctl/cluster.yaml', 'utf8'));
const guide = readFileSync('docs/eks.md', 'utf8');

describeWith(['go'], 'eksctl/cluster.yaml', () => {
  let faults: (config: object) => string[];

  beforeAll(() => {
    const { stdout, stderr } = run('go', ['mod', 'download', '-json', EKSCTL]);
    const { Dir, Error: fault = stderr } = JSON.parse(stdout);
    if (!Dir) {
      throw new Error(fault);
    }
    const file = `${Dir}/pkg/apis/eksctl.io/v1alpha5/assets/schema.json`;
    const schema = JSON.parse(readFileSync(file, 'utf8'));
    Object.assign(schema.definitions.ClusterConfig.properties, NEWER);
    const validate = new Ajv({ strict: false }).compile(schema);
    faults = (config) => (validate(config) ? [] : [JSON.stringify(validate.errors)]);
  });

  it("should be what eksctl's schema allows", () => {
    expect(faults(cluster())).toEqual([]);
  });

  it('should still be that with Auto Mode, as its comment has it', () => {
    const { addons, managedNodeGroups, ...others } = cluster();
    expect(faults({ ...others, autoModeConfig: { enabled: true } })).toEqual([]);
  });

  it.each([
    ['a field that eksctl does not know', { availabiltyZones: [] }],
    ['such a field further down', { managedNodeGroups: [{ name: 'nodes', disablePodIMD: true }] }],
    ['a wrong type', { cloudWatch: { clusterLogging: { logRetentionInDays: '30' } } }],
    ['another support type', { upgradePolicy: { supportType: 'FREE' } }],
  ])('should be refused with %s', (_what, fault) => {
    expect(faults({ ...cluster(), ...fault })).not.toEqual([]);
  });
});

describe('docs/eks.md', () => {
  it('should name what the file makes', () => {
    const { metadata, managedNodeGroups, availabilityZones } = cluster();
    expect(guide).toContain(`export AWS_REGION=${metadata.region}\n`);
    expect(guide).toContain(`aws eks update-kubeconfig --name ${metadata.name} `);
    expect(guide).toContain(`--cluster ${metadata.name} --name ${managedNodeGroups[0].name} `);
    expect(guide).toContain(`--log-group-name /aws/eks/${metadata.name}/cluster\n`);
    expect(availabilityZones).toHaveLength(managedNodeGroups[0].desiredCapacity);
    expect(availabilityZones.every((zone: string) => zone.startsWith(metadata.region))).toBe(true);
  });
});
