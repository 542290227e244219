// The three ways to put load on: wrk as fast as it goes, a fixed rate, and pgbench.
import { execFile } from 'node:child_process';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
/** Longer than any answer takes, in seconds; see the half request in wrk.lua. */
const drain = (connections) => (connections > 32 ? 3 : 1);
let runs = 0;

export async function wrk(contender, { request, connections, targets, seconds }) {
  const { stdout } = await promisify(execFile)(
    'wrk',
    ['-t1', '--timeout', '10s', `-c${connections}`, `-d${seconds + drain(connections)}`, '-s', join(here, 'wrk.lua'), contender.origin],
    {
      env: {
        PATH: process.env.PATH,
        BENCH_REQUEST: request,
        BENCH_TARGETS: targets,
        BENCH_SECONDS: `${seconds}`,
        BENCH_RUN: `${++runs}`,
      },
      timeout: (seconds + 60) * 1000,
    },
  );
  const result = JSON.parse(/^RESULT (.*)$/m.exec(stdout)[1]);
  if (result.failed > 0 || result.requests === 0)
    throw new Error(`${contender.name}, ${request}: ${result.failed} of ${result.requests} failed\n${stdout}`);
  // Requests began during `seconds`, and the last ones took their time.
  return { ...result, rate: result.requests / (seconds + result.mean / 1000) };
}

/** Requests at times fixed beforehand. A late answer delays nothing, and lateness counts from the time that was meant. */
export async function paced(contender, { rate, seconds, body, tokenOf, sessions }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 256, scheduling: 'fifo' });
  const latencies = [];
  const late = [];
  const total = rate * seconds;
  const begin = performance.now() + 20;
  let sent = 0;
  await new Promise((resolve, reject) => {
    const send = (n) => {
      const meant = begin + (n * 1000) / rate;
      late.push(performance.now() - meant);
      const session = (n % sessions) + 1;
      const text = body(n);
      const headers = {
        authorization: `Bearer ${tokenOf(session)}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      };
      request(`${contender.origin}/v1/sessions/${session}/messages`, { method: 'POST', agent, headers }, (response) => {
        response.resume().on('end', () => {
          if (response.statusCode !== 201) reject(new Error(`${contender.name}: ${response.statusCode} at a fixed rate`));
          latencies.push(performance.now() - meant);
          if (latencies.length === total) resolve();
        });
      })
        .on('error', reject)
        .end(text);
    };
    const tick = () => {
      while (sent < total && performance.now() >= begin + (sent * 1000) / rate) send(sent++);
      // Timers are whole milliseconds long and late by up to one; the rest is waited for without sleeping.
      const wait = begin + (sent * 1000) / rate - performance.now();
      if (sent < total) wait > 1.5 ? setTimeout(tick, wait - 1.2) : setImmediate(tick);
    };
    tick();
  });
  agent.destroy();
  const at = (values, share) => values.sort((a, b) => a - b)[Math.floor(values.length * share)];
  return { requests: total, p50: at(latencies, 0.5), p99: at(latencies, 0.99), senderP99: at(late, 0.99) };
}
