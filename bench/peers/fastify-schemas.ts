/** What a request for a token has to be: HTML's pattern of an email, and a password of 1 to 1,024 characters. */
export const credentials = {
  type: 'object',
  additionalProperties: false,
  required: ['email', 'password'],
  properties: {
    email: {
      type: 'string',
      maxLength: 254,
      pattern:
        "^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$",
    },
    password: { type: 'string', minLength: 1, maxLength: 1024 },
  },
};

/** What is answered: Fastify makes the code that writes it. */
export const answers = {
  token: { type: 'object', required: ['token'], properties: { token: { type: 'string' } } },
  contents: {
    type: 'object',
    required: ['email', 'exp'],
    properties: { email: { type: 'string' }, exp: { type: 'number' }, nbf: { type: 'number' } },
  },
};

/** The same as the service's, field by field. */
export const securityHeaders = {
  'content-security-policy':
    "default-src 'none';base-uri 'none';connect-src 'self';form-action 'none';frame-ancestors 'none';img-src 'self' data:;script-src 'self';style-src 'self' 'unsafe-inline'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};
