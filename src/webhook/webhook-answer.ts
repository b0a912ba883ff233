import { z } from 'zod';
import { Claims } from '../attempts/authenticator.js';
import { UnavailableException } from '../attempts/unavailable.exception.js';

/** What is read of an answer: claims end up in a header, and Node.js takes no more than 16 KiB of those. */
const LARGEST_ANSWER = 4 * 1024;

/** The body of an answer that lets somebody in. Whatever else it says is not for this service. */
const answerSchema = z.object({
  claims: z.object({ sub: z.string().optional() }).catchall(z.unknown()).optional(),
});

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * What the webhook says of somebody's credentials: claims, of which the allowed ones stay, or nothing if it refuses.
 * Only a 2xx with no body or a JSON object is a yes: a page that some proxy puts before it would else let in everybody.
 * @throws {UnavailableException} when it is neither a yes nor a no
 */
export async function readAnswer(
  response: Response,
  allowed: readonly string[],
): Promise<Claims | undefined> {
  if (!response.ok) {
    await response.body?.cancel();
    if (response.status === 401) {
      return undefined;
    }
    throw new UnavailableException(`status ${response.status}`);
  }
  const answer = answerSchema.safeParse(parse(await readBody(response)));
  if (!answer.success) {
    throw new UnavailableException('an answer that is not understood');
  }
  const given = Object.entries(answer.data.claims ?? {});
  return Object.fromEntries(given.filter(([name]) => allowed.includes(name)));
}

async function readBody(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // To leave the loop cancels the rest.
    if (size > LARGEST_ANSWER) {
      throw new UnavailableException(`an answer larger than ${LARGEST_ANSWER} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(body: Buffer): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(utf8.decode(body));
  } catch {
    return undefined;
  }
}
