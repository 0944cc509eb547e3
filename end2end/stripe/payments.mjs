// Payment intents, charges and setup intents.

import { Problem, invalid, refused } from "./errors.mjs";
import { decline } from "./methods.mjs";
import { currencyOf, fee, payable } from "./money.mjs";
import { DAY } from "./store.mjs";

// Vouchers and transfers: paid later, elsewhere. [next action, currency, days, hours of the zone behind UTC]
export const LATER = {
  oxxo: { action: "oxxo_display_details", currency: "mxn", days: 3, zone: 6, most: 1_000_000 },
  boleto: { action: "boleto_display_details", currency: "brl", days: 3, zone: 3 },
  customer_balance: { action: "display_bank_transfer_instructions", days: 0, zone: 0 },
  konbini: { action: "konbini_display_details", currency: "jpy", days: 3, zone: -9 },
};
const ONLY = { oxxo: ["mxn"], boleto: ["brl"], pix: ["brl"], konbini: ["jpy"] };

const unset = (value) => (value === "" ? null : (value ?? null));

export const merge = (old, change) => {
  if (change === "") return {};
  const out = { ...old, ...change };
  for (const [key, value] of Object.entries(out)) if (value === "") delete out[key];
  return out;
};

export class Payments {
  constructor(store, events, methods) {
    Object.assign(this, { store, events, methods });
  }

  types(wanted, currency, param = "payment_method_types") {
    for (const type of wanted) {
      if (ONLY[type] && !ONLY[type].includes(currency)) {
        throw invalid(param, undefined, `The currency provided (${currency}) is invalid. Payments with ${type} support the following currencies: ${ONLY[type].join(", ")}.`);
      }
    }
    return wanted;
  }

  // What a dashboard would offer when the request names no types.
  usual(currency) {
    return { mxn: ["card", "oxxo", "customer_balance"], brl: ["card", "boleto", "pix"] }[currency] ?? ["card"];
  }

  // --- payment intents ---------------------------------------------------------------------------

  intent(params) {
    const { store } = this;
    const currency = currencyOf(params.currency);
    payable(params.amount, currency);
    if (params.customer) store.find("customer", params.customer, "customer");
    const dynamic = !params.payment_method_types;
    const types = this.types(params.payment_method_types ?? (params.confirm || params.payment_method ? ["card"] : this.usual(currency)), currency);
    if (params.off_session && !params.confirm) {
      throw invalid("off_session", undefined, "You cannot provide `off_session` when `confirm` is not true.");
    }
    const id = store.id("pi");
    const intent = store.keep(
      {
        id, object: "payment_intent", amount: params.amount, amount_capturable: 0, amount_details: { tip: {} }, amount_received: 0,
        application: null, application_fee_amount: null,
        automatic_payment_methods: params.automatic_payment_methods
          ? { allow_redirects: "always", ...params.automatic_payment_methods }
          : dynamic ? { allow_redirects: "always", enabled: true } : null,
        canceled_at: null, cancellation_reason: null, capture_method: params.capture_method ?? "automatic_async",
        client_secret: `${id}_secret_${store.names.letters(25)}`, confirmation_method: params.confirmation_method ?? "automatic",
        created: store.now, currency, customer: unset(params.customer), customer_account: null, description: unset(params.description),
        excluded_payment_method_types: null, last_payment_error: null, latest_charge: null, livemode: store.livemode,
        metadata: merge({}, params.metadata), next_action: null, on_behalf_of: null, payment_method: null,
        payment_method_configuration_details: null, payment_method_options: {}, payment_method_types: types, processing: null,
        receipt_email: unset(params.receipt_email), review: null, setup_future_usage: unset(params.setup_future_usage), shipping: params.shipping || null,
        statement_descriptor: unset(params.statement_descriptor), statement_descriptor_suffix: unset(params.statement_descriptor_suffix),
        status: "requires_payment_method", transfer_data: null, transfer_group: unset(params.transfer_group),
      },
      { options: params.payment_method_options ?? {} },
    );
    if (params.payment_method_data) intent.payment_method = this.given(params.payment_method_data).id;
    if (params.payment_method) this.use(intent, params.payment_method);
    if (intent.payment_method) intent.status = "requires_confirmation";
    this.events.tell("payment_intent.created", intent);
    return params.confirm ? this.confirm(intent, params) : intent;
  }

  given({ type, billing_details, boleto, card, metadata }) {
    return this.methods.create({ type, billing_details: billing_details || {}, boleto, card, metadata: metadata || {} });
  }

  use(intent, id) {
    const method = this.methods.take(id);
    if (this.store.secret(method).used && !method.customer) {
      throw refused("payment_method_unexpected_state", "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, or was detached from a Customer. It may not be used again.", { param: "payment_method" });
    }
    if (method.customer && method.customer !== intent.customer) {
      throw invalid("payment_method", "payment_method_customer_mismatch", `The PaymentMethod ${method.id} belongs to the Customer ${method.customer}. Please include the Customer in the \`customer\` parameter.`);
    }
    if (!intent.payment_method_types.includes(method.type)) {
      throw invalid("payment_method", "payment_intent_incompatible_payment_method", `The PaymentMethod provided (${method.type}) is not allowed for this PaymentIntent.`);
    }
    intent.payment_method = method.id;
    return method;
  }

  update(intent, params) {
    if (["succeeded", "canceled"].includes(intent.status) && ["amount", "currency", "payment_method", "customer"].some((name) => name in params)) {
      throw this.unexpected(intent, "updated");
    }
    if (params.currency) intent.currency = currencyOf(params.currency);
    if (params.amount !== undefined) {
      payable(params.amount, intent.currency);
      intent.amount = params.amount;
    }
    if (params.customer) intent.customer = this.store.find("customer", params.customer, "customer").id;
    if (params.payment_method_types) intent.payment_method_types = this.types(params.payment_method_types, intent.currency);
    for (const name of ["description", "receipt_email", "setup_future_usage", "statement_descriptor", "statement_descriptor_suffix", "transfer_group", "shipping"]) {
      if (name in params) intent[name] = unset(params[name]);
    }
    if ("metadata" in params) intent.metadata = merge(intent.metadata, params.metadata);
    if (params.payment_method) {
      this.use(intent, params.payment_method);
      if (intent.status === "requires_payment_method") intent.status = "requires_confirmation";
    }
    return intent;
  }

  confirm(intent, params = {}) {
    if (!["requires_payment_method", "requires_confirmation", "requires_action"].includes(intent.status)) throw this.unexpected(intent, "confirmed");
    if (params.payment_method_data) intent.payment_method = this.given(params.payment_method_data).id;
    else if (params.payment_method && params.payment_method !== intent.payment_method) this.use(intent, params.payment_method);
    if (params.receipt_email) intent.receipt_email = params.receipt_email;
    if (params.setup_future_usage) intent.setup_future_usage = params.setup_future_usage;
    if (!intent.payment_method) {
      throw refused("payment_intent_unexpected_state", "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.", { payment_intent: structuredClone(intent) });
    }
    const method = this.store.objects.get(intent.payment_method);
    const off = params.off_session === true || params.off_session === "one_off" || params.off_session === "recurring";
    if (LATER[method.type]) return this.wait(intent, method, params);
    const { behaviour } = this.store.secret(method);
    if (behaviour === "authenticate") {
      if (off || params.error_on_requires_action) throw this.fail(intent, method, "authentication_required");
      return this.challenge(intent, params.return_url);
    }
    if (["ok", "dispute", "inquiry", "pending_refund", "refund_fail"].includes(behaviour)) {
      this.succeed(intent, method);
      if (behaviour === "dispute" || behaviour === "inquiry") this.disputed?.(this.store.objects.get(intent.latest_charge), behaviour);
      return intent;
    }
    throw this.fail(intent, method, behaviour);
  }

  // 3-D Secure: the payer is sent to the bank's page (ours).
  challenge(intent, back = null) {
    Object.assign(intent, {
      status: "requires_action",
      next_action: { type: "redirect_to_url", redirect_to_url: { return_url: back, url: `${this.store.base}/3ds/${intent.id}` } },
    });
    this.events.tell("payment_intent.requires_action", intent);
    return intent;
  }

  challenged(intent, approved) {
    if (intent.status !== "requires_action") throw this.unexpected(intent, "authenticated");
    const method = this.store.objects.get(intent.payment_method);
    if (approved) return this.succeed(intent, method);
    const error = {
      type: "invalid_request_error", code: "payment_intent_authentication_failure",
      message: "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
    };
    return this.failed(intent, error, method);
  }

  // A voucher or a bank transfer: the intent waits for money that comes days later.
  wait(intent, method, params = {}) {
    const { store } = this;
    const kind = LATER[method.type];
    if (kind.most && intent.amount > kind.most) throw invalid("amount", "amount_too_large", `${method.type} payments are limited to ${kind.most}.`);
    const options = { ...store.secret(intent).options?.[method.type], ...params.payment_method_options?.[method.type] };
    const expires = kind.days ? endOfDay(store.now, options.expires_after_days ?? kind.days, kind.zone) : null;
    const number = Array.from({ length: 14 }, (_, at) => (store.order.size * 7 + at * 3) % 10).join("");
    const page = `${store.base}/voucher/${intent.id}`;
    const details = {
      oxxo: { expires_after: expires, hosted_voucher_url: page, number },
      boleto: { expires_at: expires, hosted_voucher_url: page, number, pdf: `${page}/pdf` },
      konbini: { expires_at: expires, hosted_voucher_url: page, stores: { familymart: null, lawson: null, ministop: null, seicomart: null } },
      customer_balance: {
        amount_remaining: intent.amount, currency: intent.currency, hosted_instructions_url: page, reference: number,
        type: intent.currency === "mxn" ? "mx_bank_transfer" : "us_bank_transfer",
      },
    }[method.type];
    Object.assign(intent, { payment_method: method.id, status: "requires_action", next_action: { type: kind.action, [kind.action]: details } });
    Object.assign(store.secret(intent), { expires, later: method.type });
    this.events.tell("payment_intent.requires_action", intent);
    return intent;
  }

  // The money of a voucher came, or its day went by.
  waited(intent, paid) {
    const { later } = this.store.secret(intent);
    if (!later || !["requires_action", "processing"].includes(intent.status)) throw this.unexpected(intent, "settled");
    this.store.secret(intent).later = null;
    const method = this.store.objects.get(intent.payment_method);
    if (paid) return this.succeed(intent, method);
    const error = {
      type: "invalid_request_error", code: "payment_intent_payment_attempt_expired",
      message: `The payment attempt for this payment method expired.`, doc_url: "https://stripe.com/docs/error-codes/payment-intent-payment-attempt-expired",
    };
    return this.failed(intent, error, method);
  }

  process(intent, method) {
    Object.assign(intent, { payment_method: method.id, status: "processing", next_action: null });
    Object.assign(this.store.secret(intent), { later: method.type, expires: null });
    this.events.tell("payment_intent.processing", intent);
    return intent;
  }

  succeed(intent, method) {
    const manual = intent.capture_method === "manual" && method.type === "card";
    const charge = this.charge(intent, method, { captured: !manual });
    Object.assign(intent, { latest_charge: charge.id, payment_method: method.id, next_action: null, last_payment_error: null, processing: null });
    if (manual) {
      Object.assign(intent, { status: "requires_capture", amount_capturable: intent.amount });
      this.events.tell("charge.succeeded", charge);
      this.events.tell("payment_intent.amount_capturable_updated", intent);
      return intent;
    }
    Object.assign(intent, { status: "succeeded", amount_received: intent.amount });
    if (intent.setup_future_usage && intent.customer && method.type === "card") this.methods.attach(method, intent.customer, true);
    else if (!method.customer) this.store.secret(method).used = true;
    this.events.tell("charge.succeeded", charge);
    this.events.tell("payment_intent.succeeded", intent);
    return intent;
  }

  // A decline: gives the 402 to throw.
  fail(intent, method, reason) {
    const { type, code, message, ...more } = decline(reason);
    const charge = this.charge(intent, method, { failure: { code, message, reason } });
    intent.latest_charge = charge.id;
    this.events.tell("charge.failed", charge);
    this.failed(intent, { type, code, message, ...more, charge: charge.id }, method);
    return new Problem(402, type, code, message, {
      ...more, charge: charge.id, payment_intent: structuredClone(intent), payment_method: structuredClone(method),
    });
  }

  failed(intent, error, method) {
    Object.assign(intent, {
      status: "requires_payment_method", next_action: null, payment_method: null, processing: null,
      last_payment_error: { ...error, payment_method: structuredClone(method) },
    });
    if (!method.customer) this.store.secret(method).used = true;
    this.events.tell("payment_intent.payment_failed", intent);
    return intent;
  }

  capture(intent, { amount_to_capture, metadata }) {
    if (intent.status !== "requires_capture") throw this.unexpected(intent, "captured");
    const amount = amount_to_capture ?? intent.amount_capturable;
    if (!(amount >= 1) || amount > intent.amount_capturable) {
      throw invalid("amount_to_capture", undefined, `The requested capture amount is greater than the amount you can capture for this charge.`);
    }
    const charge = this.store.objects.get(intent.latest_charge);
    Object.assign(charge, { captured: true, amount_captured: amount, amount_refunded: charge.amount - amount });
    charge.balance_transaction = this.transaction("charge", amount, fee(amount, charge.currency), charge).id;
    Object.assign(intent, { status: "succeeded", amount_received: amount, amount_capturable: 0, metadata: merge(intent.metadata, metadata) });
    this.events.tell("charge.captured", charge);
    this.events.tell("payment_intent.succeeded", intent);
    return intent;
  }

  cancel(intent, { cancellation_reason = null } = {}) {
    if (["succeeded", "canceled", "processing"].includes(intent.status)) throw this.unexpected(intent, "canceled");
    if (intent.status === "requires_capture") {
      const charge = this.store.objects.get(intent.latest_charge);
      Object.assign(charge, { refunded: true, amount_refunded: charge.amount });
      this.events.tell("charge.refunded", charge);
    }
    Object.assign(intent, { status: "canceled", canceled_at: this.store.now, cancellation_reason, next_action: null, amount_capturable: 0 });
    this.events.tell("payment_intent.canceled", intent);
    return intent;
  }

  unexpected(intent, deed) {
    const known = intent.object === "setup_intent" ? ["SetupIntent", "setup_intent"] : ["PaymentIntent", "payment_intent"];
    return refused(`${known[1]}_unexpected_state`, `This ${known[0]} could not be ${deed} because it has a status of ${intent.status}.`, { [known[1]]: structuredClone(intent) });
  }

  // --- charges -------------------------------------------------------------------------------------

  charge(intent, method, { captured = true, failure = null }) {
    const { store } = this;
    const paid = !failure;
    captured &&= paid;
    const outcome = paid
      ? { advice_code: null, network_advice_code: null, network_decline_code: null, network_status: "approved_by_network", reason: null, risk_level: "normal", risk_score: 12, seller_message: "Payment complete.", type: "authorized" }
      : { advice_code: null, network_advice_code: null, network_decline_code: null, network_status: "declined_by_network", reason: failure.reason, risk_level: "normal", risk_score: 12, seller_message: "The bank did not return any further details with this decline.", type: "issuer_declined" };
    const charge = store.keep({
      id: store.id("ch"), object: "charge", amount: intent.amount, amount_captured: captured ? intent.amount : 0, amount_refunded: 0,
      application: null, application_fee: null, application_fee_amount: null, balance_transaction: null,
      billing_details: structuredClone(method.billing_details), calculated_statement_descriptor: intent.statement_descriptor ?? "SALDAR",
      captured, created: store.now, currency: intent.currency, customer: intent.customer, description: intent.description,
      disputed: false, failure_balance_transaction: null, failure_code: failure?.code ?? null, failure_message: failure?.message ?? null,
      fraud_details: {}, livemode: intent.livemode, metadata: { ...intent.metadata }, on_behalf_of: null, outcome, paid,
      payment_intent: intent.id, payment_method: method.id, payment_method_details: this.methods.details(method),
      receipt_email: intent.receipt_email, receipt_number: null, receipt_url: paid ? `${store.base}/receipts/${intent.id}` : null,
      refunded: false, review: null, shipping: intent.shipping, source_transfer: null,
      statement_descriptor: intent.statement_descriptor, statement_descriptor_suffix: intent.statement_descriptor_suffix,
      status: paid ? "succeeded" : "failed", transfer_data: null, transfer_group: intent.transfer_group,
    });
    if (captured) charge.balance_transaction = this.transaction("charge", charge.amount, fee(charge.amount, charge.currency), charge).id;
    return charge;
  }

  transaction(type, amount, cost, source, category = type) {
    const { store } = this;
    const { currency } = source;
    const parts = cost === 0 ? [] : [{ amount: cost, application: null, currency, description: category === "charge" ? "Stripe processing fees" : "Dispute fee", type: "stripe_fee" }];
    return store.keep(
      {
        id: store.id("txn"), object: "balance_transaction", amount, available_on: store.now + 2 * DAY, balance_type: "payments",
        created: store.now, currency, description: source.description ?? null, exchange_rate: null, fee: cost, fee_details: parts,
        net: amount - cost, reporting_category: category, source: source.id, status: "pending", type,
      },
      { livemode: store.livemode, payout: null },
    );
  }

  // --- setup intents ---------------------------------------------------------------------------------

  setup(params) {
    const { store } = this;
    if (params.customer) store.find("customer", params.customer, "customer");
    const id = store.id("seti");
    const setup = store.keep({
      id, object: "setup_intent", application: null,
      automatic_payment_methods: params.automatic_payment_methods ? { allow_redirects: "always", ...params.automatic_payment_methods } : null,
      cancellation_reason: null, client_secret: `${id}_secret_${store.names.letters(25)}`, created: store.now, customer: unset(params.customer),
      customer_account: null, description: unset(params.description), excluded_payment_method_types: null, flow_directions: null,
      last_setup_error: null, latest_attempt: null, livemode: store.livemode, mandate: null, metadata: merge({}, params.metadata),
      next_action: null, on_behalf_of: null, payment_method: null, payment_method_configuration_details: null,
      payment_method_options: {}, payment_method_types: params.payment_method_types ?? ["card"], single_use_mandate: null,
      status: "requires_payment_method", usage: params.usage ?? "off_session",
    });
    if (params.payment_method) Object.assign(setup, { payment_method: this.methods.take(params.payment_method).id, status: "requires_confirmation" });
    this.events.tell("setup_intent.created", setup);
    return params.confirm ? this.confirmSetup(setup, params) : setup;
  }

  confirmSetup(setup, params = {}) {
    if (!["requires_payment_method", "requires_confirmation", "requires_action"].includes(setup.status)) throw this.unexpected(setup, "confirmed");
    if (params.payment_method) setup.payment_method = this.methods.take(params.payment_method).id;
    if (!setup.payment_method) throw refused("setup_intent_unexpected_state", "You cannot confirm this SetupIntent because it's missing a payment method.", { setup_intent: structuredClone(setup) });
    const method = this.store.objects.get(setup.payment_method);
    const { saving } = this.store.secret(method);
    if (saving === "authenticate") {
      Object.assign(setup, {
        status: "requires_action",
        next_action: { type: "redirect_to_url", redirect_to_url: { return_url: params.return_url ?? null, url: `${this.store.base}/3ds/${setup.id}` } },
      });
      this.events.tell("setup_intent.requires_action", setup);
      return setup;
    }
    if (saving !== "ok") throw this.failSetup(setup, method, saving);
    return this.succeedSetup(setup, method);
  }

  succeedSetup(setup, method) {
    Object.assign(setup, { status: "succeeded", payment_method: method.id, next_action: null, last_setup_error: null });
    if (setup.customer) this.methods.attach(method, setup.customer, true);
    this.events.tell("setup_intent.succeeded", setup);
    return setup;
  }

  failSetup(setup, method, reason) {
    const { type, code, message, ...more } = decline(reason);
    Object.assign(setup, {
      status: "requires_payment_method", payment_method: null, next_action: null,
      last_setup_error: { type, code, message, ...more, payment_method: structuredClone(method) },
    });
    this.events.tell("setup_intent.setup_failed", setup);
    return new Problem(402, type, code, message, { ...more, setup_intent: structuredClone(setup), payment_method: structuredClone(method) });
  }

  cancelSetup(setup, { cancellation_reason = null }) {
    if (["succeeded", "canceled"].includes(setup.status)) throw this.unexpected(setup, "canceled");
    Object.assign(setup, { status: "canceled", cancellation_reason, next_action: null });
    this.events.tell("setup_intent.canceled", setup);
    return setup;
  }
}

// 23:59:59 of the day after so many days, where the zone is so many hours behind UTC.
export function endOfDay(now, days, zone) {
  const local = now - zone * 3_600;
  return Math.floor(local / DAY) * DAY + (days + 1) * DAY - 1 + zone * 3_600;
}
