// Processes and what they cost, read from /proc. Whatever is started here is ended by its id.
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const TICKS_A_SECOND = 100;

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Asks every few milliseconds, for a start-up time is measured with it. */
export async function until(what, isSo, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  while (true) {
    try {
      if (await isSo()) return;
    } catch {
      // Not yet.
    }
    if (Date.now() > end) throw new Error(`${what} is not ready after ${seconds} s`);
    await sleep(5);
  }
}

export async function stop(child, signal = 'SIGTERM') {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const patience = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await ended;
  clearTimeout(patience);
}

/** User and system time so far; of a server with a process per connection, with all of its children, gone ones too. */
export function cpuSeconds(pid, { withChildren = false } = {}) {
  const own = stat(pid);
  let ticks = own.cpu;
  if (withChildren) {
    ticks += own.cpuOfGone;
    for (const entry of readdirSync('/proc')) {
      const other = /^\d+$/.test(entry) && stat(entry);
      if (other && other.parent === pid) ticks += other.cpu;
    }
  }
  return ticks / TICKS_A_SECOND;
}

export const residentMiB = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

function stat(pid) {
  try {
    // The name, in parentheses, may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ').map(Number);
    return { parent: fields[1], cpu: fields[11] + fields[12], cpuOfGone: fields[13] + fields[14] };
  } catch {
    return null;
  }
}
