// Everything the stand-in remembers, and the steps of time.

import { Clock, naming } from "./clock.mjs";
import { missing } from "./errors.mjs";
import { Keys } from "./idempotency.mjs";

export const DAY = 86_400;

export class Store {
  constructor({ now, seed = 1 } = {}) {
    this.start = { now, seed };
    this.clock = new Clock(now);
    this.reset();
  }

  reset() {
    this.clock = Object.assign(this.clock, new Clock(this.start.now));
    this.names = naming(this.start.seed);
    this.objects = new Map();
    this.kinds = new Map();
    this.secrets = new Map(); // what an object must know but never shows
    this.order = new Map();
    this.keys = new Keys(this.clock);
    this.requests = [];
    this.faults = [];
    this.settings = { refunds: "by_method" };
    this.current = { livemode: false, id: null, key: null };
    this.timers = []; // functions giving the next due [time, act] or null
    this.base = this.base ?? "";
  }

  get now() {
    return this.clock.now();
  }

  get livemode() {
    return this.current.livemode;
  }

  id(prefix) {
    return this.names.id(prefix);
  }

  keep(object, secret = {}) {
    this.objects.set(object.id, object);
    this.secrets.set(object.id, secret);
    if (!this.kinds.has(object.object)) this.kinds.set(object.object, []);
    this.kinds.get(object.object).push(object);
    this.order.set(object.id, this.order.size);
    return object;
  }

  secret(object) {
    return this.secrets.get(object.id);
  }

  // A test key sees test objects only.
  find(kind, id, param = "id") {
    const found = this.objects.get(id);
    if (!found || found.object !== kind) throw missing(kind.replace("checkout.", "checkout."), id, param);
    if ("livemode" in found && found.livemode !== this.livemode) {
      const [here, there] = this.livemode ? ["live", "test"] : ["test", "live"];
      throw missing(kind, id, param, `; a similar object exists in ${there} mode, but a ${here} mode key was used to make this request.`);
    }
    return found;
  }

  // The newest first.
  all(kind) {
    const own = (object) => !("livemode" in object) || object.livemode === this.livemode;
    return (this.kinds.get(kind) ?? []).filter(own).reverse();
  }

  remove(object) {
    this.objects.delete(object.id);
    this.kinds.set(object.object, this.kinds.get(object.object).filter((one) => one !== object));
  }

  // Acts for an object's own mode, outside a request (hosted page, control, clock).
  as(object, act) {
    const before = this.current;
    this.current = { livemode: object?.livemode ?? false, id: null, key: null };
    try {
      return act();
    } finally {
      this.current = before;
    }
  }

  // Lives through everything that falls due up to `to`, each thing at its own time.
  async advance(to) {
    for (;;) {
      const due = this.timers.map((timer) => timer()).filter((one) => one && one.at <= to);
      if (due.length === 0) break;
      const first = due.reduce((a, b) => (b.at < a.at ? b : a));
      if (first.at > this.now) this.clock.jump(first.at);
      await first.act();
    }
    if (to > this.now) this.clock.jump(to);
  }
}
