import { hostname, userInfo } from 'node:os';

/** Who a waiting run is told to wait for: a run of a CI system by its address, else the person, the machine and the process. */
export function holderName({ env } = process): string {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, CODEBUILD_BUILD_ID } = env;
  if (GITHUB_RUN_ID) {
    return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
  }
  return CODEBUILD_BUILD_ID ?? `${userInfo().username}@${hostname()}, process ${process.pid}`;
}
