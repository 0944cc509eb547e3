// Time and chance. With a start (`--now`) the clock stands still until a test moves it; without
// one it runs with the machine's. What is due later (expiry, retry) is asked from `due` at each step.

export class Clock {
  constructor(start) {
    this.frozen = start !== undefined;
    this.offset = 0;
    this.at = start ?? 0;
  }

  now() {
    return this.frozen ? this.at : Math.floor(Date.now() / 1000) + this.offset;
  }

  // Sets without living through what lies between; also backwards.
  jump(to) {
    if (this.frozen) this.at = to;
    else this.offset += to - this.now();
  }

  freeze(to) {
    this.at = to ?? this.now();
    this.frozen = true;
  }
}

// A small generator that repeats (mulberry32): gives 0 .. end-1.
export function dice(seed) {
  let state = seed >>> 0;
  return (end) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % end;
  };
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

// Ids: a counter (never the same twice) and letters by chance (nobody may guess the next).
export function naming(seed) {
  const roll = dice(seed);
  let count = 0;
  const letters = (length) => Array.from({ length }, () => LETTERS[roll(LETTERS.length)]).join("");
  return {
    letters,
    id: (prefix) => `${prefix}_${(count += 1).toString(36).toUpperCase().padStart(6, "0")}${letters(18)}`,
  };
}
