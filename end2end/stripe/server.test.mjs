import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { lacks } from "./validate.mjs";
import { NOW, SESSION, at, receiver, stage } from "./support.mjs";

const types = (list) => list.map((one) => one.type);
const DAY = 86_400;

test("keys, unknown addresses and headers", async (t) => {
  const s = await stage(t);
  for (const authorization of ["", "Bearer nonsense", "Bearer pk_test_1", "Basic !!"]) {
    const answer = await s.get("/v1/balance", {}, { authorization });
    assert.equal(answer.status, 401);
    assert.equal(answer.body.error.type, "invalid_request_error");
  }
  for (const key of ["sk_test_1", "rk_test_1", "sk_live_1", "rk_live_1"]) {
    const basic = `Basic ${Buffer.from(`${key}:`).toString("base64")}`;
    const answer = await s.get("/v1/balance", {}, { authorization: basic });
    assert.equal(answer.body.livemode, key.includes("live"));
    assert.match(answer.headers.get("request-id"), /^req_/);
    assert.equal(answer.headers.get("stripe-version"), "2026-05-27.dahlia");
  }
  assert.equal((await s.get("/v1/customers/%zz")).status, 404);
  const none = await s.get("/v1/nothing");
  assert.deepEqual([none.status, none.body.error.type], [404, "invalid_request_error"]);
  const { id } = await s.session();
  const other = await s.get(`/v1/checkout/sessions/${id}`, {}, { authorization: "Bearer sk_live_1" });
  assert.deepEqual([other.status, other.body.error.code], [404, "resource_missing"]);
});

test("parameters are checked as described, nested ones too", async (t) => {
  const s = await stage(t);
  const good = { amount: "5000", currency: "mxn" };
  const cases = [
    [{ ...good, foo: "1" }, "parameter_unknown", "foo"],
    [{ ...good, "shipping[adress]": "x" }, "parameter_unknown", "shipping[adress]"],
    [{ ...good, "payment_method_options[oxxo][days]": "2" }, "parameter_unknown", "payment_method_options[oxxo][days]"],
    [{ currency: "mxn" }, "parameter_missing", "amount"],
    [{ amount: "50.5", currency: "mxn" }, "parameter_invalid_integer", "amount"],
    [{ amount: "", currency: "mxn" }, "parameter_invalid_empty", "amount"],
    [{ amount: "0", currency: "mxn" }, "parameter_invalid_integer", "amount"],
    [{ amount: "-5", currency: "mxn" }, "parameter_invalid_integer", "amount"],
    [{ amount: "5000", currency: "zzz" }, "invalid_currency", "currency"],
    [{ amount: "999", currency: "mxn" }, "amount_too_small", "amount"],
    [{ ...good, capture_method: "later" }, "parameter_invalid_enum", "capture_method"],
    [{ ...good, confirm: "maybe" }, "parameter_invalid_boolean", "confirm"],
    [{ ...good, payment_method_types: "card" }, "parameter_invalid_array", "payment_method_types"],
    [{ ...good, "metadata[a][b]": "c" }, "parameter_invalid_string", "metadata[a]"],
  ];
  for (const [fields, code, param] of cases) {
    const { status, body } = await s.post("/v1/payment_intents", fields);
    assert.deepEqual([status, body.error?.code, body.error?.param], [400, code, param], JSON.stringify(fields));
  }
  assert.equal((await s.post("/v1/payment_intents", { ...good, description: "", "metadata[a]": "b" })).status, 400);
  for (const change of [{ success_url: "" }, { "line_items[0][quantity]": "" }, { expires_at: "5" }, { "payment_method_types[]": "card2" }, { mode: "setup" }]) {
    assert.equal((await s.post("/v1/checkout/sessions", { ...SESSION, ...change })).status, 400, JSON.stringify(change));
  }
  const boleto = await s.post("/v1/checkout/sessions", { ...SESSION, "payment_method_types[]": "boleto" });
  assert.equal(boleto.body.error.param, "payment_method_types");
  // The log says so, for a contract test that wants every request right.
  assert.deepEqual((await s.ask("requests")).filter((one) => one.valid), []);
});

test("a session is paid, expanded, refunded and never refunded twice", async (t) => {
  const s = await stage(t);
  const made = await s.session();
  assert.deepEqual([made.status, made.payment_status, made.payment_intent, made.amount_total], ["open", "unpaid", null, 150_000]);
  assert.equal((await s.tell("settle", { session: made.id, how: "insufficient_funds" })).status, "open");
  const { payment_intent: pi } = await s.tell("settle", { session: made.id, how: "pay" });
  const full = (await s.get(`/v1/checkout/sessions/${made.id}`, { "expand[0]": "payment_intent.latest_charge.balance_transaction", "expand[1]": "line_items" })).body;
  assert.equal(full.payment_intent.metadata.attempt, "a-1");
  assert.equal(full.line_items.data[0].amount_total, 150_000);
  const txn = full.payment_intent.latest_charge.balance_transaction;
  assert.deepEqual([txn.amount, txn.fee, txn.net], [150_000, 5_700, 144_300]);
  assert.equal((await s.get("/v1/checkout/sessions", { payment_intent: pi })).body.data[0].id, made.id);
  const listed = (await s.get("/v1/payment_intents", { "expand[]": "data.latest_charge" })).body;
  assert.equal(listed.data[0].latest_charge.object, "charge");
  assert.equal((await s.get("/v1/payment_intents", { "expand[]": "data.amount" })).status, 400);

  const first = (await s.post("/v1/refunds", { payment_intent: pi, amount: "50000", reason: "requested_by_customer" })).body;
  assert.equal(first.status, "succeeded");
  assert.equal((await s.post("/v1/refunds", { payment_intent: pi, amount: "100001" })).status, 400);
  await s.tell("refund", { refund: first.id, step: "fail" });
  assert.equal((await s.get(`/v1/charges/${first.charge}`)).body.amount_refunded, 0);
  assert.equal((await s.post("/v1/refunds", { payment_intent: pi })).body.amount, 150_000);
  assert.equal((await s.post("/v1/refunds", { payment_intent: pi })).body.error.code, "charge_already_refunded");
  const failed = (await s.get("/v1/events", { "types[0]": "refund.failed", "types[1]": "charge.refund.updated" })).body;
  assert.deepEqual(types(failed.data), ["charge.refund.updated", "refund.failed"]);
  await s.tell("settings", { refunds: "pending" });
  const other = await s.tell("settle", { session: (await s.session()).id, how: "3ds" });
  const pending = (await s.post("/v1/refunds", { payment_intent: other.payment_intent })).body;
  assert.equal(pending.status, "pending");
  assert.equal((await s.tell("refund", { refund: pending.id, step: "succeed" })).status, "succeeded");
  assert.deepEqual(await s.ask("lacks"), []);
  const log = await s.ask("requests");
  assert.deepEqual(log.filter((one) => !one.valid).map((one) => one.status), [400]); // the wrong `expand`
  assert.equal(log[0].params.payment_intent_data.metadata.attempt, "a-1");
});

test("saved cards off the session", async (t) => {
  const s = await stage(t);
  const customer = (await s.post("/v1/customers", { email: "ana@example.com" })).body.id;
  const setup = (await s.post("/v1/checkout/sessions", { mode: "setup", customer, "payment_method_types[0]": "card", success_url: "http://x.test/ok" })).body;
  await s.tell("settle", { session: setup.id, how: "3ds" });
  const done = (await s.get(`/v1/checkout/sessions/${setup.id}`, { "expand[]": "setup_intent" })).body;
  assert.deepEqual([done.status, done.setup_intent.status], ["complete", "succeeded"]);
  const pm = done.setup_intent.payment_method;
  assert.equal((await s.get("/v1/payment_methods", { customer, type: "card" })).body.data[0].id, pm);
  const charge = (more = {}) => s.post("/v1/payment_intents", { amount: "5000", currency: "mxn", customer, payment_method: pm, off_session: "true", confirm: "true", ...more });
  assert.equal((await charge()).body.status, "succeeded");
  for (const [behaviour, code] of [["insufficient_funds", "card_declined"], ["authenticate", "authentication_required"]]) {
    await s.tell("payment_method", { payment_method: pm, behaviour });
    const { status, body } = await charge();
    assert.deepEqual([status, body.error.type, body.error.code], [402, "card_error", code]);
    const intent = (await s.get(`/v1/payment_intents/${body.error.payment_intent.id}`)).body;
    assert.deepEqual([intent.status, intent.last_payment_error.code], ["requires_payment_method", code]);
  }
  for (const [method, status] of [["pm_card_visa", 200], ["pm_card_mastercard", 200], ["pm_card_chargeDeclined", 402], ["pm_card_visa_chargeDeclined", 402], ["pm_card_chargeDeclinedInsufficientFunds", 402], ["pm_card_authenticationRequired", 402], ["pm_card_createDispute", 200], ["pm_card_nonsense", 404]]) {
    assert.equal((await charge({ payment_method: method })).status, status, method);
  }
  const asked = (await s.post("/v1/payment_intents", { amount: "5000", currency: "mxn", confirm: "true", payment_method: "pm_card_authenticationRequired", return_url: "http://x.test/back" })).body;
  assert.equal(asked.status, "requires_action");
  const bank = await fetch(asked.next_action.redirect_to_url.url, { method: "POST", body: new URLSearchParams({ how: "approve" }), redirect: "manual" });
  assert.match(bank.headers.get("location"), /^http:\/\/x\.test\/back\?payment_intent=pi_/);
  const manual = (await s.post("/v1/payment_intents", { amount: "5000", currency: "mxn", confirm: "true", payment_method: "pm_card_visa", capture_method: "manual" })).body;
  assert.equal((await s.post(`/v1/payment_intents/${manual.id}/capture`, { amount_to_capture: "3000" })).body.amount_received, 3_000);
  assert.equal((await s.post(`/v1/payment_methods/${pm}/detach`)).body.customer, null);
  assert.deepEqual(await s.ask("lacks"), []);
});

test("the hosted page works without scripts", async (t) => {
  const s = await stage(t);
  const press = (url, how) => fetch(url, { method: "POST", body: new URLSearchParams({ how }), redirect: "manual" });
  const made = await s.session();
  const html = await (await fetch(made.url)).text();
  for (const id of ["pay", "3ds_page", "card_declined", "insufficient_funds", "expired_card", "voucheroxxo", "cancel"]) assert.match(html, new RegExp(`id="${id}"`));
  assert.doesNotMatch(html, /<script/);
  assert.equal((await press(made.url, "cancel")).headers.get("location"), SESSION.cancel_url);
  assert.match(await (await press(made.url, "expired_card")).text(), /Your card has expired/);
  const bank = (await press(made.url, "3ds_page")).headers.get("location");
  const back = await press(`${s.url}${bank}`, "deny");
  assert.equal(back.headers.get("location"), `/c/pay/${made.id}`);
  const again = (await press(made.url, "3ds_page")).headers.get("location");
  const paid = await press(`${s.url}${again}`, "approve");
  assert.deepEqual([paid.status, paid.headers.get("location")], [303, `http://127.0.0.1:1/volver?s=${made.id}`]);
  assert.equal((await press(made.url, "pay")).status, 400);
  const other = await s.session();
  assert.equal((await press(other.url, "pay")).status, 303);
  assert.deepEqual(await s.ask("lacks"), []);
});

test("vouchers wait for their money or their day", async (t) => {
  const s = await stage(t);
  const paid = await s.session();
  assert.equal((await s.tell("settle", { session: paid.id, how: "voucher", type: "oxxo" })).payment_status, "unpaid");
  const list = (await s.get("/v1/payment_intents")).body.data[0];
  assert.equal(list.status, "requires_action");
  // The third day after, 23:59:59 in Mexico City.
  assert.equal(list.next_action.oxxo_display_details.expires_after, at("2026-11-24T05:59:59Z"));
  assert.equal((await s.tell("settle", { session: paid.id, how: "voucher_paid" })).payment_status, "paid");
  const lost = await s.session({ "payment_method_types[0]": "oxxo", "payment_method_options[oxxo][expires_after_days]": "1" });
  await s.tell("settle", { session: lost.id, how: "voucher" });
  const open = await s.session();
  await s.tell("clock", { advance: 4 * DAY });
  const kinds = types(await s.ask("events")).filter((type) => type.startsWith("checkout."));
  assert.deepEqual(kinds, ["checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.completed", "checkout.session.expired", "checkout.session.async_payment_failed"]);
  assert.equal((await s.get(`/v1/checkout/sessions/${open.id}`)).body.status, "expired");
  assert.equal((await s.post(`/v1/checkout/sessions/${open.id}/expire`)).status, 400);
  const brl = await s.session({ "line_items[0][price_data][currency]": "brl", "payment_method_types[0]": "boleto" });
  await s.tell("settle", { session: brl.id, how: "voucher" });
  const clock = (await s.post("/v1/test_helpers/test_clocks", { frozen_time: String(at("2026-11-24T10:00:00Z")) })).body;
  await s.post(`/v1/test_helpers/test_clocks/${clock.id}/advance`, { frozen_time: String(at("2026-12-02T00:00:00Z")) });
  const last = (await s.get(`/v1/checkout/sessions/${brl.id}`, { "expand[]": "payment_intent" })).body;
  assert.equal(last.payment_intent.last_payment_error.code, "payment_intent_payment_attempt_expired");
  assert.deepEqual(await s.ask("lacks"), []);
});

test("disputes, payouts and their transactions", async (t) => {
  const s = await stage(t);
  const ids = [];
  for (let n = 0; n < 3; n += 1) ids.push((await s.tell("settle", { session: (await s.session()).id, how: "pay" })).payment_intent);
  const { id } = await s.tell("dispute", { payment_intent: ids[0], step: "created" });
  assert.equal((await s.get(`/v1/disputes/${id}`)).body.balance_transactions.length, 0);
  await s.tell("dispute", { payment_intent: ids[0], step: "funds_withdrawn" });
  assert.equal((await s.post("/v1/refunds", { payment_intent: ids[0] })).body.error.code, "charge_disputed");
  assert.equal((await s.post(`/v1/disputes/${id}`, { "evidence[uncategorized_text]": "hola" })).body.status, "under_review");
  assert.equal((await s.tell("dispute", { payment_intent: ids[0], step: "won" })).status, "won");
  await s.tell("dispute", { payment_intent: ids[1] });
  const closed = (await s.get("/v1/disputes", { payment_intent: ids[1] })).body.data[0];
  assert.equal((await s.post(`/v1/disputes/${closed.id}/close`)).body.status, "lost");
  const kinds = types(await s.ask("events")).filter((type) => type.includes("dispute"));
  assert.deepEqual(kinds, ["created", "funds_withdrawn", "updated", "closed", "funds_reinstated", "created", "funds_withdrawn", "closed"].map((kind) => `charge.dispute.${kind}`));
  const payout = await s.tell("payout", { currency: "mxn" });
  assert.deepEqual([payout.amount, payout.reconciliation_status], [3 * 144_300 - 150_000 - 1_500, "completed"]);
  const rows = (await s.get("/v1/balance_transactions", { payout: payout.id, limit: "100" })).body.data;
  assert.equal(rows.filter((one) => one.type !== "payout").reduce((sum, one) => sum + one.net, 0), payout.amount);
  assert.equal(rows.filter((one) => one.type === "payout").length, 1);
  assert.equal((await s.get("/v1/balance_transactions", { type: "charge" })).body.data.length, 3);
  assert.equal((await s.post("/v1/payouts", { amount: "100", currency: "mxn" })).body.error.code, "balance_insufficient");
  assert.deepEqual(await s.ask("lacks"), []);
});

test("every event of the list happens", async (t) => {
  const s = await stage(t);
  const settle = async (how, more) => s.tell("settle", { session: (await s.session(more)).id, how });
  const pay = (method, more = {}) => s.post("/v1/payment_intents", { amount: "5000", currency: "mxn", confirm: "true", payment_method: method, ...more });
  const slow = await settle("processing");
  assert.equal((await s.get(`/v1/payment_intents/${slow.payment_intent}`)).body.status, "processing");
  await s.tell("settle", { session: slow.id, how: "voucher_paid" });
  await s.tell("settle", { session: (await settle("voucher")).id, how: "voucher_expired" });
  await s.post(`/v1/checkout/sessions/${(await s.session()).id}/expire`);
  await pay("pm_card_chargeDeclined");
  await s.post(`/v1/payment_intents/${(await pay("pm_card_authenticationRequired")).body.id}/cancel`, { cancellation_reason: "abandoned" });
  const paid = (await pay("pm_card_visa")).body;
  const refund = (await s.post("/v1/refunds", { payment_intent: paid.id })).body;
  await s.tell("refund", { refund: refund.id, step: "fail" });
  await s.tell("dispute", { payment_intent: (await pay("pm_card_createDispute")).body.id, step: "won" });
  const customer = (await s.post("/v1/customers")).body.id;
  await s.post(`/v1/customers/${customer}`, { name: "Ana" });
  await s.post("/v1/setup_intents", { customer, confirm: "true", payment_method: "pm_card_visa" });
  await s.call("DELETE", `/v1/customers/${customer}`);
  await s.tell("payout", {});
  const wanted = (
    "checkout.session.completed checkout.session.expired checkout.session.async_payment_succeeded checkout.session.async_payment_failed " +
    "payment_intent.created payment_intent.succeeded payment_intent.payment_failed payment_intent.processing payment_intent.requires_action " +
    "payment_intent.canceled charge.succeeded charge.failed charge.refunded charge.dispute.created charge.dispute.funds_withdrawn " +
    "charge.dispute.funds_reinstated charge.dispute.closed charge.refund.updated refund.created refund.updated refund.failed " +
    "setup_intent.succeeded payment_method.attached customer.created customer.updated customer.deleted payout.created payout.paid " +
    "payout.reconciliation_completed"
  ).split(" ");
  const seen = new Set(types(await s.ask("events")));
  assert.deepEqual(wanted.filter((type) => !seen.has(type)), []);
  for (const event of await s.ask("events")) {
    assert.equal(event.api_version, "2026-05-27.dahlia");
    assert.deepEqual(lacks(event.data.object), [], event.type);
  }
  assert.deepEqual(await s.ask("lacks"), []);
});

test("an answer that is not as described is found", async (t) => {
  const s = await stage(t);
  const { payment_intent: pi } = await s.tell("settle", { session: (await s.session()).id, how: "pay" });
  const intent = (await s.get(`/v1/payment_intents/${pi}`, { "expand[]": "latest_charge" })).body;
  assert.deepEqual(lacks(intent), []);
  const { status: _, ...less } = intent;
  const wrong = [
    less, { ...intent, amount: "5" }, { ...intent, status: "paid" }, { ...intent, more: 1 }, { ...intent, currency: null },
    { ...intent, latest_charge: { object: "refund" } }, { ...intent, metadata: { a: 1 } }, { ...intent, next_action: {} },
  ];
  for (const one of wrong) assert.equal(lacks(one).length, 1, JSON.stringify(lacks(one)));
});

test("zero-decimal currencies", async (t) => {
  const s = await stage(t);
  const intent = (await s.post("/v1/payment_intents", { amount: "12350", currency: "CLP", confirm: "true", payment_method: "pm_card_visa", "expand[]": "latest_charge.balance_transaction" })).body;
  assert.equal(intent.currency, "clp");
  assert.equal(intent.latest_charge.balance_transaction.fee, 445 + 3); // 444.6, rounded
});

test("idempotency keys", async (t) => {
  const s = await stage(t);
  const make = (key, more = {}) => s.post("/v1/payment_intents", { amount: "5000", currency: "mxn", ...more }, { "idempotency-key": key });
  const first = await make("k1");
  const again = await make("k1");
  assert.equal(again.body.id, first.body.id);
  assert.equal(first.headers.get("idempotent-replayed"), null);
  assert.equal(again.headers.get("idempotent-replayed"), "true");
  const changed = await make("k1", { amount: "6000" });
  assert.deepEqual([changed.status, changed.body.error.type], [400, "idempotency_error"]);
  // Wrong parameters are not stored.
  assert.equal((await make("k2", { foo: "1" })).status, 400);
  assert.equal((await make("k2")).status, 200);
  // A decline is.
  const decline = { confirm: "true", payment_method: "pm_card_visa_chargeDeclined" };
  assert.equal((await make("k3", decline)).status, 402);
  const replay = await make("k3", decline);
  assert.deepEqual([replay.status, replay.headers.get("idempotent-replayed")], [402, "true"]);
  // So is a 500, whether the work was done or not.
  const count = async () => (await s.get("/v1/payment_intents", { limit: "100" })).body.data.length;
  for (const [when, grows] of [["before", 0], ["after", 1]]) {
    const before = await count();
    await s.tell("faults", { path: "/v1/payment_intents", method: "POST", status: 500, when });
    assert.equal((await make(`k4${when}`)).status, 500);
    assert.equal((await make(`k4${when}`)).status, 500);
    assert.equal(await count(), before + grows);
  }
  // A closed connection after the work leaves the answer to the next try; before it, nothing.
  for (const [when, replayed] of [["before", null], ["after", "true"]]) {
    await s.tell("faults", { path: "/v1/payment_intents", method: "POST", close: true, when });
    await assert.rejects(make(`k5${when}`));
    assert.equal((await make(`k5${when}`)).headers.get("idempotent-replayed"), replayed);
  }
  await s.tell("faults", { status: 429 });
  assert.equal((await make("k6")).status, 429);
  assert.equal((await make("k6")).status, 200);
  // Two at once.
  await s.tell("faults", { delay: 150 });
  const both = await Promise.all([make("k7"), new Promise((done) => setTimeout(done, 50)).then(() => make("k7"))]);
  assert.deepEqual(both.map((one) => one.status), [200, 409]);
  assert.equal(both[1].body.error.code, "idempotency_key_in_use");
  await s.tell("clock", { advance: DAY });
  assert.notEqual((await make("k1")).body.id, first.body.id);
});

test("webhooks are signed, tried again, and give up after three days", async (t) => {
  const hook = await receiver(t);
  const s = await stage(t, { url: hook.url, secrets: ["whsec_one"] });
  const verify = ({ headers, body }, secret) => {
    const [time, ...tags] = headers["stripe-signature"].split(",");
    const hash = createHmac("sha256", secret).update(`${time.slice(2)}.${body}`).digest("hex");
    return tags.includes(`v1=${hash}`);
  };
  hook.answers.push(500, 302);
  await s.tell("settle", { session: (await s.session()).id, how: "pay" });
  assert.deepEqual(types(hook.got.map((one) => one.event)), ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]);
  assert.ok(hook.got.every((one) => verify(one, "whsec_one")));
  assert.equal((await s.get("/v1/events", { delivery_success: "false" })).body.data.length, 2);
  await s.tell("clock", { advance: 60 });
  assert.equal(hook.got.length, 6);
  assert.equal((await s.get("/v1/events", { delivery_success: "false" })).body.data.length, 0);
  await s.tell("roll_secret", { secret: "whsec_two" });
  await s.post("/v1/customers");
  await s.tell("clock", { advance: 1 });
  assert.ok(verify(hook.got.at(-1), "whsec_one") && verify(hook.got.at(-1), "whsec_two"));
  await s.tell("clock", { advance: DAY });
  await s.post("/v1/customers");
  await s.tell("clock", { advance: 1 });
  assert.ok(!verify(hook.got.at(-1), "whsec_one") && verify(hook.got.at(-1), "whsec_two"));
  hook.answers.push(...Array(50).fill(500));
  const { length } = hook.got;
  await s.post("/v1/customers");
  await s.tell("clock", { advance: 10 * DAY });
  const last = (await s.ask("attempts")).at(-1);
  assert.equal(last.state, "given_up");
  assert.ok(hook.got.length - length > 8 && last.attempts.at(-1).at - last.attempts[0].at <= 3 * DAY);
});

test("held events go out in any order and number", async (t) => {
  const hook = await receiver(t);
  const s = await stage(t, { secrets: ["whsec_one"] });
  await s.tell("delivery", { mode: "hold", url: hook.url });
  const { payment_intent: pi } = await s.tell("settle", { session: (await s.session()).id, how: "pay" });
  await s.tell("refund", { payment_intent: pi, amount: 300 });
  const held = await s.ask("deliveries");
  assert.equal(hook.got.length, 0);
  assert.ok(held.every((one) => one.headers["stripe-signature"] && JSON.parse(one.body).id === one.event));
  const ids = held.map((one) => one.event).reverse();
  const sent = await s.tell("deliver", { events: [...ids, ids[0]] });
  assert.deepEqual([sent.sent, sent.statuses], [ids.length + 1, { 204: ids.length + 1 }]);
  assert.deepEqual(hook.got.map((one) => one.event.id), [...ids, ids[0]]);
  assert.deepEqual(await s.ask("deliveries"), []);
  await s.tell("settle", { session: (await s.session()).id, how: "pay" });
  const runs = [];
  const story = (await s.ask("events")).slice(-4).map((one) => one.id);
  for (let run = 0; run < 2; run += 1) {
    hook.got.length = 0;
    await s.tell("deliver", { events: story, shuffle: true, duplicates: 5, seed: 7 });
    runs.push(hook.got.map((one) => one.event.id));
  }
  assert.deepEqual(runs[0], runs[1]);
  assert.ok(runs[0].length > 4);
});

test("webhook endpoints show their secret once, and take what they asked for", async (t) => {
  const hook = await receiver(t);
  const s = await stage(t);
  const made = (await s.post("/v1/webhook_endpoints", { url: hook.url, "enabled_events[0]": "customer.created" })).body;
  assert.match(made.secret, /^whsec_/);
  assert.equal((await s.get(`/v1/webhook_endpoints/${made.id}`)).body.secret, undefined);
  await s.session();
  await s.post("/v1/customers", { name: "Ana" });
  await s.tell("clock", { advance: 1 });
  assert.deepEqual(types(hook.got.map((one) => one.event)), ["customer.created"]);
  await s.call("DELETE", `/v1/webhook_endpoints/${made.id}`);
  assert.equal((await s.get("/v1/webhook_endpoints")).body.data.length, 0);
});

test("lists page in both directions", async (t) => {
  const s = await stage(t);
  const ids = [];
  for (let n = 0; n < 7; n += 1) ids.unshift((await s.post("/v1/customers")).body.id);
  const page = async (fields) => (await s.get("/v1/customers", fields)).body;
  const one = await page({ limit: "3" });
  assert.deepEqual([one.data.map((c) => c.id), one.has_more], [ids.slice(0, 3), true]);
  const two = await page({ limit: "3", starting_after: ids[2] });
  assert.deepEqual(two.data.map((c) => c.id), ids.slice(3, 6));
  const back = await page({ limit: "2", ending_before: ids[3] });
  assert.deepEqual([back.data.map((c) => c.id), back.has_more], [ids.slice(1, 3), true]);
  assert.equal((await page({ "created[gt]": String(at(NOW)) })).data.length, 0);
  assert.equal((await s.get("/v1/events", { type: "customer.*", limit: "100" })).body.data.length, 7);
});

test("the same seed gives the same ids; a reset starts over", async (t) => {
  const [a, b, c] = [await stage(t), await stage(t), await stage(t, { seed: 2 })];
  const [x, y, z] = [await a.session(), await b.session(), await c.session()];
  assert.equal(x.id, y.id);
  assert.notEqual(x.id, z.id);
  await a.tell("reset", {});
  assert.equal((await a.session()).id, x.id);
  assert.equal((await a.ask("requests")).length, 1);
});

test("the command prints its address and ends with its input", async () => {
  const script = fileURLToPath(new URL("./server.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, "--port", "0", "--until-stdin-closes", "--now", NOW], { stdio: ["pipe", "pipe", "inherit"] });
  const line = await new Promise((done) => child.stdout.once("data", (data) => done(String(data))));
  assert.match(JSON.parse(line).url, /^http:\/\/127\.0\.0\.1:\d+$/);
  child.stdin.end();
  assert.equal(await new Promise((done) => child.once("exit", done)), 0);
});
