// What the payer's browser asks for: the checkout, the bank's page of 3-D Secure, the voucher.

import { Problem } from "./errors.mjs";
import { parse } from "./form.mjs";
import { bankPage, checkoutPage, voucherPage } from "./page.mjs";
import { shown } from "./money.mjs";

const html = (status, body) => ({ status, headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" }, body });
const go = (location) => ({ status: 303, headers: { location }, body: "" });

const done = (session) => session.success_url.replaceAll("{CHECKOUT_SESSION_ID}", session.id);

// Gives an answer, or null for an address that is not of these pages.
export function hosted(world, method, path, text) {
  const [, first, second, third] = path.split("/");
  if (first === "c" && second === "pay") return checkout(world, method, third, text);
  if (first === "3ds") return bank(world, method, second, text);
  if (first === "voucher") {
    const intent = world.store.objects.get(second);
    return intent?.object === "payment_intent" ? html(200, voucherPage(intent)) : html(404, "No such voucher.");
  }
  return null;
}

function checkout(world, method, id, text) {
  const { store } = world;
  const session = store.objects.get(id);
  if (session?.object !== "checkout.session") return html(404, "No such session.");
  const page = (status, says) => html(status, checkoutPage(session, store.secret(session).items, says));
  if (method !== "POST") return session.status === "open" ? page(200) : page(410);
  const [how, type] = (parse(text).how ?? "").split(":");
  if (how === "cancel") return session.cancel_url ? go(session.cancel_url) : page(400, "There is no way back.");
  try {
    world.checkout.settle(session, how, { type });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return page(error.status, error.message);
  }
  const part = store.objects.get(session.payment_intent ?? session.setup_intent);
  if (how === "3ds_page" && part?.status === "requires_action") return go(`/3ds/${part.id}`);
  if (session.status === "complete") return go(done(session));
  return page(402, (part?.last_payment_error ?? part?.last_setup_error)?.message ?? "The payment was not made.");
}

function bank(world, method, id, text) {
  const { store } = world;
  const part = store.objects.get(id);
  if (!["payment_intent", "setup_intent"].includes(part?.object)) return html(404, "No such payment.");
  const amount = part.amount ? `${shown(part.amount, part.currency)} ${part.currency.toUpperCase()}` : "Save card";
  if (part.status !== "requires_action") return html(410, bankPage(amount, `This is ${part.status}.`));
  if (method !== "POST") return html(200, bankPage(amount));
  const approved = parse(text).how === "approve";
  const back = part.next_action?.redirect_to_url?.return_url ?? null;
  const session = (store.kinds.get("checkout.session") ?? []).find((one) => one.payment_intent === id || one.setup_intent === id);
  if (session) {
    store.as(session, () => world.checkout.challenged(session, approved));
    return go(approved ? done(session) : `/c/pay/${session.id}`);
  }
  store.as(part, () => {
    if (part.object === "payment_intent") return world.payments.challenged(part, approved);
    const way = store.objects.get(part.payment_method);
    return approved ? world.payments.succeedSetup(part, way) : void world.payments.failSetup(part, way, "authentication_required");
  });
  if (!back) return html(200, bankPage(amount, `This is ${part.status}.`));
  const url = new URL(back);
  url.searchParams.set(part.object, part.id);
  url.searchParams.set("redirect_status", part.status === "succeeded" ? "succeeded" : "failed");
  return go(url.href);
}
