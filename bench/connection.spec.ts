import { parseAnswer } from './connection.ts';
import { Failure } from './failure.ts';

const answer = (status: string, fields: string[], body = '') =>
  `HTTP/1.1 ${status}\r\n${fields.join('\r\n')}\r\n\r\n${body}`;

describe('parseAnswer', () => {
  it('should read an answer that is complete', () => {
    const text = answer('401 Unauthorized', ['Date: now', 'content-length: 2'], '{}');
    expect(parseAnswer(text)).toEqual({ status: 401, body: '{}', isLast: false });
  });

  it('should wait for the rest, wherever it is cut', () => {
    const text = answer('200 OK', ['Content-Length: 4'], 'body');
    for (let length = 0; length < text.length; length += 1) {
      expect(parseAnswer(text.slice(0, length))).toBeUndefined();
    }
  });

  it('should tell that the server closes the connection', () => {
    const text = answer('200 OK', ['Connection: close', 'Content-Length: 0']);
    expect(parseAnswer(text)).toMatchObject({ isLast: true });
  });

  it('should fail where the end of an answer cannot be told', () => {
    expect(parseAnswer(answer('200 OK', ['Transfer-Encoding: chunked']))).toBeInstanceOf(Failure);
  });
});
