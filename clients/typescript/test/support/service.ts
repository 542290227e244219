import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../../..');
const SERVICE = 'bin/Release/net10.0/AiEditor.Persistence.dll';

export interface Service {
  readonly url: string;
  readonly secret: string;
  /** Ends it with SIGKILL and starts it anew on the same port, with the same data. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** The service as it is, on a free port, with a PostgreSQL of its own in a folder of its own. */
export async function startService(): Promise<Service> {
  if (!existsSync(join(ROOT, SERVICE)))
    execFileSync('dotnet', ['build', 'AiEditor.Persistence.csproj', '-c', 'Release', '--nologo', '-v', 'quiet'], { cwd: ROOT });
  const folder = await mkdtemp(join(tmpdir(), 'persistence-test-'));
  const secret = randomBytes(32).toString('base64');
  let { process: running, url } = await begin(folder, secret, 0);
  return {
    get url() {
      return url;
    },
    secret,
    async restart() {
      await end(running, 'SIGKILL');
      ({ process: running, url } = await begin(folder, secret, Number(new URL(url).port)));
    },
    async stop() {
      await end(running, 'SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function begin(folder: string, secret: string, port: number): Promise<{ process: ChildProcess; url: string }> {
  const { DATABASE_URL: _, ...inherited } = process.env;
  const child = spawn('dotnet', [SERVICE], {
    cwd: ROOT,
    env: {
      ...inherited,
      ASPNETCORE_ENVIRONMENT: 'Development',
      PORT: String(port),
      RATE_LIMIT: '0',
      DATA_DIR: folder,
      JWT_SECRET: secret,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const url = await new Promise<string>((found, failed) => {
    const look = (text: Buffer): void => {
      said += text.toString();
      const listening = /Now listening on: (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (listening) found(listening);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('exit', (code) => failed(new Error(`The service ended with ${code}:\n${said}`)));
  });
  for (;;) {
    const ready = await fetch(`${url}/health/ready`).catch(() => null);
    if (ready?.ok) return { process: child, url };
    await new Promise((later) => setTimeout(later, 50));
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill(signal);
  await ended;
}
