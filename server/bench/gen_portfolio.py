#!/usr/bin/env python3
"""Writes a portfolio of N accounts as CSV, the same for the same N.

    gen_portfolio.py 1000000 > portfolio.csv

The columns are Saldar's own; every account has a debtor, a document and a phone of its own.
With --plain the same accounts come as seven bare columns without a header, for the tables
that the import is measured against.
"""
import datetime
import random
import sys

FIRST_DUE = datetime.date(2025, 1, 1)


def accounts(count):
    """Number, name, phone, principal in minor units, rate in basis points, due date."""
    chance = random.Random(7)
    for number in range(1, count + 1):
        phone = f"+5491{chance.randrange(10**8):08d}"
        principal = chance.randrange(1000, 5_000_000)
        rate = chance.randrange(800, 9000)
        due = FIRST_DUE + datetime.timedelta(chance.randrange(600))
        yield number, f"Debtor {number}", phone, principal, rate, due, chance.randrange(400)


def main():
    count = int(sys.argv[1])
    write = sys.stdout.write
    if "--plain" in sys.argv[2:]:
        for number, name, phone, principal, rate, due, last in accounts(count):
            write(f"{number},{name},{phone},{principal},{rate},{due.isoformat()},{last}\n")
        return
    write(
        "external_id,debtor_name,debtor_document,debtor_document_type,country,currency,phone,"
        "principal,default_rate_pct,due_on\n"
    )
    for number, name, phone, principal, rate, due, _ in accounts(count):
        write(
            f"{number},{name},{20_000_000 + number},DNI,AR,ARS,{phone},"
            f"{principal // 100}.{principal % 100:02d},{rate // 100}.{rate % 100:02d},{due.isoformat()}\n"
        )


if __name__ == "__main__":
    main()
