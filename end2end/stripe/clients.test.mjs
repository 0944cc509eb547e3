// The clients that Stripe itself publishes, against the stand-in.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { FOLDER, client, receiver, stage } from "./support.mjs";

const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const WALL = { now: Math.floor(Date.now() / 1000) };
const SECRET = "whsec_clients";

const SESSION = {
  mode: "payment", success_url: "http://x.test/ok?s={CHECKOUT_SESSION_ID}", cancel_url: "http://x.test/no", metadata: { attempt: "a-1" },
  line_items: [{ quantity: 2, price_data: { currency: "mxn", unit_amount: 12_345, product_data: { name: "Deuda" } } }],
  payment_intent_data: { metadata: { attempt: "a-1" } },
};

test("npm stripe", async (t) => {
  if (!client(t, here("./node_modules/stripe/package.json"), `npm ci --prefix ${FOLDER}`)) return;
  const { default: Stripe } = await import("stripe");
  const hook = await receiver(t);
  const s = await stage(t, { ...WALL, url: hook.url, secrets: [SECRET] });
  const { port } = new URL(s.url);
  const stripe = new Stripe("sk_test_npm", { host: "127.0.0.1", port: Number(port), protocol: "http", telemetry: false, maxNetworkRetries: 0 });

  const made = await stripe.checkout.sessions.create(SESSION);
  await s.tell("settle", { session: made.id, how: "pay" });
  const paid = await stripe.checkout.sessions.retrieve(made.id, { expand: ["payment_intent.latest_charge.balance_transaction", "line_items"] });
  assert.deepEqual([paid.payment_status, paid.payment_intent.latest_charge.balance_transaction.net], ["paid", 24_690 - 889 - 300]);
  const refund = await stripe.refunds.create({ payment_intent: paid.payment_intent.id, amount: 1_000, reason: "requested_by_customer" });
  assert.equal(refund.status, "succeeded");
  const all = [];
  for await (const event of stripe.events.list({ limit: 2 })) all.push(event.type);
  assert.deepEqual(all, ["charge.refunded", "refund.created", "checkout.session.completed", "payment_intent.succeeded", "charge.succeeded", "payment_intent.created"]);

  const { headers, body } = hook.got.find((one) => one.event.type === "checkout.session.completed");
  const event = stripe.webhooks.constructEvent(body, headers["stripe-signature"], SECRET);
  assert.equal(event.data.object.id, made.id);
  assert.throws(() => stripe.webhooks.constructEvent(`${body} `, headers["stripe-signature"], SECRET), Stripe.errors.StripeSignatureVerificationError);

  const customer = await stripe.customers.create({ email: "ana@example.com" });
  const method = await stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  const charge = (payment_method) => stripe.paymentIntents.create({ amount: 5_000, currency: "mxn", customer: customer.id, payment_method, off_session: true, confirm: true });
  assert.equal((await charge(method.id)).status, "succeeded");
  await assert.rejects(charge("pm_card_chargeDeclinedInsufficientFunds"), (error) => error instanceof Stripe.errors.StripeCardError && error.decline_code === "insufficient_funds" && error.statusCode === 402);
  await assert.rejects(charge("pm_card_authenticationRequired"), (error) => error instanceof Stripe.errors.StripeCardError && error.code === "authentication_required" && error.payment_intent.status === "requires_payment_method");
  await assert.rejects(stripe.paymentIntents.create({ amount: 5_000, currency: "mxn", nonsense: 1 }), (error) => error instanceof Stripe.errors.StripeInvalidRequestError && error.param === "nonsense");
  const key = { idempotencyKey: "one" };
  const [first, again] = [await stripe.paymentIntents.create({ amount: 5_000, currency: "mxn" }, key), await stripe.paymentIntents.create({ amount: 5_000, currency: "mxn" }, key)];
  assert.equal(first.id, again.id);
  assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");
  await assert.rejects(stripe.paymentIntents.create({ amount: 6_000, currency: "mxn" }, key), Stripe.errors.StripeIdempotencyError);
  await s.tell("faults", { status: 429 });
  await assert.rejects(stripe.balance.retrieve(), Stripe.errors.StripeRateLimitError);
  await assert.rejects(new Stripe("nonsense", { host: "127.0.0.1", port: Number(port), protocol: "http", maxNetworkRetries: 0 }).balance.retrieve(), Stripe.errors.StripeAuthenticationError);
  assert.deepEqual(await s.ask("lacks"), []);
});

// SALDAR_STRIPE_VENV names the virtual environment; without it one is looked for in the temporary folder.
test("PyPI stripe", async (t) => {
  const venv = process.env.SALDAR_STRIPE_VENV ?? join(tmpdir(), "saldar-stripe-venv");
  const python = join(venv, "bin", "python");
  if (!client(t, python, `python3 -m venv ${venv} && ${venv}/bin/pip install -r ${FOLDER}/clients/requirements.txt`)) return;
  const hook = await receiver(t);
  const s = await stage(t, { ...WALL, url: hook.url, secrets: [SECRET] });
  const { stdout } = await run(python, [here("./clients/official.py"), s.url]);
  assert.deepEqual(JSON.parse(stdout), { ok: true });
  // The receiver is ours: hand what it got to the official verification.
  const { headers, body: raw } = hook.got.find((one) => one.event.type === "checkout.session.completed");
  const verified = await run(python, [here("./clients/official.py"), "--verify", SECRET, headers["stripe-signature"], raw]);
  assert.match(verified.stdout, /checkout\.session\.completed/);
  await assert.rejects(run(python, [here("./clients/official.py"), "--verify", "whsec_wrong", headers["stripe-signature"], raw]), /SignatureVerificationError/);
  assert.deepEqual(await s.ask("lacks"), []);
});

test("the Stripe CLI", async (t) => {
  // The binary itself: its wrapper asks for those of every platform, which not every registry has.
  const cli = here("./node_modules/@stripe/cli-linux-x64/bin/stripe");
  if (!client(t, cli, `npm ci --prefix ${FOLDER}`)) return;
  const s = await stage(t, WALL);
  const home = mkdtempSync(join(tmpdir(), "saldar-stripe-cli-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const env = { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: home, STRIPE_CLI_TELEMETRY_OPTOUT: "1" };
  const stripe = async (...args) => JSON.parse((await run(cli, [...args, "--api-base", s.url, "--api-key", "sk_test_cli0123456789"], { env })).stdout);
  const intent = await stripe("post", "/v1/payment_intents", "-d", "amount=5000", "-d", "currency=mxn", "-d", "payment_method=pm_card_visa", "-d", "confirm=true");
  assert.equal(intent.status, "succeeded");
  assert.equal((await stripe("get", `/v1/payment_intents/${intent.id}`)).id, intent.id);
  const refund = await stripe("refunds", "create", "--payment-intent", intent.id, "--amount", "300");
  assert.equal(refund.amount, 300);
  const events = await stripe("events", "list", "--limit", "3");
  assert.deepEqual(events.data.map((one) => one.type), ["charge.refunded", "refund.created", "payment_intent.succeeded"]);
  const customer = await stripe("customers", "create", "--email", "ana@example.com");
  assert.equal((await stripe("customers", "retrieve", customer.id)).email, "ana@example.com");
  const wrong = await stripe("post", "/v1/payment_intents", "-d", "amount=5000", "-d", "currency=mxn", "-d", "nonsense=1").catch((error) => error);
  const text = wrong instanceof Error ? `${wrong.stdout}${wrong.stderr}` : JSON.stringify(wrong);
  assert.match(text, /parameter_unknown/);
  assert.deepEqual(await s.ask("lacks"), []);
});
