import { describe, expect, it, vi } from 'vitest';
import { backoff, Runner, Value } from '../src/reactive.js';

describe('a runner', () => {
  it('runs one thing at a time, whenever it is asked', async () => {
    let running = 0;
    let most = 0;
    let runs = 0;
    const runner = new Runner(async () => {
      most = Math.max(most, ++running);
      runs++;
      await new Promise((later) => setImmediate(later));
      running--;
    });
    const asked: Promise<void>[] = [];
    const ask = (): Promise<void> => {
      const run = runner.run();
      asked.push(run);
      return run;
    };
    // Asked for at every turn there is, those among them when one run has just ended and the next has not begun.
    for (let i = 0; i < 30; i++) {
      void ask().then(async () => {
        for (let turn = 0; turn < 5; turn++) {
          if (asked.length < 300) void ask();
          await Promise.resolve();
        }
      });
      await Promise.resolve();
    }
    for (let i = 0; i < asked.length; i++) await asked[i];
    expect(most).toBe(1);
    expect(runs).toBeGreaterThan(2);
  });

  it('gives whoever asks a run that began afterwards', async () => {
    let state = 0;
    let seen = -1;
    const runner = new Runner(async () => {
      const now = state;
      await new Promise((later) => setImmediate(later));
      seen = now;
    });
    void runner.run();
    state = 1;
    await runner.run();
    expect(seen).toBe(1);
  });

  it('goes on after one that failed, and tells those who asked for that one alone', async () => {
    let runs = 0;
    const runner = new Runner(async () => {
      await Promise.resolve();
      if (++runs === 1) throw new Error('failed');
    });
    const first = runner.run();
    const second = runner.run();
    await expect(first).rejects.toThrow('failed');
    await second;
    expect(runs).toBe(2);
  });
});

describe('a value', () => {
  it('tells every listener although one of them throws', () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const value = new Value(0);
    const heard: number[] = [];
    value.subscribe(() => {
      throw new Error('a listener’s own fault');
    });
    const end = value.subscribe(() => heard.push(value.get()));
    value.set(1);
    value.set(1);
    value.set(2);
    end();
    value.set(3);
    expect(heard).toEqual([1, 2]);
    report.mockRestore();
  });
});

describe('the backoff', () => {
  it('grows to ten seconds, is spread over all of that, and never less than what the service asked for', () => {
    expect(backoff(0, 0, () => 1)).toBe(500);
    expect(backoff(3, 0, () => 1)).toBe(4000);
    expect(backoff(1000, 0, () => 1)).toBe(10_000);
    expect(backoff(5, 0, () => 0)).toBe(0);
    expect(backoff(0, 30_000, () => 1)).toBe(30_000);
  });
});
