// Amounts are integers in a currency's smallest unit, as Stripe counts them.

import { invalid } from "./errors.mjs";

const CURRENCIES = new Set(
  ("usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf " +
    "clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils " +
    "inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk " +
    "mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp " +
    "sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw").split(" "),
);
const ZERO = new Set("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split(" "));
const THREE = new Set("bhd jod kwd omr tnd".split(" "));
// Published minimum charges; of the other currencies Stripe converts half a dollar, which we do not.
const LEAST = {
  usd: 50, aed: 200, aud: 50, bgn: 100, brl: 50, cad: 50, chf: 50, czk: 1500, dkk: 250, eur: 50, gbp: 30, hkd: 400,
  huf: 17500, inr: 50, jpy: 50, mxn: 1000, myr: 200, nok: 300, nzd: 50, pln: 200, ron: 200, sek: 300, sgd: 50, thb: 1000,
};

export const exponent = (currency) => (ZERO.has(currency) ? 0 : THREE.has(currency) ? 3 : 2);

export function currencyOf(text, param = "currency") {
  const currency = text.toLowerCase();
  if (!CURRENCIES.has(currency)) {
    throw invalid(param, "invalid_currency", `Invalid currency: ${text}. Stripe currently supports these currencies: ${[...CURRENCIES].join(", ")}`);
  }
  return currency;
}

export function payable(amount, currency, param = "amount") {
  positive(amount, param);
  if (THREE.has(currency) && amount % 10 !== 0) {
    throw invalid(param, "parameter_invalid_integer", `Invalid amount: ${currency} amounts end in 0.`);
  }
  if (amount < (LEAST[currency] ?? 1)) {
    throw invalid(param, "amount_too_small", `Amount must be at least ${shown(LEAST[currency], currency)} ${currency}`);
  }
  if (amount > 99_999_999_999) throw invalid(param, "amount_too_large", "Amount is too large.");
}

export function positive(amount, param = "amount") {
  if (!(amount >= 1)) throw invalid(param, "parameter_invalid_integer", "This value must be greater than or equal to 1.");
}

// 3.6 % and three of the currency, rounded half up.
export const fee = (amount, currency) => Math.floor((amount * 36 + 500) / 1000) + 3 * 10 ** exponent(currency);

export const disputeFee = (currency) => 15 * 10 ** exponent(currency);

export function shown(amount, currency) {
  const places = exponent(currency);
  return (amount / 10 ** places).toFixed(places);
}
