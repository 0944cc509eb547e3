// The hosted pages: plain forms, no scripts.

import { LATER } from "./payments.mjs";
import { shown } from "./money.mjs";

const escape = (text) => String(text ?? "").replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const shell = (title, inside) => `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>body{font:1rem/1.5 sans-serif;margin:2rem auto;max-width:32rem;padding:0 1rem}button{font:inherit;padding:.5rem 1rem}</style>
</head><body><main><h1>${escape(title)}</h1>
<p><strong>TEST - this is not Stripe and no money moves.</strong></p>
${inside}
</main></body></html>`;

const button = (how, label, extra = "") => `<p><button id="${how}${extra}" name="how" value="${how}${extra && `:${extra}`}">${escape(label)}</button></p>`;

export function checkoutPage(session, items, says = "") {
  const types = session.payment_method_types;
  const buttons = [];
  const instant = types.find((type) => !LATER[type]);
  if (session.mode === "setup") buttons.push(button("pay", "Save card"));
  else if (instant) buttons.push(button("pay", `Pay with ${instant}`));
  if (types.includes("card")) {
    buttons.push(
      button("3ds_page", "Pay with 3-D Secure"), button("card_declined", "Decline: card declined"),
      button("insufficient_funds", "Decline: insufficient funds"), button("expired_card", "Decline: expired card"),
    );
  }
  if (session.mode === "payment") {
    for (const type of types) if (LATER[type]) buttons.push(button("voucher", `Pay later with ${type}`, type));
  }
  const lines = items.map((item) => `<li>${escape(item.description)} x ${item.quantity}: ${shown(item.amount_total, item.currency)}</li>`).join("");
  const total = session.amount_total === null ? "" : `<p>Total: <output id="total">${shown(session.amount_total, session.currency)} ${escape(session.currency.toUpperCase())}</output></p>`;
  const cancel = session.cancel_url ? `<p><button id="cancel" name="how" value="cancel">Cancel</button></p>` : "";
  const form = session.status === "open" ? `<form method="post">${buttons.join("\n")}${cancel}</form>` : `<p>This session is ${escape(session.status)}.</p>`;
  return shell("Checkout", `<ul>${lines}</ul>${total}${says && `<p role="alert">${escape(says)}</p>`}\n${form}`);
}

export const bankPage = (amount, says = "") =>
  shell("3-D Secure", `<p>${escape(amount)}</p>${says && `<p role="alert">${escape(says)}</p>`}
<form method="post">${button("approve", "Complete authentication")}${button("deny", "Fail authentication")}</form>`);

export const voucherPage = (intent) => {
  const details = intent.next_action?.[intent.next_action.type] ?? {};
  const until = details.expires_after ?? details.expires_at;
  return shell("Voucher", `<p>${escape(shown(intent.amount, intent.currency))} ${escape(intent.currency.toUpperCase())}</p>
<p>Number: <output id="number">${escape(details.number ?? details.reference)}</output></p>
${until ? `<p>Valid until <time>${new Date(until * 1000).toISOString()}</time></p>` : ""}<p>Status: ${escape(intent.status)}</p>`);
};
