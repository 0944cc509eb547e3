// Events, webhook endpoints and signed delivery: at once, later again when not taken, or held back
// so that a test sends them in any order and number.

import { createHmac } from "node:crypto";

import { dice } from "./clock.mjs";
import { refused } from "./errors.mjs";
import { DAY } from "./store.mjs";
import { VERSION } from "./validate.mjs";

// Seconds from one attempt to the next; the last one repeats until three days have passed.
const BACKOFF = [60, 300, 1_800, 7_200, 18_000, 36_000, 43_200];
const PATIENCE = 3 * DAY;
const TIMEOUT = 10_000;

export function sign(secrets, body, at) {
  const tags = secrets.map((secret) => `v1=${createHmac("sha256", secret).update(`${at}.${body}`).digest("hex")}`);
  return [`t=${at}`, ...tags].join(",");
}

export class Events {
  constructor(store, { url, secrets }) {
    Object.assign(this, { store, own: { url, secrets } });
    this.reset();
  }

  reset() {
    this.list = []; // the oldest first
    this.deliveries = [];
    this.mode = "auto";
    this.signWith = "clock";
    this.running = Promise.resolve();
    this.store.timers.push(() => this.due());
    // The endpoint of the command line is an object like the others; it takes events of both modes.
    this.main = null;
    if (this.own.secrets.length > 0) {
      this.main = this.endpoint({ url: this.own.url || "http://127.0.0.1:9/not-set", enabled_events: ["*"] }, this.own.secrets);
      this.store.secret(this.main).both = true;
      this.store.secret(this.main).off = !this.own.url;
    }
  }

  endpoint({ url, enabled_events, description = null, metadata = {}, api_version = null }, secrets) {
    const { store } = this;
    const keys = secrets ?? [`whsec_${store.names.letters(32)}`];
    return store.keep(
      {
        id: store.id("we"), object: "webhook_endpoint", api_version, application: null, created: store.now, description,
        enabled_events, livemode: store.livemode, metadata, status: "enabled", url,
      },
      { keys: keys.map((secret) => ({ secret, until: null })) },
    );
  }

  // Where a test wants the command line's endpoint to be.
  aim(url) {
    if (!this.main) this.main = this.endpoint({ url, enabled_events: ["*"] }, ["whsec_test"]);
    this.main.url = url;
    Object.assign(this.store.secret(this.main), { off: false, both: true });
    // What happened before there was an address is waiting for it.
    const known = new Set(this.deliveries.filter((one) => one.endpoint === this.main).map((one) => one.event.id));
    for (const event of this.list) if (!known.has(event.id)) this.plan(event, this.main);
  }

  roll(endpoint, secret, keep = DAY) {
    const own = this.store.secret(endpoint);
    for (const key of own.keys) key.until ??= this.store.now + keep;
    own.keys.unshift({ secret, until: null });
  }

  tell(type, object, before) {
    const { store } = this;
    const event = {
      id: store.id("evt"), object: "event", api_version: VERSION, created: store.now,
      data: { object: structuredClone(object), ...(before && { previous_attributes: before }) },
      livemode: store.livemode, pending_webhooks: 0,
      request: { id: store.current.id, idempotency_key: store.current.key }, type,
    };
    this.list.push(event);
    for (const endpoint of store.kinds.get("webhook_endpoint") ?? []) {
      const { both, off } = store.secret(endpoint);
      const wants = endpoint.enabled_events.includes("*") || endpoint.enabled_events.includes(type);
      if (endpoint.status === "enabled" && wants && !off && (both || endpoint.livemode === event.livemode)) this.plan(event, endpoint);
    }
    return event;
  }

  plan(event, endpoint) {
    event.pending_webhooks += 1;
    this.deliveries.push({
      id: this.store.id("whd"), event, endpoint, state: "waiting", attempts: [], at: this.store.now, since: this.store.now,
    });
  }

  // The next thing to send by the clock; nothing while events are held.
  due() {
    if (this.mode !== "auto") return null;
    const waiting = this.deliveries.filter((one) => one.state === "waiting");
    if (waiting.length === 0) return null;
    const first = waiting.reduce((a, b) => (b.at < a.at ? b : a));
    return { at: first.at, act: () => this.attempt(first) };
  }

  // Sends all that is due now, one after the other; gives the promise of its end.
  pump() {
    this.running = this.running.then(async () => {
      for (let due = this.due(); due && due.at <= this.store.now; due = this.due()) await due.act();
    });
    return this.running;
  }

  payload(delivery) {
    const { store } = this;
    const body = JSON.stringify(delivery.event, null, 2);
    const at = this.signWith === "wall" ? Math.floor(Date.now() / 1000) : store.now;
    const keys = store.secret(delivery.endpoint).keys.filter((key) => key.until === null || key.until > store.now);
    const headers = {
      "content-type": "application/json; charset=utf-8",
      "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
      "stripe-signature": sign(keys.map((key) => key.secret), body, at),
    };
    return { headers, body };
  }

  async attempt(delivery) {
    const { store } = this;
    const { headers, body } = this.payload(delivery);
    let status = 0;
    try {
      const answer = await fetch(delivery.endpoint.url, {
        method: "POST", headers, body, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT),
      });
      status = answer.status;
      await answer.arrayBuffer();
    } catch {
      // No answer, or none in time: as good as a refusal.
    }
    delivery.attempts.push({ at: store.now, status });
    if (status >= 200 && status < 300) {
      if (delivery.state !== "delivered") delivery.event.pending_webhooks -= 1;
      delivery.state = "delivered";
    } else if (delivery.state === "waiting") {
      const wait = BACKOFF[Math.min(delivery.attempts.length, BACKOFF.length) - 1];
      delivery.at = store.now + wait;
      if (delivery.at > delivery.since + PATIENCE) delivery.state = "given_up";
    }
    return status;
  }

  held() {
    return this.deliveries
      .filter((one) => one.state === "waiting")
      .map((one) => ({
        id: one.id, event: one.event.id, type: one.event.type, endpoint: one.endpoint.id, url: one.endpoint.url,
        attempts: one.attempts, next_attempt: one.at, ...this.payload(one),
      }));
  }

  // Sends what is held: the events as listed, or all of them, shuffled, each up to `duplicates`
  // times. Every copy is signed at the time it goes out. `lanes` copies are under way at once.
  async deliver({ events, seed = 1, shuffle = false, duplicates = 1, lanes = 1, delay = 0 }) {
    const known = new Map();
    for (const one of this.deliveries) known.set(one.event.id, [...(known.get(one.event.id) ?? []), one]);
    const of = (id) => {
      if (!known.has(id)) throw refused("resource_missing", `There is no delivery of the event '${id}'.`);
      return known.get(id);
    };
    const waiting = this.deliveries.filter((one) => one.state === "waiting");
    const chosen = events ? events.flatMap(of) : waiting;
    const roll = dice(seed);
    const queue = chosen.flatMap((one) => Array(shuffle ? 1 + roll(duplicates) : duplicates).fill(one));
    if (shuffle) {
      for (let at = queue.length - 1; at > 0; at -= 1) {
        const other = roll(at + 1);
        [queue[at], queue[other]] = [queue[other], queue[at]];
      }
    }
    const results = Array(queue.length);
    const statuses = {};
    let next = 0;
    const lane = async () => {
      while (next < queue.length) {
        const at = next;
        next += 1;
        if (delay > 0) await new Promise((done) => setTimeout(done, delay));
        const status = await this.attempt(queue[at]);
        results[at] = { event: queue[at].event.id, type: queue[at].event.type, status };
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, lanes) }, lane));
    return { sent: queue.length, statuses, results };
  }
}
