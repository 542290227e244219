import { ApiError } from '@ai-editor/persistence';

/** What went wrong, for somebody who did nothing wrong. */
export function inWords(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.status === 0) return 'There is no connection to the service just now.';
    if (error.status === 401) return 'You have been signed out.';
    if (error.status === 404) return 'It is not there any more.';
    if (error.status === 413) return 'That is more than the service takes at once.';
    if (error.status === 429 || error.status === 503) return 'The service has a lot to do. Try again in a moment.';
    const errors = error.problem && 'errors' in error.problem ? Object.entries(error.problem.errors ?? {}) : [];
    const [first] = errors;
    return first ? `${error.message} (${first[0]}: ${first[1][0]})` : error.message;
  }
  return error instanceof Error ? error.message : String(error);
}

export const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
