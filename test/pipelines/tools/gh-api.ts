import { readFileSync } from 'node:fs';
import type { GitHub, Repository } from './github-account.ts';
import { flag, need, read, say, text } from './terminal.ts';

/** Answers `gh api`: what it asks for, or nothing of what it changes. */
export function callApi(github: GitHub, rest: string[]): void {
  const options = { silent: flag, method: text, input: text, jq: text, field: { ...text, short: 'f' } };
  const [path = '', given] = read(rest, options, 1);
  const [, name = '', tail = ''] = /^repos\/([^/]+\/[^/]+)(?:\/(.*))?$/.exec(path) ?? [];
  const call = `${given.method ?? 'GET'} ${tail}`.trim();
  if (call === 'GET') {
    const { id, ownerId } = github.repository(name);
    const answers: Record<string, number> = { '.id': id, '.owner.id': ownerId };
    need(`${given.jq}` in answers, `not known here: --jq ${given.jq}`);
    say(`${answers[`${given.jq}`]}`);
    return;
  }
  need(given.silent, 'what is changed is answered by a page of JSON');
  const body = given.input === '-' ? JSON.parse(readFileSync(0, 'utf8')) : given.field;
  github.change(name, (repository) => changeBy(call, repository, body));
}

/** https://docs.github.com/en/rest: deployments/environments, deployments/branch-policies, branches/branch-protection */
function changeBy(call: string, repository: Repository, body: unknown): void {
  const { environments } = repository;
  const calls: Record<string, () => void> = {
    'PUT environments/production': () => {
      const policy = (body as { deployment_branch_policy: Record<string, unknown> }).deployment_branch_policy;
      const { protected_branches: isProtected, custom_branch_policies: isCustom } = policy;
      need(isProtected === false && isCustom === true, 'the two cannot have the same value');
      environments.production = [];
    },
    'POST environments/production/deployment-branch-policies': () => {
      need(environments.production && body === 'name=main', 'a branch of an environment that there is');
      environments.production?.push('main');
    },
    'DELETE environments/production': () => {
      need(environments.production, 'Not Found (HTTP 404)');
      delete environments.production;
    },
    'PUT branches/main/protection': () => {
      const required = [
        'required_status_checks',
        'enforce_admins',
        'required_pull_request_reviews',
        'restrictions',
      ];
      need(
        required.every((key) => key in (body as object)),
        `Invalid request: ${required} are required`,
      );
      repository.checks = (
        body as { required_status_checks: { contexts: string[] } }
      ).required_status_checks.contexts;
    },
  };
  need(calls[call], `not known here: ${call}`);
  calls[call]?.();
}
