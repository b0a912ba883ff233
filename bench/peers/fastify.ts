/** What somebody would write who wants all that the service does, by Fastify's own means and without Nest. */
import { fastify } from 'fastify';
import { answers, credentials } from './fastify-schemas.ts';
import { address, issue, options, prepare, problem, read } from './parts.ts';

const app = fastify(options);
prepare(app);

app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
  const status = error.statusCode ?? 500;
  if (status >= 500) {
    request.log.error(error);
  }
  return problem(reply, status);
});

app.get('/', () => JSON.stringify('Healthy'));

app.post<{ Body: { email: string } }>(
  '/auth',
  { schema: { body: credentials, response: { 200: answers.token } } },
  ({ body: { email }, ip, log }, reply) => {
    reply.header('cache-control', 'no-store').send({ token: issue(email, ip, log) });
  },
);

app.get('/contents', { schema: { response: { 200: answers.contents } } }, (request, reply) => {
  const claims = read(request.headers.authorization);
  if (claims) {
    reply.send(claims);
  } else {
    problem(reply, 401);
  }
});

await app.listen(address);
