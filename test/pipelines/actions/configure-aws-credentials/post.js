const { appendFileSync } = require('node:fs');

const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
appendFileSync(process.env.GITHUB_ENV, names.map((name) => `${name}=\n`).join(''));
