// Stripe's addresses, each a change or a view of the world. Parameters come checked and typed.

import { invalid, refused } from "./errors.mjs";
import { merge } from "./payments.mjs";
import { VERSION } from "./validate.mjs";

const inRange = (created, range) =>
  range === undefined ||
  (typeof range === "number"
    ? created === range
    : (range.gte === undefined || created >= range.gte) && (range.gt === undefined || created > range.gt) &&
      (range.lte === undefined || created <= range.lte) && (range.lt === undefined || created < range.lt));

// A page of a list that has the newest first.
function list(url, all, params, keep = () => true) {
  const { limit = 10, starting_after: after, ending_before: before } = params;
  if (limit < 1 || limit > 100) throw invalid("limit", "parameter_invalid_integer", "This value must be between 1 and 100.");
  if (after && before) throw invalid("ending_before", "parameters_exclusive", "You may only specify one of these parameters: starting_after, ending_before.");
  let found = all.filter((one) => inRange(one.created, params.created) && keep(one));
  // The cursor may itself be outside the filter, so its place comes from the whole list.
  const place = (id, name) => {
    const at = all.findIndex((one) => one.id === id);
    if (at < 0) throw invalid(name, "resource_missing", `No such object: '${id}'`);
    return new Set(all.slice(0, at + 1));
  };
  let more;
  if (before) {
    const upTo = place(before, "ending_before");
    found = found.filter((one) => upTo.has(one) && one.id !== before);
    more = found.length > limit;
    found = found.slice(-limit);
  } else {
    if (after) {
      const seen = place(after, "starting_after");
      found = found.filter((one) => !seen.has(one));
    }
    more = found.length > limit;
    found = found.slice(0, limit);
  }
  return { object: "list", data: found, has_more: more, url };
}

const same = (params, ...names) => (one) =>
  names.every((name) => params[name] === undefined || one[name] === params[name]);

export const routes = {
  // --- checkout ----------------------------------------------------------------------------------------
  "post /v1/checkout/sessions": (w, params) => w.checkout.create(params),
  "get /v1/checkout/sessions": (w, params) =>
    list("/v1/checkout/sessions", w.store.all("checkout.session"), params, (one) =>
      same(params, "payment_intent", "customer", "status")(one) &&
      (!params.customer_details || one.customer_details?.email === params.customer_details.email)),
  "get /v1/checkout/sessions/{session}": (w, _, [id]) => w.store.find("checkout.session", id, "session"),
  "post /v1/checkout/sessions/{session}": (w, params, [id]) => w.checkout.update(w.store.find("checkout.session", id, "session"), params),
  "post /v1/checkout/sessions/{session}/expire": (w, _, [id]) => w.checkout.expire(w.store.find("checkout.session", id, "session")),
  "get /v1/checkout/sessions/{session}/line_items": (w, params, [id]) => {
    const { items } = w.store.secret(w.store.find("checkout.session", id, "session"));
    return list(`/v1/checkout/sessions/${id}/line_items`, items, params);
  },

  // --- payment intents and charges ---------------------------------------------------------------------
  "post /v1/payment_intents": (w, params) => w.payments.intent(params),
  "get /v1/payment_intents": (w, params) => list("/v1/payment_intents", w.store.all("payment_intent"), params, same(params, "customer")),
  "get /v1/payment_intents/{intent}": (w, _, [id]) => w.store.find("payment_intent", id, "intent"),
  "post /v1/payment_intents/{intent}": (w, params, [id]) => w.payments.update(w.store.find("payment_intent", id, "intent"), params),
  "post /v1/payment_intents/{intent}/confirm": (w, params, [id]) => w.payments.confirm(w.store.find("payment_intent", id, "intent"), params),
  "post /v1/payment_intents/{intent}/cancel": (w, params, [id]) => w.payments.cancel(w.store.find("payment_intent", id, "intent"), params),
  "post /v1/payment_intents/{intent}/capture": (w, params, [id]) => w.payments.capture(w.store.find("payment_intent", id, "intent"), params),

  "get /v1/charges": (w, params) => list("/v1/charges", w.store.all("charge"), params, same(params, "payment_intent", "customer", "transfer_group")),
  "get /v1/charges/{charge}": (w, _, [id]) => w.store.find("charge", id, "charge"),
  "post /v1/charges/{charge}": (w, params, [id]) => {
    const charge = w.store.find("charge", id, "charge");
    if ("metadata" in params) charge.metadata = merge(charge.metadata, params.metadata);
    if ("description" in params) charge.description = params.description;
    w.events.tell("charge.updated", charge);
    return charge;
  },

  // --- saved methods -----------------------------------------------------------------------------------
  "post /v1/setup_intents": (w, params) => w.payments.setup(params),
  "get /v1/setup_intents": (w, params) => list("/v1/setup_intents", w.store.all("setup_intent"), params, same(params, "customer", "payment_method")),
  "get /v1/setup_intents/{intent}": (w, _, [id]) => w.store.find("setup_intent", id, "intent"),
  "post /v1/setup_intents/{intent}": (w, params, [id]) => {
    const setup = w.store.find("setup_intent", id, "intent");
    if ("metadata" in params) setup.metadata = merge(setup.metadata, params.metadata);
    if ("description" in params) setup.description = params.description;
    if (params.payment_method) Object.assign(setup, { payment_method: w.methods.take(params.payment_method).id, status: "requires_confirmation" });
    return setup;
  },
  "post /v1/setup_intents/{intent}/confirm": (w, params, [id]) => w.payments.confirmSetup(w.store.find("setup_intent", id, "intent"), params),
  "post /v1/setup_intents/{intent}/cancel": (w, params, [id]) => w.payments.cancelSetup(w.store.find("setup_intent", id, "intent"), params),

  "post /v1/payment_methods": (w, params) => w.methods.create(params),
  "get /v1/payment_methods": (w, params) => {
    if (params.customer) w.store.find("customer", params.customer, "customer");
    return list("/v1/payment_methods", w.store.all("payment_method"), params, (one) => one.customer && same(params, "customer", "type")(one));
  },
  "get /v1/payment_methods/{payment_method}": (w, _, [id]) => w.methods.take(id),
  "post /v1/payment_methods/{payment_method}": (w, params, [id]) => {
    const method = w.store.find("payment_method", id, "payment_method");
    if ("metadata" in params) method.metadata = merge(method.metadata, params.metadata);
    if (params.billing_details) Object.assign(method.billing_details, params.billing_details);
    w.events.tell("payment_method.updated", method);
    return method;
  },
  "post /v1/payment_methods/{payment_method}/attach": (w, params, [id]) => {
    if (!params.customer) throw invalid("customer", "parameter_missing", "Missing required param: customer.");
    return w.methods.attach(w.methods.take(id), params.customer);
  },
  "post /v1/payment_methods/{payment_method}/detach": (w, _, [id]) => w.methods.detach(w.store.find("payment_method", id, "payment_method")),

  // --- money that goes back or out ---------------------------------------------------------------------
  "post /v1/refunds": (w, params) => w.reversals.refund(params),
  "get /v1/refunds": (w, params) => list("/v1/refunds", mine(w, "refund"), params, same(params, "payment_intent", "charge")),
  "get /v1/refunds/{refund}": (w, _, [id]) => w.store.find("refund", id, "refund"),
  "post /v1/refunds/{refund}": (w, params, [id]) => {
    const refund = w.store.find("refund", id, "refund");
    const before = structuredClone(refund.metadata);
    if ("metadata" in params) refund.metadata = merge(refund.metadata, params.metadata);
    w.events.tell("refund.updated", refund, { metadata: before });
    w.events.tell("charge.refund.updated", refund, { metadata: before });
    return refund;
  },
  "post /v1/refunds/{refund}/cancel": (w, _, [id]) => w.reversals.cancelRefund(w.store.find("refund", id, "refund")),

  "get /v1/disputes": (w, params) => list("/v1/disputes", w.store.all("dispute"), params, same(params, "payment_intent", "charge")),
  "get /v1/disputes/{dispute}": (w, _, [id]) => w.store.find("dispute", id, "dispute"),
  "post /v1/disputes/{dispute}": (w, params, [id]) => w.reversals.updateDispute(w.store.find("dispute", id, "dispute"), params),
  "post /v1/disputes/{dispute}/close": (w, _, [id]) => w.reversals.close(w.store.find("dispute", id, "dispute"), false),

  "get /v1/balance": (w) => w.reversals.balance(),
  "get /v1/balance_transactions": (w, params) => {
    if (params.payout) {
      const payout = w.store.find("payout", params.payout, "payout");
      if (!payout.automatic) throw refused(undefined, "Balance transaction history can only be filtered on automatic transfers, not manual.", { param: "payout" });
    }
    return list("/v1/balance_transactions", mine(w, "balance_transaction"), params, (one) =>
      same(params, "type", "source", "currency")(one) && (!params.payout || w.store.secret(one).payout === params.payout));
  },
  "get /v1/balance_transactions/{id}": (w, _, [id]) => w.store.find("balance_transaction", id),

  "post /v1/payouts": (w, params) => w.reversals.payout(params),
  "get /v1/payouts": (w, params) =>
    list("/v1/payouts", w.store.all("payout"), params, (one) =>
      same(params, "status", "destination")(one) && inRange(one.arrival_date, params.arrival_date)),
  "get /v1/payouts/{payout}": (w, _, [id]) => w.store.find("payout", id, "payout"),
  "post /v1/payouts/{payout}": (w, params, [id]) => {
    const payout = w.store.find("payout", id, "payout");
    if ("metadata" in params) payout.metadata = merge(payout.metadata, params.metadata);
    w.events.tell("payout.updated", payout);
    return payout;
  },

  // --- events and webhooks -----------------------------------------------------------------------------
  "get /v1/events": (w, params) => {
    if (params.type && params.types) throw invalid("type", "parameters_exclusive", "You may only specify one of these parameters: type, types.");
    const delivered = (event) => w.events.deliveries.filter((one) => one.event === event).every((one) => one.state === "delivered");
    const kind = (wanted, type) => wanted === type || (wanted.endsWith(".*") && type.startsWith(wanted.slice(0, -1)));
    const all = w.events.list.filter((event) => event.livemode === w.store.livemode).reverse();
    return list("/v1/events", all, params, (event) =>
      (!params.type || kind(params.type, event.type)) && (!params.types || params.types.some((one) => kind(one, event.type))) &&
      (params.delivery_success === undefined || delivered(event) === params.delivery_success));
  },
  "get /v1/events/{id}": (w, _, [id]) => {
    const event = w.events.list.find((one) => one.id === id && one.livemode === w.store.livemode);
    if (!event) w.store.find("event", id);
    return event;
  },

  "post /v1/webhook_endpoints": (w, params) => {
    if (!/^https?:\/\//.test(params.url)) throw invalid("url", "url_invalid", "Invalid URL: An explicit scheme (such as https) must be provided.");
    const endpoint = w.events.endpoint({ ...params, metadata: merge({}, params.metadata) });
    // Shown in this answer only.
    return { ...endpoint, secret: w.store.secret(endpoint).keys[0].secret };
  },
  "get /v1/webhook_endpoints": (w, params) => list("/v1/webhook_endpoints", w.store.all("webhook_endpoint"), params),
  "get /v1/webhook_endpoints/{webhook_endpoint}": (w, _, [id]) => w.store.find("webhook_endpoint", id, "webhook_endpoint"),
  "post /v1/webhook_endpoints/{webhook_endpoint}": (w, params, [id]) => {
    const endpoint = w.store.find("webhook_endpoint", id, "webhook_endpoint");
    const { disabled, metadata, ...rest } = params;
    Object.assign(endpoint, rest);
    if (metadata !== undefined) endpoint.metadata = merge(endpoint.metadata, metadata);
    if (disabled !== undefined) endpoint.status = disabled ? "disabled" : "enabled";
    return endpoint;
  },
  "delete /v1/webhook_endpoints/{webhook_endpoint}": (w, _, [id]) => {
    const endpoint = w.store.find("webhook_endpoint", id, "webhook_endpoint");
    w.store.remove(endpoint);
    for (const one of w.events.deliveries) if (one.endpoint === endpoint && one.state === "waiting") one.state = "given_up";
    return { id, object: "webhook_endpoint", deleted: true };
  },

  // --- customers, clocks, account ----------------------------------------------------------------------
  "post /v1/customers": (w, params) => w.customers.create(params),
  "get /v1/customers": (w, params) => list("/v1/customers", w.store.all("customer"), params, same(params, "email", "test_clock")),
  "get /v1/customers/{customer}": (w, _, [id]) => w.store.find("customer", id, "customer"),
  "post /v1/customers/{customer}": (w, params, [id]) => w.customers.update(w.store.find("customer", id, "customer"), params),
  "delete /v1/customers/{customer}": (w, _, [id]) => w.customers.remove(w.store.find("customer", id, "customer")),

  "post /v1/test_helpers/test_clocks": (w, params) => w.customers.clock(params),
  "get /v1/test_helpers/test_clocks": (w, params) => list("/v1/test_helpers/test_clocks", w.store.all("test_helpers.test_clock"), params),
  "get /v1/test_helpers/test_clocks/{test_clock}": (w, _, [id]) => w.store.find("test_helpers.test_clock", id, "test_clock"),
  "delete /v1/test_helpers/test_clocks/{test_clock}": (w, _, [id]) => {
    w.store.remove(w.store.find("test_helpers.test_clock", id, "test_clock"));
    return { id, object: "test_helpers.test_clock", deleted: true };
  },
  "post /v1/test_helpers/test_clocks/{test_clock}/advance": (w, params, [id]) => {
    const clock = w.customers.advance(w.store.find("test_helpers.test_clock", id, "test_clock"), params);
    w.after = params.frozen_time; // The server moves its time once this answer is made.
    return clock;
  },

  "get /v1/account": (w) => ({
    id: "acct_1Saldar00000000", object: "account", business_type: "company", capabilities: { card_payments: "active", transfers: "active" },
    charges_enabled: true, country: "MX", default_currency: "mxn", details_submitted: true, email: "cobranza@example.com", payouts_enabled: true,
    settings: null, type: "standard",
    ...(w.store.livemode ? {} : { metadata: {} }),
  }),
};

// Refunds and balance transactions carry no `livemode`; the books know it.
function mine(w, kind) {
  return w.store.all(kind).filter((one) => w.store.secret(one).livemode === w.store.livemode);
}

// --- views -----------------------------------------------------------------------------------------------

// A copy for the answer, with what time changes and what `expand[]` opens.
export function view(w, answer, paths = []) {
  const out = structuredClone(answer);
  freshen(w, out);
  for (const path of paths) open(w, out, path.split("."), path);
  return out;
}

function freshen(w, value) {
  if (value?.object === "list") for (const one of value.data) freshen(w, one);
  if (value?.object === "balance_transaction") value.status = value.available_on <= w.store.now ? "available" : "pending";
}

const LISTS = {
  "checkout.session line_items": (w, one) => ({ object: "list", data: structuredClone(w.store.secret(one).items), has_more: false, url: `/v1/checkout/sessions/${one.id}/line_items` }),
  "charge refunds": (w, one) => ({
    object: "list", data: structuredClone(w.store.all("refund").filter((refund) => refund.charge === one.id)), has_more: false, url: `/v1/charges/${one.id}/refunds`,
  }),
};
const KINDS = /^(ch|cus|du|pi|pm|po|re|seti|txn|cs)_/;

function open(w, place, [name, ...rest], path) {
  if (path.split(".").length > 5) throw invalid("expand", undefined, `You cannot expand more than 4 levels of a property (${path}).`);
  if (place.object === "list" && name === "data") {
    for (const one of place.data) open(w, one, rest, path);
    return;
  }
  const made = LISTS[`${place.object} ${name}`];
  if (made) place[name] = made(w, place);
  if (!(name in place)) {
    // Optional fields that happen to be absent may be named; anything else may not.
    if (place.object === "refund" && name === "failure_balance_transaction") return;
    throw invalid("expand", undefined, `This property cannot be expanded (${path}).`);
  }
  const value = place[name];
  if (value === null) return;
  if (typeof value === "string") {
    const found = KINDS.test(value) ? w.store.objects.get(value) : null;
    if (!found) throw invalid("expand", undefined, `This property cannot be expanded (${path}).`);
    place[name] = structuredClone(found);
    freshen(w, place[name]);
  } else if (typeof value !== "object") throw invalid("expand", undefined, `This property cannot be expanded (${path}).`);
  if (rest.length === 0) return;
  for (const one of Array.isArray(place[name]) ? place[name] : [place[name]]) open(w, one, rest, path);
}

export { VERSION };
