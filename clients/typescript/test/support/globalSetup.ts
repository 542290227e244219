import type { TestProject } from 'vitest/node';
import { startService } from './service.js';

declare module 'vitest' {
  interface ProvidedContext {
    url: string;
    /** What tokens are signed with; empty when the service is somebody else's. */
    secret: string;
  }
}

/** One real service for all tests: each of them is another user, so they do not meet. */
export default async function globalSetup(project: TestProject): Promise<(() => Promise<void>) | void> {
  const { PERSISTENCE_URL, PERSISTENCE_SECRET } = process.env;
  if (PERSISTENCE_URL) {
    project.provide('url', PERSISTENCE_URL);
    project.provide('secret', PERSISTENCE_SECRET ?? '');
    return;
  }
  const service = await startService();
  project.provide('url', service.url);
  project.provide('secret', service.secret);
  return () => service.stop();
}
