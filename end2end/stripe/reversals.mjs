// Money that goes back or out: refunds, disputes, payouts, and the balance.

import { invalid, refused } from "./errors.mjs";
import { currencyOf, disputeFee, positive } from "./money.mjs";
import { LATER, merge } from "./payments.mjs";
import { DAY } from "./store.mjs";

const EVIDENCE = (
  "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal " +
  "customer_communication customer_email_address customer_name customer_purchase_ip customer_signature " +
  "duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id product_description receipt " +
  "refund_policy refund_policy_disclosure refund_refusal_explanation service_date service_documentation " +
  "shipping_address shipping_carrier shipping_date shipping_documentation shipping_tracking_number uncategorized_file uncategorized_text"
).split(" ");

export class Reversals {
  constructor(store, events, payments) {
    Object.assign(this, { store, events, payments });
  }

  // --- refunds ---------------------------------------------------------------------------------------

  refund(params) {
    const { store, events } = this;
    if (!params.charge && !params.payment_intent) throw invalid(undefined, "parameter_missing", "One of the following params should be provided for this request: payment_intent or charge.");
    for (const name of ["customer", "currency", "origin"]) if (params[name]) throw invalid(name, undefined, "The stand-in refunds charges only.");
    const intent = params.payment_intent ? store.find("payment_intent", params.payment_intent, "payment_intent") : null;
    if (intent && !intent.latest_charge) throw refused("resource_missing", `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, { param: "payment_intent" });
    const charge = store.find("charge", params.charge ?? intent.latest_charge, "charge");
    if (intent && params.charge && charge.payment_intent !== intent.id) throw invalid("charge", undefined, `The charge ${charge.id} does not belong to the PaymentIntent ${intent.id}.`);
    if (charge.status !== "succeeded") throw refused(undefined, `Charge ${charge.id} has not succeeded and cannot be refunded.`, { param: "charge" });
    if (params.amount !== undefined) positive(params.amount);
    if (!charge.captured) throw refused(undefined, "The stand-in cancels an uncaptured payment instead of refunding it.", { param: "charge" });
    const lost = store.all("dispute").some((one) => one.charge === charge.id && !["won", "warning_closed"].includes(one.status));
    if (charge.disputed && lost) throw refused("charge_disputed", `Charge ${charge.id} has been charged back; cannot issue a refund.`, { param: "charge" });
    const left = charge.amount_captured - (charge.amount_refunded - (charge.amount - charge.amount_captured));
    if (left <= 0) throw refused("charge_already_refunded", `Charge ${charge.id} has already been refunded.`, { param: "charge" });
    const amount = params.amount ?? left;
    if (amount > left) throw refused("refund_amount_exceeds_charge", `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, { param: "amount" });
    const method = store.objects.get(charge.payment_method);
    const behaviour = method ? store.secret(method).behaviour : "ok";
    const later = store.settings.refunds === "pending" || (store.settings.refunds !== "succeeded" && (LATER[method?.type] || behaviour === "pending_refund"));
    const refund = store.keep(
      {
        id: store.id("re"), object: "refund", amount, balance_transaction: null, charge: charge.id, created: store.now, currency: charge.currency,
        destination_details: method?.type === "card" ? { type: "card", card: { type: "refund", reference_status: "pending", reference_type: "acquirer_reference_number" } } : { type: method?.type ?? "card" },
        metadata: merge({}, params.metadata), payment_intent: charge.payment_intent, reason: params.reason ?? null, receipt_number: null,
        source_transfer_reversal: null, status: later ? "pending" : "succeeded", transfer_reversal: null,
      },
      { livemode: charge.livemode },
    );
    refund.balance_transaction = this.payments.transaction("refund", -amount, 0, refund).id;
    charge.amount_refunded += amount;
    charge.refunded = charge.amount_refunded === charge.amount;
    events.tell("refund.created", refund);
    events.tell("charge.refunded", charge);
    if (behaviour === "refund_fail") this.refunded(refund, false);
    return refund;
  }

  // The bank's later word on a refund; also one that had succeeded may still come back.
  refunded(refund, done) {
    const { store, events } = this;
    if (["failed", "canceled"].includes(refund.status) || (done && refund.status === "succeeded")) {
      throw refused("refund_unexpected_state", `This refund is ${refund.status}.`);
    }
    if (done) {
      refund.status = "succeeded";
      events.tell("refund.updated", refund, { status: "pending" });
      events.tell("charge.refund.updated", refund, { status: "pending" });
      return refund;
    }
    const before = refund.status;
    Object.assign(refund, { status: "failed", failure_reason: "expired_or_canceled_card" });
    refund.failure_balance_transaction = this.back(refund, "refund_failure");
    events.tell("refund.failed", refund);
    events.tell("refund.updated", refund, { status: before });
    events.tell("charge.refund.updated", refund, { status: before });
    return refund;
  }

  back(refund, type) {
    const charge = this.store.objects.get(refund.charge);
    charge.amount_refunded -= refund.amount;
    charge.refunded = false;
    return this.payments.transaction(type, refund.amount, 0, refund, type).id;
  }

  cancelRefund(refund) {
    if (!["pending", "requires_action"].includes(refund.status)) throw refused("refund_unexpected_state", `This refund cannot be canceled: it is ${refund.status}.`);
    const before = refund.status;
    refund.status = "canceled";
    refund.failure_balance_transaction = this.back(refund, "refund_failure");
    this.events.tell("refund.updated", refund, { status: before });
    this.events.tell("charge.refund.updated", refund, { status: before });
    return refund;
  }

  // --- disputes ----------------------------------------------------------------------------------------

  dispute(charge, { amount, reason = "fraudulent", inquiry = false } = {}) {
    const { store, events } = this;
    if (charge.status !== "succeeded" || !charge.captured) throw refused("charge_not_disputable", `Charge ${charge.id} has not been paid.`);
    if (store.all("dispute").some((one) => one.charge === charge.id)) throw refused("charge_already_disputed", `Charge ${charge.id} is disputed already.`);
    charge.disputed = true;
    const brand = charge.payment_method_details?.card?.brand ?? "visa";
    const dispute = store.keep({
      id: store.id("du"), object: "dispute", amount: amount ?? (charge.amount_captured - charge.amount_refunded || charge.amount_captured), balance_transactions: [], charge: charge.id, created: store.now,
      currency: charge.currency, enhanced_eligibility_types: [],
      evidence: { ...Object.fromEntries(EVIDENCE.map((name) => [name, null])), enhanced_evidence: {} },
      evidence_details: { due_by: store.now + 7 * DAY, enhanced_eligibility: {}, has_evidence: false, past_due: false, submission_count: 0 },
      is_charge_refundable: inquiry, livemode: charge.livemode, metadata: {}, payment_intent: charge.payment_intent,
      payment_method_details: { type: "card", card: { brand, case_type: inquiry ? "inquiry" : "chargeback", network_reason_code: "10" } },
      reason, status: inquiry ? "warning_needs_response" : "needs_response",
    });
    events.tell("charge.dispute.created", dispute);
    return dispute;
  }

  withdraw(dispute) {
    if (dispute.balance_transactions.length > 0) throw refused("dispute_unexpected_state", "The money of this dispute has been taken already.");
    const taken = this.payments.transaction("adjustment", -dispute.amount, disputeFee(dispute.currency), dispute, "dispute");
    dispute.balance_transactions.push(structuredClone(taken));
    this.events.tell("charge.dispute.funds_withdrawn", dispute);
    return dispute;
  }

  close(dispute, won) {
    if (["won", "lost", "warning_closed"].includes(dispute.status)) throw refused("dispute_unexpected_state", `This dispute is already ${dispute.status}.`);
    dispute.status = dispute.status.startsWith("warning") ? "warning_closed" : won ? "won" : "lost";
    dispute.is_charge_refundable = dispute.status !== "lost";
    if (dispute.status === "won" && dispute.balance_transactions.length > 0) {
      // The dispute fee is given back too.
      const back = this.payments.transaction("adjustment", dispute.amount, -disputeFee(dispute.currency), dispute, "dispute_reversal");
      dispute.balance_transactions.push(structuredClone(back));
    }
    this.events.tell("charge.dispute.closed", dispute);
    if (dispute.balance_transactions.length > 1) this.events.tell("charge.dispute.funds_reinstated", dispute);
    return dispute;
  }

  updateDispute(dispute, { evidence, metadata, submit = true }) {
    if (metadata !== undefined) dispute.metadata = merge(dispute.metadata, metadata);
    if (evidence) {
      if (!/needs_response$/.test(dispute.status)) throw refused("dispute_unexpected_state", "This dispute no longer takes evidence.");
      const { enhanced_evidence: _, ...plain } = evidence;
      for (const [name, value] of Object.entries(plain)) dispute.evidence[name] = value === "" ? null : value;
      dispute.evidence_details.has_evidence = true;
      if (submit) {
        dispute.evidence_details.submission_count += 1;
        dispute.status = dispute.status.replace("needs_response", "under_review");
      }
    }
    this.events.tell("charge.dispute.updated", dispute);
    // Stripe's published test texts decide a dispute.
    const text = submit && evidence?.uncategorized_text;
    if (text === "winning_evidence") return this.close(dispute, true);
    if (text === "losing_evidence") return this.close(dispute, false);
    return dispute;
  }

  // --- balance and payouts -------------------------------------------------------------------------------

  // What has not been paid out, per currency; each transaction that belongs to a manual payout is `drawn`.
  open() {
    const { store } = this;
    return (store.kinds.get("balance_transaction") ?? []).filter((one) => store.secret(one).livemode === store.livemode);
  }

  balance() {
    const { store } = this;
    const sums = { available: new Map(), pending: new Map() };
    for (const one of this.open()) {
      const side = sums[one.available_on <= store.now ? "available" : "pending"];
      side.set(one.currency, (side.get(one.currency) ?? 0) + one.net);
    }
    const rows = (side) => [...side].map(([currency, amount]) => ({ amount, currency, source_types: { card: amount } }));
    const none = [{ amount: 0, currency: "mxn", source_types: { card: 0 } }];
    const available = rows(sums.available);
    const pending = rows(sums.pending);
    return { object: "balance", available: available.length ? available : none, livemode: store.livemode, pending: pending.length ? pending : none };
  }

  payout({ amount, currency: text, description = null, metadata, method = "standard", source_type = "card", statement_descriptor = null }, automatic = false) {
    const { store, events } = this;
    const currency = currencyOf(text);
    positive(amount);
    if (!automatic) {
      const has = this.balance().available.find((one) => one.currency === currency)?.amount ?? 0;
      if (amount > has) throw refused("balance_insufficient", "You have insufficient funds in your Stripe account. One likely reason you have insufficient funds is that your funds are automatically being paid out; try enabling manual payouts by going to your account dashboard.");
    }
    const payout = store.keep(
      {
        id: store.id("po"), object: "payout", amount, application_fee: null, application_fee_amount: null, arrival_date: store.now + DAY, automatic,
        balance_transaction: null, created: store.now, currency, description: automatic ? "STRIPE PAYOUT" : description, destination: "ba_1SaldarBank",
        failure_balance_transaction: null, failure_code: null, failure_message: null, livemode: store.livemode, metadata: merge({}, metadata), method,
        original_payout: null, payout_method: null, reconciliation_status: automatic ? "in_progress" : "not_applicable", reversed_by: null, source_type,
        statement_descriptor, status: "pending", trace_id: { status: "pending", value: null }, type: "bank_account",
      },
      {},
    );
    const out = this.payments.transaction("payout", -amount, 0, payout);
    out.available_on = store.now;
    payout.balance_transaction = out.id;
    store.secret(out).payout = payout.id;
    events.tell("payout.created", payout);
    return payout;
  }

  // An automatic payout takes all of a currency that no automatic payout holds yet.
  sweep({ currency = "mxn", available_only = false, arrive = true } = {}) {
    const { store } = this;
    const mine = this.open().filter((one) =>
      one.currency === currency && one.type !== "payout" && !store.secret(one).payout && (!available_only || one.available_on <= store.now));
    const amount = mine.reduce((sum, one) => sum + one.net, 0);
    if (amount <= 0) throw refused("balance_insufficient", `There is nothing to pay out in ${currency} (${amount}).`);
    const payout = this.payout({ amount, currency }, true);
    for (const one of mine) {
      store.secret(one).payout = payout.id;
      one.available_on = Math.min(one.available_on, store.now);
    }
    if (arrive) this.arrive(payout);
    return payout;
  }

  arrive(payout) {
    const { events } = this;
    Object.assign(payout, { status: "paid", trace_id: { status: "supported", value: `TR${payout.id.slice(-10)}` } });
    events.tell("payout.paid", payout);
    if (payout.automatic) {
      payout.reconciliation_status = "completed";
      events.tell("payout.reconciliation_completed", payout);
    }
    return payout;
  }

  due() {
    const pending = (this.store.kinds.get("payout") ?? []).filter((one) => one.status === "pending");
    if (pending.length === 0) return null;
    const first = pending.reduce((a, b) => (b.arrival_date < a.arrival_date ? b : a));
    return { at: first.arrival_date, act: () => this.store.as(first, () => this.arrive(first)) };
  }
}
