import { type Doc, ofType, planted } from './cloudformation.js';
import { resourcesOf } from './pipelines-stacks.js';

/** A resource that a stack would leave open, unencrypted, or growing for ever. */
function careless(resources: Doc): string[] {
  const denies = ofType(resources, 'AWS::S3::BucketPolicy').flatMap(
    ([, policy]) => policy.PolicyDocument.Statement,
  );
  const isTlsOnly = denies.some(
    ({ Effect, Principal, Action, Condition }: Doc) =>
      `${Effect} ${Principal} ${Action} ${Condition.Bool['aws:SecureTransport']}` === 'Deny * s3:* false',
  );
  return [
    ...ofType(resources, 'AWS::S3::Bucket').flatMap(([name, bucket]) => [
      ...(isTlsOnly ? [] : [`${name} answers without TLS`]),
      ...(Object.values(bucket.PublicAccessBlockConfiguration ?? {}).filter(Boolean).length === 4
        ? []
        : [`${name} can be public`]),
      ...(bucket.BucketEncryption ? [] : [`${name} is not encrypted`]),
      ...(bucket.LifecycleConfiguration?.Rules[0].ExpirationInDays > 0 ? [] : [`${name} keeps all for ever`]),
    ]),
    ...ofType(resources, 'AWS::ECR::Repository').flatMap(([name, repository]) => [
      ...(repository.ImageTagMutability === 'IMMUTABLE_WITH_EXCLUSION' &&
      repository.ImageTagMutabilityExclusionFilters[0].ImageTagMutabilityExclusionFilterValue === 'sha256-*'
        ? []
        : [`${name} lets a tag name another image`]),
      ...(repository.ImageScanningConfiguration?.ScanOnPush ? [] : [`${name} is not scanned`]),
      ...(repository.EncryptionConfiguration ? [] : [`${name} is not encrypted`]),
      ...(repository.LifecyclePolicy ? [] : [`${name} keeps all for ever`]),
    ]),
    ...ofType(resources, 'AWS::CodeBuild::Project').flatMap(([name, project]) => {
      const group = String(project.LogsConfig?.CloudWatchLogs?.GroupName).replace(/[<>]/g, '');
      return resources[group]?.Properties.RetentionInDays > 0 ? [] : [`${name} keeps its logs for ever`];
    }),
    ...ofType(resources, 'AWS::CodePipeline::Pipeline').flatMap(([name, pipeline]) =>
      pipeline.PipelineType === 'V2' && pipeline.ExecutionMode === 'QUEUED'
        ? []
        : [`${name} lets runs overtake`],
    ),
  ];
}

describe('the resources of the stacks', () => {
  it.each(['shared, secret made', 'pipeline, parameter', 'pipeline, all options'])(
    'should leave nothing open, plain or growing: %s',
    (stack) => {
      expect(careless(resourcesOf(stack))).toEqual([]);
    },
  );

  it('should put an approval between build and deploy only if asked to', () => {
    const stages = (stack: string) =>
      resourcesOf(stack).Pipeline.Properties.Stages.map(({ Name }: Doc) => Name);
    expect(stages('pipeline, parameter')).toEqual(['Source', 'Build', 'Deploy']);
    expect(stages('pipeline, all options')).toEqual(['Source', 'Build', 'Approve', 'Deploy']);
  });

  it.each<[fault: string, stack: string, change: (resources: Doc) => void]>([
    ['ArtifactBucket answers without TLS', 'pipeline, parameter', (r) => delete r.ArtifactBucketPolicy],
    [
      'ArtifactBucket can be public',
      'pipeline, parameter',
      (r) => (r.ArtifactBucket.Properties.PublicAccessBlockConfiguration.BlockPublicAcls = false),
    ],
    [
      'ArtifactBucket is not encrypted',
      'pipeline, parameter',
      (r) => delete r.ArtifactBucket.Properties.BucketEncryption,
    ],
    [
      'ArtifactBucket keeps all for ever',
      'pipeline, parameter',
      (r) => delete r.ArtifactBucket.Properties.LifecycleConfiguration,
    ],
    ['DeployProject keeps its logs for ever', 'pipeline, parameter', (r) => delete r.DeployLog],
    [
      'Pipeline lets runs overtake',
      'pipeline, parameter',
      (r) => (r.Pipeline.Properties.ExecutionMode = 'PARALLEL'),
    ],
    [
      'Repository lets a tag name another image',
      'shared, secret made',
      (r) => (r.Repository.Properties.ImageTagMutability = 'MUTABLE'),
    ],
    [
      'Repository is not scanned',
      'shared, secret made',
      (r) => (r.Repository.Properties.ImageScanningConfiguration.ScanOnPush = false),
    ],
    [
      'Repository is not encrypted',
      'shared, secret made',
      (r) => delete r.Repository.Properties.EncryptionConfiguration,
    ],
    [
      'Repository keeps all for ever',
      'shared, secret made',
      (r) => delete r.Repository.Properties.LifecyclePolicy,
    ],
  ])('should not pass: %s', (fault, stack, change) => {
    expect(careless(planted(resourcesOf(stack), change))).toContain(fault);
  });
});
