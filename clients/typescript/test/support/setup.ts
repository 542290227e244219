import 'fake-indexeddb/auto';
import { WebSocket } from 'ws';

// Node 20 has none of its own. Unlike a browser's, this one ends the process when nobody listens to its errors.
Object.assign(globalThis, {
  WebSocket: class extends WebSocket {
    constructor(...parameters: ConstructorParameters<typeof WebSocket>) {
      super(...parameters);
      this.on('error', () => undefined);
    }
  },
});
