#!/usr/bin/env python3
"""What Tryton 8 needs for the same: `tryton.py FOLDER COUNT`, within a venv that has trytond, its
dunning modules and proteus. Prints one JSON line: things done a CPU second.

The night: generate a dunning for each overdue receivable and process it with its fee. Posting: one
move of two lines in a transaction of its own. Both on SQLite, without its server in between.
"""
import datetime
import json
import os
import pathlib
import subprocess
import sys
import time
from decimal import Decimal

folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
name = "bench"
(folder / f"{name}.sqlite").unlink(missing_ok=True)
settings = folder / "trytond.conf"
settings.write_text(f"[database]\nuri = sqlite://\npath = {folder}\n")

from trytond import config  # noqa: E402

config.update_etc(str(settings))
(folder / f"{name}.sqlite").touch()
(folder / "password").write_text("a password for the bench")
admin = [pathlib.Path(sys.executable).parent / "trytond-admin", "-c", settings, "-d", name]
admin += ["-u", "account_dunning", "account_dunning_fee", "--activate-dependencies", "-p", "--email", "a@example.com"]
subprocess.run(admin, env={**os.environ, "TRYTONPASSFILE": str(folder / "password")}, check=True, stdout=sys.stderr)

from proteus import Model  # noqa: E402
from proteus import config as client  # noqa: E402
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, get_accounts  # noqa: E402
from trytond.modules.company.tests.tools import create_company  # noqa: E402
from trytond.pool import Pool  # noqa: E402
from trytond.transaction import Transaction, TransactionError  # noqa: E402

session = client.set_trytond(name, config_file=str(settings))
create_company(config=session)
create_chart(config=session)
year = create_fiscalyear()
year.click("create_period")
session._context = Model.get("res.user").get_preferences(True, session.context)
accounts = get_accounts()
(journal,) = Model.get("account.journal").find([("code", "=", "REV")])


def product():
    category = Model.get("product.category")(name="fee", accounting=True)
    category.account_revenue = accounts["revenue"]
    category.save()
    (unit,) = Model.get("product.uom").find([("name", "=", "Unit")])
    template = Model.get("product.template")(name="Fee", type="service")
    template.default_uom, template.list_price, template.account_category = unit, Decimal(10), category
    template.save()
    return template.products[0]


fee = Model.get("account.dunning.fee")(name="Fee", compute_method="percentage", percentage=Decimal("0.05"))
fee.product, fee.journal = product(), journal
fee.save()
procedure = Model.get("account.dunning.procedure")(name="Procedure")
level = procedure.levels.new()
level.sequence, level.overdue, level.fee = 1, datetime.timedelta(5), fee
procedure.save()

period = year.periods[0]
start, context, user = period.start_date, dict(session.context), session.user
ids = {"period": period.id, "journal": journal.id, "procedure": procedure.id}
ids |= {key: accounts[key].id for key in ("receivable", "revenue")}
pool = Pool(name)
Party, Move, Dunning = (pool.get(kind) for kind in ("party.party", "account.move", "account.dunning"))


def within(work):
    """In a transaction of its own, again when Tryton asks for it."""
    extras = {}
    while True:
        with Transaction().start(name, user, context=context, **extras) as transaction:
            try:
                return work()
            except TransactionError as error:
                transaction.rollback()
                error.fix(extras)


def move(party, matures):
    lines = [
        {"account": ids["revenue"], "credit": Decimal(100)},
        {"account": ids["receivable"], "debit": Decimal(100), "party": party, "maturity_date": matures},
    ]
    return {"period": ids["period"], "journal": ids["journal"], "date": start, "lines": [("create", lines)]}


def cpu(work):
    before = time.process_time()
    work()
    return time.process_time() - before


debtors = [{"name": f"Debtor {n}", "dunning_procedure": ids["procedure"]} for n in range(count)]
parties = within(lambda: [party.id for party in Party.create(debtors)])
within(lambda: Move.post(Move.create([move(party, start) for party in parties])))
singles = parties[: min(100, count)]
never = datetime.date(2999, 1, 1)
posting = cpu(lambda: [within(lambda: Move.post(Move.create([move(party, never)]))) for party in singles])


def night():
    within(lambda: Dunning.generate_dunnings(date=start + datetime.timedelta(6)))
    within(lambda: Dunning.process(Dunning.search([("state", "=", "draft")])))


batch = cpu(night)
done = within(lambda: Dunning.search([("state", "!=", "draft")], count=True))
print(json.dumps({"dunnings_per_cpu_second": done / batch, "moves_per_cpu_second": len(singles) / posting}))
