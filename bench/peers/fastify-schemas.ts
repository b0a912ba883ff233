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
