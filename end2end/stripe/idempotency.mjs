// Idempotency keys: the first answer to a key is every later one's, errors of the server included;
// other parameters, or a request still running, are refused. Keys go after a day.

import { Problem } from "./errors.mjs";

const DAY = 86_400;

export class Keys {
  constructor(clock) {
    this.clock = clock;
    this.known = new Map();
  }

  // Gives the stored answer, or null after taking the key for the request that now runs.
  take(key, print) {
    this.prune();
    const entry = this.known.get(key);
    if (!entry) {
      this.known.set(key, { print, at: this.clock.now(), answer: null });
      return null;
    }
    if (entry.print !== print) {
      throw new Problem(400, "idempotency_error", undefined, `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key.split(" ").pop()}' if you meant to execute a different request.`, {}, true);
    }
    if (!entry.answer) {
      throw new Problem(409, "idempotency_error", "idempotency_key_in_use", `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key.split(" ").pop()}. Please try again later.`, {}, true);
    }
    return entry.answer;
  }

  store(key, answer) {
    const entry = this.known.get(key);
    if (entry) entry.answer = answer;
  }

  // The request did not run (its parameters were wrong): the key is free again.
  free(key) {
    this.known.delete(key);
  }

  prune() {
    const now = this.clock.now();
    for (const [key, entry] of this.known) if (entry.answer && now - entry.at >= DAY) this.known.delete(key);
  }
}
