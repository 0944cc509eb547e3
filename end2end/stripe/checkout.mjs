// Checkout sessions: what the business asks for, and what the payer does on the hosted page.

import { Problem, invalid, missing, refused } from "./errors.mjs";
import { DECLINES } from "./methods.mjs";
import { currencyOf, payable, positive } from "./money.mjs";
import { LATER, merge } from "./payments.mjs";
import { DAY } from "./store.mjs";

export class Checkout {
  constructor(store, events, methods, payments) {
    Object.assign(this, { store, events, methods, payments });
  }

  create(params) {
    const { store } = this;
    const mode = params.mode ?? "payment";
    if (mode === "subscription") throw invalid("mode", undefined, "The stand-in has no subscriptions.");
    if (params.ui_mode && params.ui_mode !== "hosted_page") throw invalid("ui_mode", undefined, "The stand-in has only the hosted page.");
    if (!params.success_url) throw invalid("success_url", "parameter_missing", "Missing required param: success_url.");
    for (const name of ["success_url", "cancel_url"]) {
      if (params[name] && !/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(params[name])) throw invalid(name, "url_invalid", "Not a valid URL");
    }
    if (params.customer && params.customer_email) throw invalid("customer_email", "parameters_exclusive", "You may only specify one of these parameters: customer, customer_email.");
    const customer = params.customer ? store.find("customer", params.customer, "customer") : null;
    const { items, currency, total } = mode === "payment" ? this.items(params) : { items: [], currency: params.currency ? currencyOf(params.currency) : null, total: null };
    if (mode === "setup") {
      for (const name of ["line_items", "payment_intent_data"]) {
        if (params[name]) throw invalid(name, undefined, `You can not pass \`${name}\` in \`setup\` mode.`);
      }
      if (!params.payment_method_types && !currency) throw invalid("currency", "parameter_missing", "You must provide `currency` or `payment_method_types` in `setup` mode.");
    } else if (params.setup_intent_data) throw invalid("setup_intent_data", undefined, "You can not pass `setup_intent_data` in `payment` mode.");
    const types = params.payment_method_types ?? (mode === "setup" ? ["card"] : this.payments.usual(currency));
    if (mode === "payment") this.payments.types(types, currency);
    else if (types.some((type) => LATER[type] || type === "pix")) throw invalid("payment_method_types", undefined, `The payment method types ${types.join(", ")} cannot be used in setup mode.`);
    const { expires_at: expires = store.now + DAY } = params;
    if (expires < store.now + 30 * 60 || expires > store.now + DAY) {
      throw invalid("expires_at", undefined, "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from Checkout Session creation.");
    }
    const id = `cs_${store.livemode ? "live" : "test"}_${store.id("a").slice(2)}${store.names.letters(34)}`;
    const session = store.keep(
      {
        id, object: "checkout.session", adaptive_pricing: { enabled: false }, after_expiration: null,
        allow_promotion_codes: params.allow_promotion_codes ?? null, amount_subtotal: total, amount_total: total,
        automatic_tax: { enabled: false, liability: null, provider: null, status: null },
        billing_address_collection: params.billing_address_collection ?? null, cancel_url: params.cancel_url ?? null,
        client_reference_id: params.client_reference_id ?? null, client_secret: null, collected_information: null, consent: null,
        consent_collection: null, created: store.now, currency, currency_conversion: null, custom_fields: [],
        custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
        customer: customer?.id ?? null, customer_account: null,
        customer_creation: mode === "payment" ? (params.customer_creation ?? (customer ? null : "if_required")) : (params.customer_creation ?? null),
        customer_details: null, customer_email: params.customer_email ?? null, discounts: [], expires_at: expires,
        invoice: null, invoice_creation: null, livemode: store.livemode, locale: params.locale ?? null, metadata: merge({}, params.metadata), mode,
        origin_context: null, payment_intent: null, payment_link: null, payment_method_collection: "if_required",
        payment_method_configuration_details: null, payment_method_options: this.shown(params.payment_method_options, types),
        payment_method_types: types, payment_status: mode === "setup" ? "no_payment_required" : "unpaid", permissions: null,
        phone_number_collection: { enabled: false }, recovered_from: null, saved_payment_method_options: null, setup_intent: null,
        shipping_address_collection: null, shipping_cost: null, shipping_options: [], status: "open", submit_type: params.submit_type ?? null,
        subscription: null, success_url: params.success_url,
        total_details: mode === "payment" ? { amount_discount: 0, amount_shipping: 0, amount_tax: 0 } : null, ui_mode: "hosted_page",
        url: `${store.base}/c/pay/${id}`, wallet_options: null,
      },
      { items, intent: params.payment_intent_data ?? {}, setup: params.setup_intent_data ?? {}, options: params.payment_method_options ?? {} },
    );
    if (mode === "setup") {
      const setup = this.payments.setup({
        customer: session.customer, payment_method_types: types, metadata: params.setup_intent_data?.metadata, description: params.setup_intent_data?.description,
      });
      session.setup_intent = setup.id;
    }
    return session;
  }

  // Stripe shows only the options of the offered types.
  shown(options = {}, types) {
    const out = {};
    for (const type of types) {
      const given = { ...options[type] };
      if (type === "card") out.card = { request_three_d_secure: "automatic", ...given };
      else if (type === "oxxo" || type === "boleto" || type === "konbini") out[type] = { expires_after_days: LATER[type].days, ...given };
    }
    return out;
  }

  items({ line_items: lines = [] }) {
    if (lines.length === 0) throw invalid("line_items", "parameter_missing", "Missing required param: line_items.");
    if (lines.length > 100) throw invalid("line_items", undefined, "A session can have up to 100 line items.");
    let total = 0;
    let currency = null;
    const items = lines.map((line, at) => {
      const param = `line_items[${at}]`;
      const data = line.price_data;
      if (line.price) throw missing("price", line.price, `${param}[price]`, "; the stand-in knows only `price_data`.");
      if (!data) throw invalid(param, "parameter_missing", "You must specify either `price` or `price_data` when using prices.");
      if (data.recurring) throw invalid(`${param}[price_data][recurring]`, undefined, "You must specify one-time prices in `payment` mode.");
      if (!data.product && !data.product_data) throw invalid(`${param}[price_data]`, "parameter_missing", "You must specify either `product` or `product_data` when creating a price.");
      if (line.quantity === undefined) throw invalid(`${param}[quantity]`, "parameter_missing", `Quantity is required. Add \`quantity\` to \`${param}\``);
      positive(line.quantity, `${param}[quantity]`);
      const own = currencyOf(data.currency, `${param}[price_data][currency]`);
      if (currency && own !== currency) throw invalid(`${param}[price_data][currency]`, undefined, "All line items must have the same currency.");
      currency = own;
      const unit = data.unit_amount ?? (data.unit_amount_decimal === undefined ? undefined : Number(data.unit_amount_decimal));
      if (unit === undefined) throw invalid(`${param}[price_data]`, "parameter_missing", "You must specify either `unit_amount` or `unit_amount_decimal` in price_data.");
      if (!Number.isInteger(unit) || unit < 0) throw invalid(`${param}[price_data][unit_amount]`, "parameter_invalid_integer", "Invalid non-negative integer");
      const amount = unit * line.quantity;
      total += amount;
      return {
        id: this.store.id("li"), object: "item", amount_discount: 0, amount_subtotal: amount, amount_tax: 0, amount_total: amount,
        currency, description: data.product_data?.name ?? null, price: null, quantity: line.quantity,
      };
    });
    payable(total, currency, "line_items");
    return { items, currency, total };
  }

  update(session, params) {
    if ("metadata" in params) session.metadata = merge(session.metadata, params.metadata);
    return session;
  }

  expire(session, byClock = false) {
    if (session.status !== "open") {
      throw refused(undefined, `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`);
    }
    Object.assign(session, { status: "expired", url: null });
    if (session.payment_intent) this.payments.cancel(this.store.objects.get(session.payment_intent), { cancellation_reason: byClock ? "automatic" : null });
    if (session.setup_intent) this.payments.cancelSetup(this.store.objects.get(session.setup_intent), {});
    this.events.tell("checkout.session.expired", session);
    return session;
  }

  // The intent is made when the payer first presses a button, as at Stripe.
  intentOf(session) {
    const { store } = this;
    if (session.payment_intent) return store.objects.get(session.payment_intent);
    const { intent: data, options } = store.secret(session);
    const intent = this.payments.intent({
      amount: session.amount_total, currency: session.currency, customer: session.customer, payment_method_types: session.payment_method_types,
      metadata: data.metadata, description: data.description, receipt_email: data.receipt_email, setup_future_usage: data.setup_future_usage,
      statement_descriptor: data.statement_descriptor, statement_descriptor_suffix: data.statement_descriptor_suffix,
      capture_method: data.capture_method, transfer_group: data.transfer_group, payment_method_options: options,
    });
    store.secret(intent).session = session.id;
    session.payment_intent = intent.id;
    return intent;
  }

  // What the payer does, or what happens days later at a shop's till. `type` picks one of several vouchers.
  settle(session, how, { type, email } = {}) {
    return this.store.as(session, () => {
      if (["voucher_paid", "voucher_expired"].includes(how)) return this.later(session, how === "voucher_paid");
      if (session.status === "open" && session.expires_at <= this.store.now) this.expire(session, true);
      if (session.status !== "open") throw refused("checkout_session_not_open", `This Checkout Session is ${session.status}.`);
      const aliases = { decline: "generic_decline", card_declined: "generic_decline", approve: "pay" };
      const what = aliases[how] ?? how;
      if (!["pay", "3ds", "3ds_page", "deny", "voucher", "processing"].includes(what) && !DECLINES.includes(what)) {
        throw refused(undefined, `There is no way '${how}' to settle a session.`);
      }
      const details = { email: email ?? session.customer_email ?? "payer@example.com", name: "Payer Example" };
      if (session.mode === "setup") return this.saved(session, what, details);
      return this.paid(session, what, details, type);
    });
  }

  later(session, paid) {
    if (session.status !== "complete" || session.payment_status !== "unpaid" || !session.payment_intent) {
      throw refused("checkout_session_no_voucher", "There is no voucher to settle.");
    }
    this.payments.waited(this.store.objects.get(session.payment_intent), paid);
    if (paid) session.payment_status = "paid";
    this.events.tell(`checkout.session.async_payment_${paid ? "succeeded" : "failed"}`, session);
    return session;
  }

  complete(session, payment_status, details) {
    const { store } = this;
    Object.assign(session, {
      status: "complete", payment_status, url: null,
      customer_details: { address: null, business_name: null, email: details.email, individual_name: null, name: details.name, phone: null, tax_exempt: "none", tax_ids: [] },
    });
    this.events.tell("checkout.session.completed", session);
    return store.objects.get(session.id);
  }

  card(how, details) {
    const authenticate = ["3ds", "3ds_page", "deny"].includes(how);
    const behaviour = how === "pay" ? "ok" : authenticate ? "authenticate" : how;
    return this.methods.make("card", { behaviour, saving: behaviour === "ok" ? "ok" : behaviour, billing: details });
  }

  paid(session, how, details, type) {
    const { store, payments } = this;
    const offered = session.payment_method_types;
    const voucher = offered.find((one) => LATER[one] && (!type || one === type));
    if (how === "voucher" && !voucher) throw refused("checkout_session_no_voucher", `This Checkout Session offers ${offered.join(", ")}, none of which is paid later.`);
    const instant = offered.find((one) => !LATER[one]);
    if (!["voucher", "processing"].includes(how) && !instant) throw refused("checkout_session_no_card", `This Checkout Session offers only ${offered.join(", ")}.`);
    if (how === "pay" || how === "voucher") this.customer(session, details);
    const intent = this.intentOf(session);
    if (["3ds", "deny"].includes(how) && intent.status === "requires_action") return this.challenged(session, how !== "deny", details);
    if (how === "voucher") {
      payments.wait(intent, this.methods.make(voucher, { billing: details }));
      return this.complete(session, "unpaid", details);
    }
    if (how === "processing") {
      payments.process(intent, this.methods.make(type ?? instant ?? voucher, { billing: details }));
      return this.complete(session, "unpaid", details);
    }
    if (instant !== "card") {
      payments.succeed(intent, this.methods.make(instant, { billing: details }));
      return this.complete(session, "paid", details);
    }
    const method = this.card(how, details);
    intent.payment_method = method.id;
    intent.status = "requires_confirmation";
    try {
      payments.confirm(intent, { return_url: session.success_url });
    } catch (error) {
      // The page shows the decline and stays open.
      if (error instanceof Problem && error.status === 402) return session;
      throw error;
    }
    if (intent.status === "requires_action") {
      Object.assign(store.secret(session), { details });
      return how === "3ds_page" ? session : this.challenged(session, how !== "deny", details);
    }
    return this.complete(session, "paid", details);
  }

  // The answer of the bank's page.
  challenged(session, approved, details = this.store.secret(session).details) {
    const { store, payments } = this;
    if (session.mode === "setup") {
      const setup = store.objects.get(session.setup_intent);
      const method = store.objects.get(setup.payment_method);
      if (!approved) {
        payments.failSetup(setup, method, "authentication_required");
        return session;
      }
      payments.succeedSetup(setup, method);
      return this.complete(session, "no_payment_required", details);
    }
    const intent = store.objects.get(session.payment_intent);
    if (approved) this.customer(session, details, intent);
    payments.challenged(intent, approved);
    return approved ? this.complete(session, "paid", details) : session;
  }

  customer(session, details, intent) {
    if (session.customer_creation === "always" && !session.customer) {
      session.customer = this.newCustomer(details).id;
      if (intent) intent.customer = session.customer;
      else if (session.payment_intent) this.store.objects.get(session.payment_intent).customer = session.customer;
    }
  }

  saved(session, how, details) {
    const { store, payments } = this;
    if (how === "voucher" || how === "processing") throw refused("checkout_session_no_voucher", "Nothing is paid in setup mode.");
    const setup = store.objects.get(session.setup_intent);
    if (["3ds", "deny"].includes(how) && setup.status === "requires_action") return this.challenged(session, how !== "deny", details);
    if (session.customer_creation === "always" && !session.customer) setup.customer = session.customer = this.newCustomer(details).id;
    const method = this.card(how, details);
    try {
      payments.confirmSetup(setup, { payment_method: method.id, return_url: session.success_url });
    } catch (error) {
      if (error instanceof Problem && error.status === 402) return session;
      throw error;
    }
    if (setup.status === "requires_action") {
      // Once approved, a saved card is charged off the session without a question.
      Object.assign(store.secret(method), { behaviour: "ok", saving: "ok" });
      store.secret(session).details = details;
      return how === "3ds_page" ? session : this.challenged(session, how !== "deny", details);
    }
    return this.complete(session, "no_payment_required", details);
  }

  // --- time ------------------------------------------------------------------------------------------

  // The next session or voucher whose time runs out.
  due() {
    const { store } = this;
    const out = [];
    for (const session of store.kinds.get("checkout.session") ?? []) {
      if (session.status === "open") out.push({ at: session.expires_at, act: () => store.as(session, () => this.expire(session, true)) });
    }
    for (const intent of store.kinds.get("payment_intent") ?? []) {
      const { expires, later, session } = store.secret(intent);
      if (!later || !expires || intent.status !== "requires_action") continue;
      const act = () => store.as(intent, () => (session ? this.later(store.objects.get(session), false) : this.payments.waited(intent, false)));
      out.push({ at: expires, act });
    }
    return out.length === 0 ? null : out.reduce((a, b) => (b.at < a.at ? b : a));
  }
}
