import type { Problem, VersionConflict } from './schema.js';

/** Whether the same may be taken later: the service could not say, or has too much to do. */
export const isPassing = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** An answer that is not a success, or no answer at all (`status` 0, `code` `network`). */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** The service's problem document, where it sent one. */
    readonly problem?: Problem | VersionConflict,
    /** Milliseconds that the service asks to wait. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }

  /**
   * Whether the same request may succeed later, with the same key: no answer, too much load, an unknown outcome. So may one
   * that never came to the service: a proxy that does not find it says nothing of the request, unless it is about its content.
   */
  get isTransient(): boolean {
    return this.status === 0 || isPassing(this.status) || (this.code === 'unknown' && ![400, 403, 413].includes(this.status));
  }
}

export interface ConnectionOptions {
  /** Where the service is, such as `https://persistence.example.com`. */
  baseUrl: string;
  /**
   * The user's token. With `refresh` the one given before was refused or has run out: a new one is wanted. Null when there
   * is none to be had, which means that the user is signed out. May throw while offline; then it is asked again later.
   */
  getToken(ask: { refresh: boolean }): string | null | Promise<string | null>;
  /** Called when even a refreshed token is refused. The app leads to its login; nothing that waits is lost meanwhile. */
  onSignedOut?(): void;
  /** Milliseconds that an answer may take to begin before it counts as lost. Default 15,000. */
  patience?: number;
  /** Instead of the browser's own. */
  fetch?: (request: Request) => Promise<Response>;
}

/** With the longest pause between two attempts it is less than half a minute. Files and archives have as long as they need. */
const PATIENCE_MS = 15_000;
/** For the rest of an answer that has begun. */
const BODY_PATIENCE_MS = 300_000;
/** However long the service asks to wait, or this device's clock makes of it; timers of a month end at once. */
const LONGEST_WAIT_MS = 3_600_000;
/** A token that runs out this soon is not worth sending. */
const MARGIN_MS = 5_000;

/** Every call to the service goes through here: it brings the token, renews it once for all who need it, and tells errors apart. */
export class Connection {
  readonly baseUrl: string;
  #renewing: Promise<string | null> | undefined;
  #isOffline = false;

  readonly #options: ConnectionOptions;
  readonly #user: string | undefined;

  /** @param user Whose tokens alone are sent. Another login, in another tab perhaps, may change what `getToken` gives at any time. */
  constructor(
    options: ConnectionOptions,
    user?: string,
  ) {
    this.#options = options;
    this.#user = user;
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
  }

  /** From now on every call fails as if there were no network, or no longer does. For demonstrations and tests. */
  simulateOffline(isOffline: boolean): void {
    this.#isOffline = isOffline;
  }

  get isSimulatedOffline(): boolean {
    return this.#isOffline;
  }

  /** A token that is good for a while, or null when signed out. Throws when it is somebody else's. */
  async token(): Promise<string | null> {
    const token = await this.#ask(false);
    const expiry = token === null ? undefined : claimsOf(token).exp;
    const isOver = expiry !== undefined && expiry * 1000 < Date.now() + MARGIN_MS;
    return this.#own(isOver ? await this.#renew(token) : token);
  }

  /** The same for whoever cannot go on without one. */
  async authorize(): Promise<string> {
    const token = await this.token();
    if (token === null) throw this.#signedOut();
    return token;
  }

  /** Sends a request of one's own, such as a file, with the token. Any answer is returned; no answer throws. */
  async send(request: Request, patience: number = this.patienceFor(0)): Promise<Response> {
    const token = await this.authorize();
    const answer = await this.#attempt(request.clone(), token, patience);
    if (answer.status !== 401) return answer;
    const renewed = this.#own(await this.#renew(token));
    if (renewed === null) throw this.#signedOut();
    const again = await this.#attempt(request, renewed, patience);
    if (again.status === 401) throw this.#signedOut();
    return again;
  }

  /** The same with a path and, unless told otherwise, as long as it takes; an answer that is no success throws. */
  async fetch(path: string, init: RequestInit = {}, patience = Infinity): Promise<Response> {
    const answer = await this.send(new Request(this.baseUrl + path, init), patience);
    if (!answer.ok) throw await errorOf(answer);
    return answer;
  }

  /** For a request that is so large: on a network of 16 kB a second it gets through, and one that stalls ends. */
  patienceFor(bytes: number): number {
    return (this.#options.patience ?? PATIENCE_MS) + (bytes >> 4);
  }

  /** What is at a path, as JSON. Members of the query that are undefined are left out. */
  async get<T>(path: string, query: Record<string, string | number | boolean | undefined> = {}): Promise<T> {
    const asked = Object.entries(query).filter(([, value]) => value !== undefined);
    const search = asked.map(([name, value]) => `${name}=${encodeURIComponent(value!)}`).join('&');
    const answer = await this.fetch(search ? `${path}?${search}` : path, {}, this.patienceFor(0));
    return (await answer.json()) as T;
  }

  #own(token: string | null): string | null {
    if (token === null || this.#user === undefined || claimsOf(token).sub === this.#user) return token;
    throw new ApiError(401, 'another_user', 'Somebody else is signed in.');
  }

  async #attempt(request: Request, token: string, patience: number): Promise<Response> {
    if (this.#isOffline) throw new ApiError(0, 'network', 'The network is switched off.');
    const headers = new Headers(request.headers);
    headers.set('Authorization', `Bearer ${token}`);
    const late = new AbortController();
    const authorized = new Request(request, { headers, signal: AbortSignal.any([request.signal, late.signal]) });
    let timer = patience === Infinity ? undefined : setTimeout(() => late.abort(), patience);
    try {
      const answer = await (this.#options.fetch ?? fetch)(authorized);
      if (timer === undefined) return answer;
      clearTimeout(timer);
      timer = setTimeout(() => late.abort(), BODY_PATIENCE_MS);
      // Read to its end here, where a connection that breaks off is known for what it is.
      const body = await answer.arrayBuffer();
      return new Response(body.byteLength > 0 ? body : null, answer);
    } catch (error) {
      if (request.signal.aborted) throw error;
      throw new ApiError(0, 'network', asError(error).message);
    } finally {
      clearTimeout(timer);
    }
  }

  /** An app that never answers must not hold up all tabs for ever. */
  #ask(refresh: boolean): Promise<string | null> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new ApiError(0, 'network', 'No token came.'));
      const timer = setTimeout(late, this.patienceFor(0));
      void Promise.resolve(this.#options.getToken({ refresh })).then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  /** One renewal for all who were refused with the same token, however many they are. */
  #renew(refused: string | null): Promise<string | null> {
    this.#renewing ??= (async () => {
      const now = await this.#ask(false);
      // Somebody else, perhaps another tab, has already got a new one.
      const isNew = now !== null && now !== refused && (claimsOf(now).exp ?? Infinity) * 1000 > Date.now() + MARGIN_MS;
      return isNew ? now : this.#ask(true);
    })().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  #signedOut(): ApiError {
    this.#options.onSignedOut?.();
    return new ApiError(401, 'unauthorized', 'The user is signed out.');
  }
}

/** Whatever was thrown. */
export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** Reads an answer that is no success. */
export const errorOf = async (answer: Response): Promise<ApiError> =>
  toError(answer, await answer.json().catch(() => undefined));

export function toError(answer: Response, body: unknown): ApiError {
  const after = answer.headers.get('Retry-After') ?? '';
  // Seconds or a date.
  const wait = Number(after) * 1000 || Date.parse(after) - Date.now();
  const retryAfter = wait > 0 ? Math.min(wait, LONGEST_WAIT_MS) : undefined;
  const problem = isProblem(body) ? body : undefined;
  const message = problem?.detail ?? problem?.title ?? `The service answered ${answer.status}.`;
  return new ApiError(answer.status, problem?.code ?? 'unknown', message, problem, retryAfter);
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string';
}

/** What a token says of itself, unchecked: whose it is and until when. */
export function claimsOf(token: string): { sub?: string; exp?: number } {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const claims = JSON.parse(atob(payload)) as Record<string, unknown>;
    return {
      ...(typeof claims.sub === 'string' || typeof claims.sub === 'number' ? { sub: String(claims.sub) } : {}),
      ...(typeof claims.exp === 'number' ? { exp: claims.exp } : {}),
    };
  } catch {
    return {};
  }
}
