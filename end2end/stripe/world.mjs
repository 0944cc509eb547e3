// The parts of the pretend Stripe, wired together.

import { Checkout } from "./checkout.mjs";
import { Customers } from "./customers.mjs";
import { Events } from "./events.mjs";
import { Methods } from "./methods.mjs";
import { Payments } from "./payments.mjs";
import { Reversals } from "./reversals.mjs";
import { Store } from "./store.mjs";

export class World {
  constructor({ now, seed, url, secrets }) {
    const store = (this.store = new Store({ now, seed }));
    const events = (this.events = new Events(store, { url, secrets }));
    this.methods = new Methods(store, events);
    this.payments = new Payments(store, events, this.methods);
    this.checkout = new Checkout(store, events, this.methods, this.payments);
    this.reversals = new Reversals(store, events, this.payments);
    this.customers = new Customers(store, events, this.methods);
    this.checkout.newCustomer = (details) => this.customers.create({ email: details.email, name: details.name });
    this.payments.disputed = (charge, kind) => {
      const dispute = this.reversals.dispute(charge, { inquiry: kind === "inquiry" });
      if (kind !== "inquiry") this.reversals.withdraw(dispute);
    };
    this.listen();
  }

  listen() {
    this.store.timers.push(() => this.checkout.due(), () => this.reversals.due());
  }

  reset() {
    this.store.reset();
    this.events.reset();
    this.listen();
  }

  // What has fallen due by now (a running clock moves by itself).
  catchUp() {
    for (const part of [this.checkout, this.reversals]) {
      for (let due = part.due(); due && due.at <= this.store.now; due = part.due()) due.act();
    }
  }

  // One after the other with the deliveries that are under way.
  advance(to) {
    const step = this.events.running.then(() => this.store.advance(to));
    this.events.running = step.catch(() => {});
    return step;
  }
}
