// The TypeScript client that anyone can generate, at work: makes a session, says something in it, loads it back.
// Usage: TOKEN=... SERVICE_URL=http://localhost:3000 node dist/make-session.js
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/schema.js";

declare const process: { env: Record<string, string | undefined> };

const api = createClient<paths>({
  baseUrl: process.env.SERVICE_URL ?? "http://localhost:3000",
  headers: { Authorization: `Bearer ${process.env.TOKEN}` },
});

/** A problem is an answer, not an exception: the generated types make both visible. */
function must<T>(answer: { data?: T; error?: components["schemas"]["Problem"]; response: Response }): T {
  if (answer.data === undefined)
    throw new Error(`${answer.response.status} ${answer.error?.code}: ${answer.error?.detail}`);
  return answer.data;
}

const made = must(await api.POST("/v1/sessions", { body: { title: "From TypeScript" } }));

const saved = await api.POST("/v1/sessions/{sessionId}/messages", {
  params: { path: { sessionId: made.id }, header: { "Idempotency-Key": crypto.randomUUID() } },
  body: { role: "user", content: "A red button, please.", metadata: { nested: { answer: 42 } } },
});
const message = must(saved);

const loaded = must(await api.GET("/v1/sessions/{sessionId}", { params: { path: { sessionId: made.id } } }));
const role: "user" | "assistant" | undefined = loaded.messages[0]?.role;
if (loaded.session.title !== "From TypeScript" || role !== "user" || loaded.messages[0]?.id !== message.id)
  throw new Error(`Loaded something else: ${JSON.stringify(loaded)}`);

const refused = await api.POST("/v1/sessions", { body: { title: "" } });
if (refused.error?.code !== "validation_failed" || refused.error.errors?.title === undefined)
  throw new Error(`Refused otherwise: ${JSON.stringify(refused.error)}`);

console.log(`session ${made.id} at revision ${saved.response.headers.get("Session-Revision")}`);
