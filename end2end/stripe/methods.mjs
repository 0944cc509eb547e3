// Payment methods, and what Stripe's published test methods do.

import { Problem, invalid, missing, refused } from "./errors.mjs";

// token: [brand, last four, what happens on a charge, what happens on saving]
const CARDS = {
  pm_card_visa: ["visa", "4242", "ok"],
  pm_card_visa_debit: ["visa", "5556", "ok"],
  pm_card_mastercard: ["mastercard", "4444", "ok"],
  pm_card_amex: ["amex", "8431", "ok"],
  pm_card_mx: ["visa", "0000", "ok"],
  pm_card_br: ["visa", "0000", "ok"],
  pm_card_chargeDeclined: ["visa", "0002", "generic_decline", "generic_decline"],
  pm_card_visa_chargeDeclined: ["visa", "0002", "generic_decline", "generic_decline"],
  pm_card_chargeDeclinedInsufficientFunds: ["visa", "9995", "insufficient_funds", "insufficient_funds"],
  pm_card_visa_chargeDeclinedInsufficientFunds: ["visa", "9995", "insufficient_funds", "insufficient_funds"],
  pm_card_chargeDeclinedExpiredCard: ["visa", "0069", "expired_card", "expired_card"],
  pm_card_visa_chargeDeclinedExpiredCard: ["visa", "0069", "expired_card", "expired_card"],
  pm_card_chargeDeclinedProcessingError: ["visa", "0119", "processing_error", "processing_error"],
  pm_card_chargeDeclinedFraudulent: ["visa", "0019", "fraudulent", "fraudulent"],
  pm_card_visa_chargeDeclinedLostCard: ["visa", "9987", "lost_card", "lost_card"],
  pm_card_visa_chargeDeclinedStolenCard: ["visa", "9979", "stolen_card", "stolen_card"],
  // Saved without a word, declined when charged.
  pm_card_chargeCustomerFail: ["visa", "0341", "generic_decline", "ok"],
  pm_card_authenticationRequired: ["visa", "3184", "authenticate", "ok"],
  pm_card_authenticationRequiredOnSetup: ["visa", "3155", "ok", "authenticate"],
  pm_card_threeDSecure2Required: ["visa", "3220", "authenticate", "ok"],
  pm_card_createDispute: ["visa", "0259", "dispute", "ok"],
  pm_card_createDisputeInquiry: ["visa", "1976", "inquiry", "ok"],
  pm_card_pendingRefund: ["visa", "7726", "pending_refund", "ok"],
  pm_card_refundFail: ["visa", "5126", "refund_fail", "ok"],
};
export const BEHAVIOURS = new Set(Object.values(CARDS).map((card) => card[2]));

const MESSAGES = {
  generic_decline: ["card_declined", "Your card was declined."],
  insufficient_funds: ["card_declined", "Your card has insufficient funds."],
  fraudulent: ["card_declined", "Your card was declined."],
  lost_card: ["card_declined", "Your card was declined."],
  stolen_card: ["card_declined", "Your card was declined."],
  expired_card: ["expired_card", "Your card has expired."],
  processing_error: ["processing_error", "An error occurred while processing your card. Try again in a little bit."],
  authentication_required: ["authentication_required", "Your card was declined. This transaction requires authentication."],
};
export const DECLINES = Object.keys(MESSAGES);

// The inside of a card error.
export function decline(reason) {
  const [code, message] = MESSAGES[reason];
  return {
    type: "card_error", code, message,
    ...(code === "card_declined" || code === "authentication_required" ? { decline_code: reason } : {}),
    doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll("_", "-")}`,
  };
}

const nobody = () => ({ address: null, email: null, name: null, phone: null, tax_id: null });

export class Methods {
  constructor(store, events) {
    Object.assign(this, { store, events });
  }

  make(type, { behaviour = "ok", saving = "ok", brand = "visa", last4 = "4242", billing = {}, metadata = {} } = {}) {
    const { store } = this;
    const year = new Date(store.now * 1000).getUTCFullYear() + 1;
    const detail = {
      card: {
        brand, checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: "pass" }, country: "US",
        display_brand: brand, exp_month: 12, exp_year: year, fingerprint: `Fp${brand}${last4}`, funding: "credit",
        generated_from: null, last4, networks: { available: [brand], preferred: null }, regulated_status: "unregulated",
        three_d_secure_usage: { supported: true }, wallet: null,
      },
      boleto: { tax_id: billing.tax_id ?? "00000000000" },
    }[type] ?? {};
    return store.keep(
      {
        id: store.id("pm"), object: "payment_method", allow_redisplay: "unspecified", billing_details: { ...nobody(), ...billing },
        [type]: detail, created: store.now, customer: null, livemode: store.livemode, metadata, type,
      },
      { behaviour, saving },
    );
  }

  // An id, or a test token, which makes a new method each time as at Stripe.
  take(id, param = "payment_method") {
    const card = Object.hasOwn(CARDS, id) ? CARDS[id] : null;
    if (card && this.store.livemode) throw missing("PaymentMethod", id, param);
    if (card) return this.make("card", { brand: card[0], last4: card[1], behaviour: card[2], saving: card[3] ?? "ok" });
    const found = this.store.objects.get(id);
    if (!found || found.object !== "payment_method" || found.livemode !== this.store.livemode) throw missing("PaymentMethod", id, param);
    return found;
  }

  create({ type, card, billing_details = {}, metadata = {}, boleto, payment_method, customer }) {
    if (payment_method || customer) throw invalid("payment_method", undefined, "The stand-in does not clone payment methods.");
    if (!type) throw invalid("type", "parameter_missing", "Missing required param: type.");
    if (type === "card") {
      if (card?.number) throw new Problem(402, "card_error", "card_declined", "The stand-in takes no card numbers; use card[token]=tok_visa or a pm_card_ id.");
      if (!card?.token) throw invalid("card", "parameter_missing", "Missing required param: card.");
      const token = card.token.replace(/^tok_/, "pm_card_");
      if (!Object.hasOwn(CARDS, token)) throw missing("token", card.token, "card[token]");
      const made = this.take(token);
      Object.assign(made, { metadata, billing_details: { ...made.billing_details, ...billing_details } });
      return made;
    }
    return this.make(type, { billing: { ...billing_details, ...(boleto?.tax_id && { tax_id: boleto.tax_id }) }, metadata });
  }

  attach(method, customerId, silent = false) {
    const { store } = this;
    const customer = store.find("customer", customerId, "customer");
    if (method.customer && method.customer !== customer.id) {
      throw refused("payment_method_already_attached", "The payment method you provided has already been attached to a customer.");
    }
    if (["oxxo", "boleto", "pix", "customer_balance"].includes(method.type)) {
      throw refused("payment_method_unexpected_state", `A payment method of type ${method.type} cannot be attached to a customer.`);
    }
    const { saving } = store.secret(method);
    if (!silent && !["ok", "authenticate"].includes(saving)) {
      const { type, code, message, ...more } = decline(saving);
      throw new Problem(402, type, code, message, more);
    }
    if (method.customer) return method;
    method.customer = customer.id;
    this.events.tell("payment_method.attached", method);
    return method;
  }

  detach(method) {
    if (!method.customer) throw refused("payment_method_unexpected_state", "The payment method you provided is not attached to a customer so detachment is impossible.");
    const customer = method.customer;
    method.customer = null;
    this.store.secret(method).used = true;
    this.events.tell("payment_method.detached", method, { customer });
    return method;
  }

  // What a charge tells of the method.
  details(method) {
    if (!method) return null;
    if (method.type !== "card") return { type: method.type, [method.type]: method.type === "boleto" ? { tax_id: method.boleto.tax_id } : {} };
    const { brand, checks, country, exp_month, exp_year, fingerprint, funding, last4, regulated_status } = method.card;
    return {
      type: "card",
      card: {
        amount_authorized: null, authorization_code: null, brand, checks, country, exp_month, exp_year, fingerprint,
        funding, installments: null, last4, mandate: null, network: brand, network_token: null,
        network_transaction_id: null, regulated_status, three_d_secure: null, wallet: null,
      },
    };
  }
}
