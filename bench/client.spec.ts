import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from './client.ts';
import type { Exchange } from './loads.ts';

const exchange: Exchange = {
  request: Buffer.from('GET / HTTP/1.1\r\nHost: here\r\n\r\n'),
  status: 200,
  isRight: (body) => body === 'right',
};

describe('Client', () => {
  let server: Server;
  let client: Client;

  async function answerBy(listener: RequestListener, connections = 4): Promise<void> {
    server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = new Client((server.address() as AddressInfo).port, [exchange], connections);
  }

  afterEach(() => {
    client.close();
    server.close();
    server.closeAllConnections();
  });

  it('should count the answers of a closed loop, on kept connections and on closed ones', async () => {
    let asked = 0;
    await answerBy((_request, response) => {
      response.setHeader('connection', asked++ % 2 === 0 ? 'close' : 'keep-alive').end('right');
    });
    expect(await client.saturate(60, 50)).toBe(asked);
    expect(asked).toBeGreaterThanOrEqual(50);
  });

  it('should fail at one answer among many that has another status', async () => {
    let asked = 0;
    await answerBy((_request, response) => {
      response.writeHead(asked++ === 20 ? 500 : 200, { 'content-length': 0 }).end();
    });
    await expect(client.saturate(60)).rejects.toThrow('answered 500 instead of 200');
    await expect(client.saturate(0.1)).resolves.toBeGreaterThan(0);
  });

  it('should fail when the server goes', async () => {
    await answerBy((request) => request.socket.destroy());
    await expect(client.pace(100, 1)).rejects.toThrow('closed before the answer');
  });

  it('should not take an answer that is wrong', async () => {
    await answerBy((_request, response) => response.end('wrong'));
    await expect(client.verify()).rejects.toThrow('answered 200 wrong');
  });

  it('should count the time of a wait for a connection, too', async () => {
    let asked = 0;
    // The first answer comes late, and there is one connection: nine requests wait for it.
    await answerBy(
      (_request, response) => void setTimeout(() => response.end('right'), asked++ ? 0 : 400),
      1,
    );
    const took = await client.pace(100, 0.1);
    expect(took).toHaveLength(10);
    expect(Math.min(...took)).toBeGreaterThan(250);
  });
});
