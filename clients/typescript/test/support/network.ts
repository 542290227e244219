/** What befalls a request: nothing, it never arrives, its answer never arrives, or something else instead. */
export type Fate = 'passes' | 'is cut' | 'loses its answer' | ((request: Request) => Response | Promise<Response>);

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly at: number;
  readonly body: string;
  readonly user: string | undefined;
}

/** Stands between the package and the service, as its `fetch`. */
export class Network {
  /** All that was asked for, also what never arrived. */
  readonly sent: Sent[] = [];
  /** While true, nothing arrives. */
  isDown = false;
  /** Decides about each request. */
  fate: (request: Request) => Fate = () => 'passes';

  readonly fetch = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const isText = !pathname.includes('/attachments/') && request.method !== 'GET';
    this.sent.push({
      method: request.method,
      path: pathname,
      at: performance.now(),
      body: isText ? await request.clone().text() : '',
      user: subjectOf(request),
    });
    const fate = this.isDown ? 'is cut' : this.fate(request);
    if (typeof fate === 'function') return fate(request);
    if (fate === 'is cut') throw new TypeError('cut before it was sent');
    const answer = await fetch(request);
    if (fate === 'passes') return answer;
    await answer.arrayBuffer();
    throw new TypeError('its answer was lost');
  };

  /** How often something was asked for. */
  count(method: string, path: string | RegExp): number {
    return this.sent.filter((s) => s.method === method && (typeof path === 'string' ? s.path === path : path.test(s.path))).length;
  }
}

export const isBatch = (request: Request): boolean => request.url.endsWith('/v1/batch');

/** A fate that befalls the first n requests that match; the others pass. */
export function first(n: number, matches: (request: Request) => boolean, fate: Fate): (request: Request) => Fate {
  let left = n;
  return (request) => (left > 0 && matches(request) && left-- > 0 ? fate : 'passes');
}

export const answers = (status: number, code: string, headers: Record<string, string> = {}): (() => Response) => {
  const problem = { type: 'about:blank', title: code, status, detail: code, code, trace_id: '' };
  return () =>
    new Response(JSON.stringify(problem), { status, headers: { 'Content-Type': 'application/problem+json', ...headers } });
};

function subjectOf(request: Request): string | undefined {
  const payload = request.headers.get('Authorization')?.split('.')[1];
  return payload ? (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string }).sub : undefined;
}
