import { z } from 'zod';

const EMAIL_CHARACTERS = 254;
const PASSWORD_CHARACTERS = 1024;

const NOT_AN_EMAIL = 'has to be an email address';

export const EXAMPLE_EMAIL = 'ada@example.com';
export const EXAMPLE_FAULT = { pointer: '#/email', detail: NOT_AN_EMAIL };
const EXAMPLE_TIME = 1_767_225_600;

/** HTML's own pattern. It takes more than what JSON Schema means by the format `email`, so the document has the pattern alone. */
const email = z
  .string(NOT_AN_EMAIL)
  .regex(z.regexes.html5Email, NOT_AN_EMAIL)
  .max(EMAIL_CHARACTERS, `has to have ${EMAIL_CHARACTERS} characters at most`);

/** JSON Schema counts characters, JavaScript's length counts UTF-16 units: an emoji is one, not two. */
const password = z
  .string('has to be a string')
  .min(1, 'has to have 1 character at least')
  .refine(
    (text) => [...text].length <= PASSWORD_CHARACTERS,
    `has to have ${PASSWORD_CHARACTERS} characters at most`,
  )
  .meta({ maxLength: PASSWORD_CHARACTERS, format: 'password' });

export const credentialsSchema = z
  .strictObject({ email, password }, 'has to be an object')
  .meta({ id: 'Credentials', example: { email: EXAMPLE_EMAIL, password: 'correct horse battery staple' } });

export type Credentials = z.infer<typeof credentialsSchema>;

export const tokenSchema = z
  .object({ token: z.string().meta({ description: 'A JSON Web Token (RFC 7519)' }) })
  .meta({ id: 'Token', example: { token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJlbWFpbCI6…' } });

export type Token = z.infer<typeof tokenSchema>;

/** What a token has to say; `exp` and `nbf` in seconds since 1970 (RFC 7519 §2, NumericDate). */
export const contentsSchema = z
  .object({
    email: z.string(),
    exp: z.number().meta({ description: 'The token ends then, in seconds since 1970' }),
    nbf: z.number().optional().meta({ description: 'The token begins then, in seconds since 1970' }),
  })
  .meta({
    id: 'Contents',
    example: { email: EXAMPLE_EMAIL, exp: EXAMPLE_TIME + 14 * 86_400, nbf: EXAMPLE_TIME },
  });

export type Contents = z.infer<typeof contentsSchema>;
