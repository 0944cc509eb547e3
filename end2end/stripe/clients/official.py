"""The official Python client against the stand-in.

    python official.py URL                                    # the whole story; prints {"ok": true}
    python official.py --verify SECRET SIGNATURE BODY         # checks a delivered webhook
"""
import json
import sys
import urllib.request

import stripe


def raises(kind, act, **fields):
    try:
        act()
    except kind as error:
        for name, value in fields.items():
            seen = getattr(error, name, None)
            assert seen == value, f"{name}: {seen!r} instead of {value!r}"
        return error
    raise AssertionError(f"{kind.__name__} expected")


def tell(base, what, body):
    request = urllib.request.Request(f"{base}/_test/{what}", data=json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def story(base):
    client = stripe.StripeClient("sk_test_pip", base_addresses={"api": base}, max_network_retries=0)
    stripe.enable_telemetry = False
    v1 = client.v1
    made = v1.checkout.sessions.create({
        "mode": "payment", "success_url": "http://x.test/ok?s={CHECKOUT_SESSION_ID}", "metadata": {"attempt": "a-1"},
        "line_items": [{"quantity": 1, "price_data": {
            "currency": "mxn", "unit_amount": 150000, "product_data": {"name": "Deuda"}}}],
        "payment_intent_data": {"metadata": {"attempt": "a-1"}},
    })
    tell(base, "settle", {"session": made.id, "how": "pay"})
    paid = v1.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent.latest_charge.balance_transaction"]})
    assert paid.payment_status == "paid"
    assert paid.payment_intent.latest_charge.balance_transaction.net == 144300
    refund = v1.refunds.create({"payment_intent": paid.payment_intent.id, "amount": 1000})
    assert refund.status == "succeeded"
    raises(stripe.InvalidRequestError,
           lambda: v1.refunds.create({"payment_intent": paid.payment_intent.id, "amount": 149001}), http_status=400)
    kinds = [event.type for event in v1.events.list({"limit": 2}).auto_paging_iter()]
    assert kinds[0] == "charge.refunded" and len(kinds) == 6, kinds

    customer = v1.customers.create({"email": "ana@example.com"})
    method = v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})

    def charge(of, options=None):
        return v1.payment_intents.create({
            "amount": 5000, "currency": "mxn", "customer": customer.id, "payment_method": of,
            "off_session": True, "confirm": True}, options)

    assert charge(method.id).status == "succeeded"
    raises(stripe.CardError, lambda: charge("pm_card_visa_chargeDeclined"), code="card_declined", http_status=402)
    raises(stripe.CardError, lambda: charge("pm_card_authenticationRequired"), code="authentication_required")
    raises(stripe.InvalidRequestError,
           lambda: v1.payment_intents.create({"amount": 5000, "currency": "mxn", "nonsense": 1}),
           code="parameter_unknown", param="nonsense")
    one = charge(method.id, {"idempotency_key": "one"})
    two = charge(method.id, {"idempotency_key": "one"})
    assert one.id == two.id and two.last_response.headers["idempotent-replayed"] == "true"
    raises(stripe.IdempotencyError, lambda: charge("pm_card_mastercard", {"idempotency_key": "one"}))
    other = stripe.StripeClient("nonsense", base_addresses={"api": base}, max_network_retries=0)
    raises(stripe.AuthenticationError, lambda: other.v1.balance.retrieve(), http_status=401)
    print(json.dumps({"ok": True}))


if sys.argv[1] == "--verify":
    secret, signature, body = sys.argv[2:5]
    print(stripe.Webhook.construct_event(body, signature, secret).type)
else:
    story(sys.argv[1])
