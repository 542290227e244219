import { open, PersistenceCore, type PersistenceOptions } from './core.js';
import { Drafts } from './drafts.js';
import type { Settled } from './replica.js';
import { Sessions } from './sessions.js';

/** The browser half of the service, for one user. `createPersistence` makes it. */
export class Persistence extends PersistenceCore {
  readonly sessions = new Sessions(this.parts);
  readonly drafts = new Drafts(this.parts.store, this.user, this.parts.database);

  protected override onSettled(settled: readonly Settled[]): void {
    super.onSettled(settled);
    this.sessions.absorb(settled);
  }

  protected override async onRows(keys: readonly string[]): Promise<void> {
    await this.sessions.absorbFrom(keys);
    await super.onRows(keys);
  }
}

/** Opens what this device keeps of the user and begins to send what waits. Works offline; throws when nobody is signed in. */
export const createPersistence = (options: PersistenceOptions): Promise<Persistence> => open(options, Persistence);
