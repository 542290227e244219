/** Numbers that look random and come again with the same seed, which is printed. SEED names another one. */
export class Random {
  private state: number;

  constructor(what: string, seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))) {
    this.state = seed;
    console.log(`${what}: SEED=${seed}`);
  }

  /** At least 0, less than 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  chance(p: number): boolean {
    return this.next() < p;
  }

  of<T>(all: readonly T[]): T {
    if (all.length === 0) throw new Error('There is nothing to choose from.');
    return all[this.below(all.length)]!;
  }
}
