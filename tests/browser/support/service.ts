import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');
const SECRET = 'b9Kq2Lx7Vd0mXyRf4Tn6Wb8Zc1Hs3Jp5Gu7Ea0Io2Py4';

/** The service as ./run starts it, with the editor at its root and a PostgreSQL of its own, on a port that stays the same. */
export class Service {
  private process: ChildProcess | undefined;
  private port = 0;
  private constructor(private readonly folder: string) {}

  static async start(): Promise<Service> {
    const service = new Service(await mkdtemp(join(tmpdir(), 'ai-editor-browser-')));
    await service.begin();
    return service;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.port };
  }

  /** Starts it, again where it was. */
  async begin(): Promise<void> {
    const child = spawn('dotnet', ['bin/Release/net10.0/AiEditor.Persistence.dll'], {
      cwd: ROOT,
      env: {
        ...process.env,
        ASPNETCORE_ENVIRONMENT: 'Development',
        DATABASE_URL: '',
        DATA_DIR: this.folder,
        JWT_SECRET: SECRET,
        PORT: String(this.port),
        RATE_LIMIT: '0',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.process = child;
    let output = '';
    this.port = await new Promise<number>((done, fail) => {
      child.stdout.on('data', (text: Buffer) => {
        output += text.toString();
        const port = /Now listening on: http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
        if (port) done(Number(port));
      });
      child.on('exit', () => fail(new Error(`The service ended:\n${output}`)));
    });
    while (!(await fetch(`${this.url}/health/ready`).catch(() => null))?.ok)
      await new Promise((later) => setTimeout(later, 50));
  }

  /** SIGKILL: no goodbye. Its PostgreSQL lives on. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What the service has, asked past every browser. */
  async get<T>(user: number, path: string): Promise<T> {
    const answer = await fetch(this.url + path, { headers: { Authorization: `Bearer ${token(user, 600)}` } });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async post<T>(user: number, path: string, body: unknown): Promise<T> {
    const answer = await fetch(this.url + path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token(user, 600)}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await ended;
  }
}

/** A token that is good for so many seconds. */
export function token(user: number, seconds: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: String(user), iat: now, exp: now + seconds })}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}
