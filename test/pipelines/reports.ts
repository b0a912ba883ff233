import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Credentials } from '../system/aws-emulator.ts';
import type { Account } from './account.ts';
import type { Build } from './codebuild.ts';

/** A test of a report, as far as a pipeline shows it. */
interface TestCase {
  name: string;
  status: 'SUCCEEDED' | 'FAILED' | 'SKIPPED';
}

/** Uploads the reports of a build, as its role: each into a group of its own, named after the project. */
export async function uploadReports(
  account: Account,
  as: Credentials,
  { project, source, build }: { project: string; source: string; build: Build },
): Promise<void> {
  const call = (action: string, body: object) =>
    account.call(as, 'codebuild', `CodeBuild_20161006.${action}`, body);
  for (const [name, report] of Object.entries(build.reports)) {
    const files = report.files.map((file) => join(source, report['base-directory'], file)).filter(existsSync);
    const testCases = files.flatMap((file) => testCasesOf(readFileSync(file, 'utf8')));
    const failed = testCases.filter(({ status }) => status === 'FAILED').length;
    build.log += `[Container] Report ${name}: ${testCases.length} tests, ${failed} failed\n`;
    const group = `${project}-${name}`;
    await createReportGroup(account, as, group);
    const reportGroupArn = `arn:aws:codebuild:${account.region}:${account.id}:report-group/${group}`;
    const { arn } = (await call('CreateReport', { reportGroupArn })).report as { arn: string };
    await call('BatchPutTestCases', { reportArn: arn, testCases });
    await call('UpdateReport', { arn, status: failed === 0 ? 'SUCCEEDED' : 'FAILED' });
  }
}

/** Makes a group of reports, if there is none of that name. */
export async function createReportGroup(account: Account, as: Credentials, name: string): Promise<void> {
  const group = { name, type: 'TEST', exportConfig: { exportConfigType: 'NO_EXPORT' } };
  const made = account.call(as, 'codebuild', 'CodeBuild_20161006.CreateReportGroup', group);
  await made.catch((error: Error) => {
    if (!error.message.includes('ResourceAlreadyExistsException')) {
      throw error;
    }
  });
}

/** The tests of a file in JUnit's format. */
function testCasesOf(xml: string): TestCase[] {
  return [...xml.matchAll(/<testcase [^>]*?\bname="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs)].map(
    ([, name = '', inside = '']) => ({
      name,
      status: /<(failure|error)\b/.test(inside)
        ? 'FAILED'
        : inside.includes('<skipped')
          ? 'SKIPPED'
          : 'SUCCEEDED',
    }),
  );
}
