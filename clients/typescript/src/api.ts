import createClient, { type Client } from 'openapi-fetch';
import { Connection, toError, type ConnectionOptions } from './connection.js';
import type { paths } from './schema.js';

/** Every operation of the service, typed by its OpenAPI document. */
export type Api = Client<paths>;

/** For what the rest of the package does not do. Tokens, their renewal and lost answers are the connection's business. */
export function createApi(to: Connection | ConnectionOptions): Api {
  const connection = to instanceof Connection ? to : new Connection(to);
  return createClient<paths>({ baseUrl: connection.baseUrl, fetch: (request) => connection.send(request) });
}

/** The data of an answer; throws an `ApiError` when it is no success. */
export async function unwrap<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw toError(response, error);
  return data as T;
}
