// Help for the self-tests: a server, and a receiver of webhooks.

import { createServer } from "node:http";
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

import { start } from "./server.mjs";

export const NOW = "2026-11-20T10:00:00Z";
export const at = (iso) => Math.floor(Date.parse(iso) / 1000);

export async function stage(t, options = {}) {
  const server = await start({ now: at(NOW), strict: true, ...options });
  t.after(() => server.close());
  const tell = async (what, body, method = "POST") => {
    const answer = await fetch(`${server.url}/_test/${what}`, { method, ...(body && { body: JSON.stringify(body) }) });
    const value = await answer.json();
    if (!answer.ok) throw new Error(`${what}: ${answer.status} ${value.error.message}`);
    return value;
  };
  const ask = (what) => tell(what, undefined, "GET");
  // Form fields as pairs, sent as they are.
  const call = async (method, path, fields = {}, headers = {}) => {
    const text = new URLSearchParams(fields).toString();
    const get = method === "GET";
    const answer = await fetch(`${server.url}${path}${get && text ? `?${text}` : ""}`, {
      method, redirect: "manual",
      headers: { authorization: "Bearer sk_test_self", ...(!get && { "content-type": "application/x-www-form-urlencoded" }), ...headers },
      ...(!get && { body: text }),
    });
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  };
  const post = (path, fields, headers) => call("POST", path, fields, headers);
  const get = (path, fields, headers) => call("GET", path, fields, headers);
  const session = async (more = {}) => (await post("/v1/checkout/sessions", { ...SESSION, ...more })).body;
  return { ...server, tell, ask, call, post, get, session };
}

export const SESSION = {
  mode: "payment", "line_items[0][price_data][currency]": "mxn", "line_items[0][price_data][unit_amount]": "150000",
  "line_items[0][price_data][product_data][name]": "Deuda 1", "line_items[0][quantity]": "1",
  success_url: "http://127.0.0.1:1/volver?s={CHECKOUT_SESSION_ID}", cancel_url: "http://127.0.0.1:1/cancelado",
  "metadata[attempt]": "a-1", "payment_intent_data[metadata][attempt]": "a-1", client_reference_id: "a-1",
};

// Takes webhooks; `answers` are the next statuses (then 204).
export async function receiver(t) {
  const got = [];
  const answers = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts).toString("utf8");
    got.push({ headers: request.headers, body, event: JSON.parse(body) });
    response.writeHead(answers.shift() ?? 204).end();
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => (server.closeAllConnections(), new Promise((done) => server.close(done))));
  return { url: `http://127.0.0.1:${server.address().port}/hook`, got, answers };
}

// This folder, as seen from where the tests run.
export const FOLDER = relative(process.cwd(), fileURLToPath(new URL(".", import.meta.url))) || ".";

// A client that is not installed fails the test, unless it is skipped on purpose.
export function client(t, path, how) {
  if (process.env.SALDAR_STRIPE_CLIENTS === "skip") {
    t.skip("SALDAR_STRIPE_CLIENTS=skip");
    return false;
  }
  if (!existsSync(path)) throw new Error(`A Stripe client is not installed; run: ${how} (or set SALDAR_STRIPE_CLIENTS=skip).`);
  return true;
}
