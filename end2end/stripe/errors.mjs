// Stripe's error bodies. `early` marks what Stripe finds before it runs a request: such an answer
// is not stored under an idempotency key.

export class Problem extends Error {
  constructor(status, type, code, message, more = {}, early = false) {
    super(message);
    this.status = status;
    this.early = early;
    const doc = code ? { doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll("_", "-")}` } : {};
    this.body = { error: { ...(code ? { code } : {}), ...doc, message, type, ...more } };
  }
}

// A parameter is wrong.
export const invalid = (param, code, message) =>
  new Problem(400, "invalid_request_error", code, message, param ? { param } : {}, true);

// The request is well formed, but the object is not in a state for it.
export const refused = (code, message, more) => new Problem(400, "invalid_request_error", code, message, more);

export const missing = (kind, id, param = "id", note = "") =>
  new Problem(404, "invalid_request_error", "resource_missing", `No such ${kind}: '${id}'${note}`, { param });
