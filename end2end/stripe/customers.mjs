// Customers and test clocks: objects with little behaviour.

import { invalid, refused } from "./errors.mjs";
import { merge } from "./payments.mjs";
import { DAY } from "./store.mjs";

const PLAIN = ["description", "email", "name", "phone", "address", "shipping", "preferred_locales"];

export class Customers {
  constructor(store, events, methods) {
    Object.assign(this, { store, events, methods });
  }

  create(params) {
    const { store } = this;
    if (params.email && !/^[^@\s]+@[^@\s]+$/.test(params.email)) throw invalid("email", "email_invalid", `Invalid email address: ${params.email}`);
    if (params.test_clock) store.find("test_helpers.test_clock", params.test_clock, "test_clock");
    const id = store.id("cus");
    const customer = store.keep({
      id, object: "customer", address: params.address || null, balance: params.balance ?? 0, created: store.now, currency: null, customer_account: null,
      default_source: null, delinquent: false, description: params.description || null, email: params.email ?? null,
      invoice_prefix: store.names.letters(8).toUpperCase(),
      invoice_settings: { custom_fields: null, default_payment_method: params.invoice_settings?.default_payment_method ?? null, footer: null, rendering_options: null },
      livemode: store.livemode, metadata: merge({}, params.metadata), name: params.name || null, next_invoice_sequence: 1, phone: params.phone || null,
      preferred_locales: params.preferred_locales ?? [], shipping: params.shipping || null, tax_exempt: params.tax_exempt || "none", test_clock: params.test_clock ?? null,
    });
    if (params.payment_method) this.methods.attach(this.methods.take(params.payment_method), id);
    this.events.tell("customer.created", customer);
    return customer;
  }

  update(customer, params) {
    const before = {};
    const set = (name, value) => {
      before[name] = structuredClone(customer[name]);
      customer[name] = value;
    };
    for (const name of PLAIN) if (name in params) set(name, params[name] === "" ? null : params[name]);
    if ("metadata" in params) set("metadata", merge(customer.metadata, params.metadata));
    if ("balance" in params) set("balance", params.balance);
    if (params.invoice_settings && "default_payment_method" in params.invoice_settings) {
      set("invoice_settings", { ...customer.invoice_settings, default_payment_method: params.invoice_settings.default_payment_method || null });
    }
    this.events.tell("customer.updated", customer, before);
    return customer;
  }

  remove(customer) {
    this.store.remove(customer);
    this.events.tell("customer.deleted", customer);
    return { id: customer.id, object: "customer", deleted: true };
  }

  // --- test clocks -------------------------------------------------------------------------------------
  // At Stripe a clock moves its own customers; here there is one time for all, which it moves.

  clock({ frozen_time, name = null }) {
    const { store } = this;
    if (store.livemode) throw refused(undefined, "Test clocks exist in test mode only.");
    const clock = store.keep({
      id: store.id("clock"), object: "test_helpers.test_clock", created: store.now, deletes_after: store.now + 30 * DAY, frozen_time,
      livemode: false, name, status: "ready", status_details: {},
    });
    this.events.tell("test_helpers.test_clock.created", clock);
    return clock;
  }

  advance(clock, { frozen_time }) {
    if (frozen_time <= clock.frozen_time) throw invalid("frozen_time", "test_clock_advance_invalid", "The test clock can only be advanced to a later time.");
    clock.frozen_time = frozen_time;
    this.events.tell("test_helpers.test_clock.advancing", { ...clock, status: "advancing", status_details: { advancing: { target_frozen_time: frozen_time } } });
    this.events.tell("test_helpers.test_clock.ready", clock);
    return clock;
  }
}
