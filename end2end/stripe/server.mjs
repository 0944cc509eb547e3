// A stand-in for Stripe on this machine, for tests; see README.md.
//
//   node server.mjs --port 0 --webhook-url http://127.0.0.1:3000/webhooks/stripe --webhook-secret whsec_1

import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { control } from "./control.mjs";
import { Problem, invalid } from "./errors.mjs";
import { canonical, parse } from "./form.mjs";
import { hosted } from "./hosted.mjs";
import { routes, view } from "./routes.mjs";
import { VERSION, check, lacks, match, spec } from "./validate.mjs";
import { World } from "./world.mjs";

const MOST = 1 << 20; // bytes of a body
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function read(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > MOST) throw new Problem(413, "invalid_request_error", undefined, "The request is too large.");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

// The mode of the key; 401 when there is none.
function livemode(header = "") {
  const basic = /^Basic (.+)$/i.exec(header);
  const key = basic ? Buffer.from(basic[1], "base64").toString("utf8").split(":")[0] : (/^Bearer (.+)$/i.exec(header)?.[1] ?? "");
  if (key === "") throw new Problem(401, "invalid_request_error", undefined, "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').", {}, true);
  const fits = /^[sr]k_(test|live)_\S+$/.exec(key);
  if (!fits) throw new Problem(401, "invalid_request_error", undefined, `Invalid API Key provided: ${key.slice(0, 7)}****`, {}, true);
  return fits[1] === "live";
}

export function start({ port = 0, now, seed = 1, url = "", secrets = [], strict = false } = {}) {
  const world = new World({ now, seed, url, secrets });
  const { store, events } = world;
  const origin = () => `http://127.0.0.1:${server.address().port}`;

  // One request of Stripe's API.
  async function api(request, response, address) {
    const method = request.method.toLowerCase();
    const body = await read(request);
    const text = method === "get" ? address.search.slice(1) : body || address.search.slice(1);
    const { authorization, "idempotency-key": key = null, "stripe-version": version = null, "user-agent": agent = null, "content-type": kind = null } = request.headers;
    const seen = { method, path: address.pathname, params: null, key, valid: false, status: null, version, agent, content_type: kind, livemode: null };
    store.requests.push(seen);
    const id = store.id("req");
    const headers = { "request-id": id, "stripe-version": version ?? VERSION, ...(key && { "idempotency-key": key }) };
    const send = (status, value, more = {}) => {
      seen.status = status;
      json(response, status, value, { ...headers, ...more });
    };
    let held = null;
    try {
      const live = (seen.livemode = livemode(authorization));
      seen.params = parse(text);
      if (version && !/^\d{4}-\d\d-\d\d(\.\w+)?$/.test(version)) throw invalid(undefined, undefined, `Invalid Stripe API version: ${version}`);
      const found = match(address.pathname);
      const route = found && routes[`${method} ${found.template}`];
      if (!route) {
        throw new Problem(404, "invalid_request_error", undefined, `Unrecognized request URL (${request.method}: ${address.pathname}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`, {}, true);
      }
      if (method !== "get" && body !== "" && !/^application\/x-www-form-urlencoded/i.test(kind ?? "application/x-www-form-urlencoded")) {
        throw invalid(undefined, undefined, "Invalid request: the body must be application/x-www-form-urlencoded.");
      }
      const params = check(found.template, method, seen.params);
      seen.valid = true;

      const fault = store.faults.find((one) => one.times > 0 && address.pathname.startsWith(one.path) && (!one.method || one.method.toLowerCase() === method));
      if (fault) fault.times -= 1;
      // A rate limit comes before anything else, and is not stored.
      if (fault?.status === 429) {
        if (fault.delay) await sleep(fault.delay);
        return send(429, { error: { code: "rate_limit", message: "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.", type: "invalid_request_error" } }, { "retry-after": "1", "stripe-rate-limited-reason": "global-rate" });
      }
      if (method === "post" && key !== null) {
        if (key === "" || key.length > 255) throw invalid(undefined, undefined, "Idempotency keys can be up to 255 characters.");
        const own = `${live} ${key}`;
        const again = store.keys.take(own, `${address.pathname} ${canonical(seen.params)}`);
        if (again) return send(again.status, again.value, { "idempotent-replayed": "true", "original-request": again.id });
        held = own;
      }
      if (fault?.delay) await sleep(fault.delay);
      if (fault?.close && fault.when === "before") {
        if (held) store.keys.free(held);
        held = null;
        return response.destroy();
      }
      const answer = fault?.status && fault.when === "before" ? broken(fault) : work(route, params, found.values, { livemode: live, id, key });
      const last = fault?.status && fault.when === "after" ? broken(fault) : answer;
      if (held) store.keys.store(held, { ...last, id });
      held = null;
      if (strict && last.status === 200) {
        const wrong = lacks(last.value);
        if (wrong.length > 0) throw new Error(`an answer is not as described: ${wrong.join("; ")}`);
      }
      if (fault?.close) return response.destroy();
      send(last.status, last.value);
    } catch (error) {
      if (held) store.keys.free(held);
      if (!(error instanceof Problem)) throw error;
      // Parameters that break a rule which the description cannot tell (amounts, times) are not valid either.
      if (error.early && error.status === 400 && error.body.error.type === "invalid_request_error") seen.valid = false;
      send(error.status, logged(error.body, id));
    } finally {
      if (world.after !== undefined) {
        const to = world.after;
        world.after = undefined;
        if (to > store.now) await world.advance(to);
      }
      events.pump();
    }
  }

  const logged = (body, id) => ({ error: { ...body.error, request_log_url: `https://dashboard.stripe.com/test/logs/${id}` } });

  const broken = ({ status }) => ({ status, value: { error: { message: "An unknown error occurred (a fault that a test asked for).", type: "api_error" } } });

  // Runs to its end without a pause, so that requests never see each other's halves.
  function work(route, params, values, current) {
    store.current = current;
    try {
      world.catchUp();
      const { expand, ...rest } = params;
      return { status: 200, value: view(world, route(world, rest, values), expand) };
    } catch (error) {
      // What a bank or the state of an object refuses is an answer like any other, and stored.
      if (error instanceof Problem && !error.early) return { status: error.status, value: logged(error.body, current.id) };
      throw error;
    } finally {
      store.current = { livemode: false, id: null, key: null };
    }
  }

  async function act(request, response, address) {
    const deed = control[`${request.method} ${address.pathname.slice("/_test/".length)}`];
    if (!deed) return json(response, 404, { error: { message: `There is no control ${request.method} ${address.pathname}.` } });
    const text = await read(request);
    const answer = await deed(world, text ? JSON.parse(text) : {});
    const copy = structuredClone(answer); // as it was before the webhooks went out
    if (request.method === "POST") await events.pump();
    json(response, 200, copy);
  }

  const server = createServer(async (request, response) => {
    const address = new URL(request.url, "http://127.0.0.1");
    try {
      if (address.pathname.startsWith("/_test/")) return await act(request, response, address);
      const text = /^\/(c|3ds|voucher)\//.test(address.pathname) ? await read(request) : null;
      if (text !== null) {
        world.catchUp();
        const page = hosted(world, request.method, address.pathname, text);
        // The payer may come back before or after the webhook at Stripe; here after it.
        await events.pump();
        response.writeHead(page.status, page.headers);
        return response.end(page.body);
      }
      await api(request, response, address);
    } catch (error) {
      if (response.headersSent || response.destroyed) return response.destroy();
      if (error instanceof Problem) return json(response, error.status, error.body);
      if (error instanceof SyntaxError) return json(response, 400, { error: { message: String(error.message) } });
      console.error(error);
      json(response, 500, { error: { message: `The stand-in failed: ${error.message}`, type: "api_error" } });
    }
  });

  // A running clock brings things due by itself.
  const tick = setInterval(() => {
    if (!store.clock.frozen) world.catchUp();
    events.pump();
  }, 250);
  tick.unref();

  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, "127.0.0.1", () => {
      store.base = origin();
      const close = () => {
        clearInterval(tick);
        server.closeAllConnections();
        return new Promise((closed) => server.close(closed));
      };
      done({ url: origin(), world, spec, close });
    });
  });
}

function json(response, status, value, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(value, null, 2));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { values: args } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      "webhook-url": { type: "string", default: "" },
      "webhook-secret": { type: "string", default: "" },
      seed: { type: "string", default: "1" },
      now: { type: "string", default: "" },
      strict: { type: "boolean", default: false },
      "until-stdin-closes": { type: "boolean", default: false },
    },
  });
  const now = args.now ? Math.floor(Date.parse(args.now) / 1000) : undefined;
  if (Number.isNaN(now)) throw new Error(`--now is not a time: ${args.now}`);
  const secrets = args["webhook-secret"].split(",").filter(Boolean);
  if (args["webhook-url"] && secrets.length === 0) secrets.push("whsec_test");
  const { url } = await start({ port: Number(args.port), now, seed: Number(args.seed), url: args["webhook-url"], secrets, strict: args.strict });
  console.log(JSON.stringify({ url }));
  process.on("SIGTERM", () => process.exit(0));
  process.on("SIGINT", () => process.exit(0));
  if (args["until-stdin-closes"]) process.stdin.on("end", () => process.exit(0)).resume();
}
