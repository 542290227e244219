import { connect, createServer, type Server, type Socket } from 'node:net';

/** The network between a browser and the service: it can be cut at any moment and healed again. */
export class Network {
  private readonly sockets = new Set<Socket>();
  private isCut = false;
  cuts = 0;

  private constructor(private readonly server: Server) {}

  static async to(target: { host: string; port: number }): Promise<Network> {
    const server = createServer();
    const network = new Network(server);
    server.on('connection', (near) => {
      if (network.isCut) return near.destroy();
      const far = connect(target.port, target.host);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        network.sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          network.sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return network;
  }

  get url(): string {
    const address = this.server.address();
    return `http://localhost:${typeof address === 'object' ? address?.port : ''}`;
  }

  /** In the middle of whatever is under way: requests and answers are torn. */
  cut(): void {
    this.isCut = true;
    this.cuts++;
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  heal(): void {
    this.isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((done) => this.server.close(done));
  }
}
