// What tests tell the stand-in, under `/_test/`: JSON in, JSON out, no key.

import { refused } from "./errors.mjs";
import { BEHAVIOURS } from "./methods.mjs";
import { lacks } from "./validate.mjs";

const seconds = (time) => {
  const at = typeof time === "number" ? time : Math.floor(Date.parse(time) / 1000);
  if (!Number.isInteger(at)) throw refused(undefined, `Not a time: ${time}`);
  return at;
};

export const control = {
  // `now` or `advance` (seconds) live through what falls due; going back, or `jump`, does not.
  "POST clock": async (w, { now, advance, jump = false, freeze }) => {
    const { store } = w;
    if (freeze) store.clock.freeze();
    if (now !== undefined || advance !== undefined) {
      const to = now === undefined ? store.now + advance : seconds(now);
      if (jump || to < store.now) store.clock.jump(to);
      else await w.advance(to);
    }
    return { now: store.now, iso: new Date(store.now * 1000).toISOString() };
  },
  "GET clock": (w) => ({ now: w.store.now, iso: new Date(w.store.now * 1000).toISOString() }),

  "POST settle": (w, { session, how = "pay", type, email }) => w.checkout.settle(any(w, "checkout.session", session), how, { type, email }),

  // A voucher, a debit or a bank's question outside Checkout.
  "POST settle_intent": (w, { payment_intent, how }) => {
    const intent = any(w, "payment_intent", payment_intent);
    return w.store.as(intent, () => {
      if (how === "voucher_paid" || how === "voucher_expired") return w.payments.waited(intent, how === "voucher_paid");
      if (how === "approve" || how === "deny") return w.payments.challenged(intent, how === "approve");
      throw refused(undefined, `There is no way '${how}' to settle an intent.`);
    });
  },

  // From now on this saved method behaves so.
  "POST payment_method": (w, { payment_method, behaviour }) => {
    if (!BEHAVIOURS.has(behaviour)) throw refused(undefined, `behaviour is one of ${[...BEHAVIOURS].join(", ")}`);
    const method = any(w, "payment_method", payment_method);
    w.store.secret(method).behaviour = behaviour;
    return { payment_method, behaviour };
  },

  // `open` is `created` and `funds_withdrawn` in one.
  "POST dispute": (w, { charge, payment_intent, dispute: id, step = "open", amount, reason, inquiry }) => {
    const of = charge ? any(w, "charge", charge) : id ? null : any(w, "charge", any(w, "payment_intent", payment_intent).latest_charge);
    const known = id ? any(w, "dispute", id) : (w.store.kinds.get("dispute") ?? []).find((one) => one.charge === of.id);
    return w.store.as(of ?? known, () => {
      if (step === "created" || step === "open") {
        const dispute = w.reversals.dispute(of, { amount, reason, inquiry });
        return step === "open" && !inquiry ? w.reversals.withdraw(dispute) : dispute;
      }
      if (!known) throw refused("resource_missing", "There is no such dispute yet.");
      if (step === "funds_withdrawn") return w.reversals.withdraw(known);
      if (step === "won" || step === "lost") return w.reversals.close(known, step === "won");
      throw refused(undefined, `There is no step '${step}' of a dispute.`);
    });
  },

  // A step of a refund; without one, a refund made in the dashboard.
  "POST refund": (w, { refund: id, step, ...params }) => {
    if (!id) return w.store.as(any(w, params.charge ? "charge" : "payment_intent", params.charge ?? params.payment_intent), () => w.reversals.refund(params));
    const refund = any(w, "refund", id);
    if (!["succeed", "fail"].includes(step)) throw refused(undefined, `There is no step '${step}' of a refund.`);
    return w.store.as(any(w, "charge", refund.charge), () => w.reversals.refunded(refund, step === "succeed"));
  },
  "POST refund_failed": (w, { refund }) => control["POST refund"](w, { refund, step: "fail" }),

  // An automatic payout of all that has not been paid out.
  "POST payout": (w, { livemode = false, ...params }) => w.store.as({ livemode }, () => w.reversals.sweep(params)),
  "POST payout_paid": (w, { payout: id }) => {
    const payout = any(w, "payout", id);
    return w.store.as(payout, () => w.reversals.arrive(payout));
  },

  // refunds: "by_method" (cards at once, vouchers pending), "pending" or "succeeded".
  "POST settings": (w, settings) => Object.assign(w.store.settings, settings),

  // The next `times` requests whose path begins with `path` (and whose method is `method`):
  // `delay` ms; then `status` 500/429 or a closed connection (`close: true`), `when` "before" or
  // "after" the work is done.
  "POST faults": (w, given) => {
    for (const fault of Array.isArray(given) ? given : [given]) {
      const close = fault.close ?? !(fault.status || fault.delay);
      w.store.faults.push({ times: 1, path: "/v1/", ...fault, close, when: fault.when ?? (fault.before === false || fault.after ? "after" : "before") });
    }
    return { faults: w.store.faults };
  },
  "GET faults": (w) => w.store.faults,
  "DELETE faults": (w) => ((w.store.faults = []), { faults: [] }),

  "POST delivery": (w, { mode, url, sign }) => {
    if (mode) w.events.mode = mode;
    if (url) w.events.aim(url);
    if (sign) w.events.signWith = sign;
    return { mode: w.events.mode, url: w.events.main?.url ?? null, sign: w.events.signWith };
  },
  "GET deliveries": (w) => w.events.held(),
  "GET attempts": (w) =>
    w.events.deliveries.map(({ id, event, endpoint, state, attempts, at }) => ({ id, event: event.id, type: event.type, endpoint: endpoint.id, state, attempts, next_attempt: at })),
  "POST deliver": (w, params) => w.events.deliver(params),
  // A new secret; the old ones sign along for `keep` seconds (a day).
  "POST roll_secret": (w, { endpoint, secret, keep }) => {
    const of = endpoint ? any(w, "webhook_endpoint", endpoint) : w.events.main;
    if (!of) throw refused(undefined, "There is no webhook endpoint.");
    const fresh = secret ?? `whsec_${w.store.names.letters(32)}`;
    w.events.roll(of, fresh, keep);
    return { endpoint: of.id, secret: fresh };
  },

  "GET events": (w) => w.events.list,
  "GET requests": (w) => w.store.requests,
  // What of all that is stored is not as Stripe describes it; an empty list when all is well.
  "GET lacks": (w) =>
    [...w.store.objects.values(), ...w.events.list].map((one) => ({ id: one.id, lacks: lacks(one) })).filter((one) => one.lacks.length > 0),
  "POST reset": (w) => (w.reset(), { reset: true }),
};

// Control sees test and live objects alike.
function any(w, kind, id) {
  const found = w.store.objects.get(id);
  if (found?.object !== kind) return w.store.find(kind, String(id));
  return found;
}
