#!/usr/bin/env python3
"""Measures Saldar beside the floor that plain set-based SQL gives, in one interleaved run.

    bench.py [--accounts 1000000] [--seconds 5] [--only sqlite|postgres]

Prints ratios (ours / floor, CPU seconds of every process that worked) with the load average, and
writes them to RESULTS.md beside this script. The floor does less than we do: it has no parties,
no journal, no audit; that is why it is a floor. Needs sqlite3 and PostgreSQL's binaries, of which
it starts a cluster of its own. Tryton is installed from PyPI into a scratch folder.
"""
import argparse
import contextlib
import json
import os
import pathlib
import pwd
import re
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DATE = "2026-11-21"
FAST = "pragma synchronous=NORMAL; pragma cache_size=-200000; pragma temp_store=memory;"


def spent(command, **options):
    """CPU seconds, wall seconds, megabytes and output of a child process."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, **options)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - begun
    if done.returncode:
        sys.exit(f"{command} failed:\n{done.stderr}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, wall, done.stdout


def sqlite_floor(folder, plain):
    """CPU seconds of a plain import with an index, and of a whole night, in the sqlite3 shell."""
    base = folder / "floor.db"
    for old in folder.glob("floor.db*"):
        old.unlink()
    create = (
        "pragma journal_mode=wal; create table acct(id integer primary key, name text, phone text, "
        "principal integer, rate_bp integer, due text, last_pay integer);"
    )
    subprocess.run(["sqlite3", base, create], check=True, capture_output=True)
    load = f"{FAST}\n.mode csv\n.import {plain} acct\ncreate unique index ix on acct(phone, id);\n"
    import_cpu, _, _ = spent(["sqlite3", base], input=load)
    prepare = (
        "create table led(id integer primary key, acct integer not null, kind integer, amount integer, day text);"
        "alter table acct add interest integer default 0; alter table acct add bucket integer default 0;"
        "alter table acct add seg integer; alter table acct add strat integer;"
        "create table msg(id integer primary key, acct integer, tpl integer, at text);"
    )
    subprocess.run(["sqlite3", base, prepare], check=True)
    daily = "(principal*rate_bp+1825000)/3650000"
    late = f"julianday('{DATE}')-julianday(due)"
    night = (
        f"{FAST} insert into led(acct,kind,amount,day) select id,1,{daily},'{DATE}' from acct;"
        f"update acct set interest=interest+{daily};"
        f"update acct set bucket=min(({late})/30,7), seg=case when principal>3000000 then 3 when last_pay<30 then 1 "
        f"else 2 end, strat=case when {late}>180 and principal>1000000 then 9 when last_pay>90 then 4 else 2 end;"
        f"insert into msg(acct,tpl,at) select id,strat,'{DATE}' from acct where strat=4 or strat=9;"
    )
    night_cpu, _, _ = spent(["sqlite3", base, night])
    return import_cpu, night_cpu


def sqlite_payments(folder, seconds, group):
    """Payments a second of the raw five statements, fully durable, `group` to a transaction."""
    connection = sqlite3.connect(folder / "floor.db", isolation_level=None)
    run = connection.execute
    run("pragma journal_mode=wal")
    run("pragma synchronous=FULL")
    run("create table if not exists pay(idem integer primary key, acct int, amount int)")
    if not any(row[1] == "paid" for row in run("pragma table_info(acct)")):
        run("alter table acct add paid integer default 0")
    count = run("select max(id) from acct").fetchone()[0]
    made, begun, cpu = 0, time.perf_counter(), time.process_time()
    stamp = time.time_ns()
    while time.perf_counter() - begun < seconds:
        run("begin immediate")
        for _ in range(group):
            made += 1
            account, amount = 1 + made * 7919 % count, 100 + made % 100_000
            run("insert or ignore into pay values(?,?,?)", (stamp + made, account, amount))
            run("select principal,interest,paid from acct where id=?", (account,)).fetchone()
            lines = (account, -amount, DATE, amount, DATE)
            run("insert into led(acct,kind,amount,day) values(?,2,?,?),(0,3,?,?)", lines)
            run("update acct set paid=paid+? where id=?", (amount, account))
        run("commit")
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    connection.close()
    return made / wall, made / cpu


def example(name):
    return ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release" / "examples" / name


def nights(text):
    """What the `night` example says: CPU seconds and rows written by step."""
    steps = {}
    for line in text.splitlines():
        found = re.match(r"(.+?): ([\d.]+) CPU s, ([\d.]+) s(?:, (\d+) rows written)?", line)
        if found:
            steps[found[1]] = (float(found[2]), float(found[3]), found[4] and int(found[4]))
    return steps


def peak_megabytes(command):
    """Largest resident size of a child, by its own account."""
    code = (
        "import resource,subprocess,sys; subprocess.run(sys.argv[1:],check=True,stdout=sys.stderr);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss//1024)"
    )
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True)
    return int(done.stdout.strip()), done.stderr


def verdict(ratio, goal, at_most=True):
    return "met" if (ratio <= goal if at_most else ratio >= goal) else "MISSED"


@contextlib.contextmanager
def postgres(folder):
    """A cluster of our own with PostgreSQL's default durability; gives its address up to the database."""
    bins = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    place = bins[-1].parent if bins else pathlib.Path(shutil.which("initdb") or sys.exit("PostgreSQL is missing")).parent
    owner = {}
    if os.getuid() == 0:
        # PostgreSQL refuses to run as root.
        account = pwd.getpwnam("postgres")
        owner = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        os.chmod(folder, 0o755)
    home = folder / "postgres"
    home.mkdir()
    if owner:
        os.chown(home, owner["user"], owner["group"])
    init = [place / "initdb", "-D", home / "data", "-U", "saldar", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run(init, check=True, capture_output=True, cwd=home, **owner)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serve = [place / "postgres", "-D", home / "data", "-p", str(port), "-c", "listen_addresses=127.0.0.1"]
    serve += ["-c", f"unix_socket_directories={home}", "-c", "shared_buffers=512MB", "-c", "max_wal_size=4GB"]
    server = subprocess.Popen(serve, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **owner)
    base = f"postgres://saldar@127.0.0.1:{port}/"
    try:
        for _ in range(100):
            if not subprocess.run(["psql", "-qX", f"{base}postgres", "-c", "select 1"], capture_output=True).returncode:
                break
            time.sleep(0.1)
        yield base
    finally:
        server.terminate()
        server.wait()


TRYTON = ["trytond==8.0.*", "trytond-account-dunning==8.0.*", "trytond-account-dunning-fee==8.0.*", "proteus==8.0.*"]
DUNNINGS = 200


def tryton(folder):
    """What Tryton does a CPU second (see tryton.py), or None where it cannot be installed."""
    venv, books = folder / "tryton", folder / "tryton-books"
    books.mkdir()
    try:
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([venv / "bin" / "pip", "install", "-q", *TRYTON], check=True)
    except (OSError, subprocess.CalledProcessError) as cause:
        print(f"Tryton is left out: it cannot be installed ({cause}); the other rows stand without it.", flush=True)
        return None
    _, _, text = spent([venv / "bin" / "python", HERE / "tryton.py", books, str(DUNNINGS)])
    return json.loads(text.splitlines()[-1])


def beside_tryton(folder, accounts, night_cpu, payments_per_cpu, say):
    theirs = tryton(folder)
    if theirs is None:
        return
    ours = accounts / max(night_cpu, 0.01)
    batch = theirs["dunnings_per_cpu_second"]
    say("Night beside Tryton's dunning", f"{ours:.0f} / {batch:.1f} accounts a CPU s", ours / batch, 1000, False)
    moves = theirs["moves_per_cpu_second"]
    figures = f"{payments_per_cpu:.0f} / {moves:.1f} a CPU s"
    say("Posting beside Tryton's moves", figures, payments_per_cpu / moves, 100, False)


def portfolios(folder, accounts):
    """The same accounts for the floor and for us."""
    for name, flags in (("plain.csv", ["--plain"]), ("portfolio.csv", [])):
        with open(folder / name, "w", encoding="utf-8") as out:
            subprocess.run([sys.executable, HERE / "gen_portfolio.py", str(accounts), *flags], stdout=out, check=True)


def on_sqlite(folder, accounts, seconds, say):
    plain, portfolio = folder / "plain.csv", folder / "portfolio.csv"
    first = sqlite_floor(folder, plain)
    for old in folder.glob("ours.db*"):
        old.unlink()
    megabytes, text = peak_megabytes([str(example("night")), f"sqlite://{folder}/ours.db", str(portfolio)])
    steps = nights(text)
    second = sqlite_floor(folder, plain)
    floor_import, floor_night = (min(pair) for pair in zip(first, second))
    ours = next(value for key, value in steps.items() if key.startswith("import"))
    say("SQLite import", f"{ours[0]:.1f} / {floor_import:.1f} CPU s", ours[0] / floor_import, 4)
    say("SQLite import and nights, memory", f"{megabytes} MB", megabytes, 256)
    night = steps["the next"]
    worst = max(cpu for key, (cpu, _, _) in steps.items() if not key.startswith(("import", "the same")))
    say("SQLite nightly batch, worst night", f"{worst:.1f} / {floor_night:.1f} CPU s", worst / floor_night, 3)
    again = steps["the same again"]
    say("SQLite second run, share of the first", f"{again[2]} rows written", again[0] / max(night[0], 0.01), 0.10)
    for old in folder.glob("pay.db*"):
        old.unlink()
    url = f"sqlite://{folder}/pay.db"
    single, grouped, raw, per_cpu = [], [], [], []
    for _ in range(2):
        alone = json.loads(spent([example("posting"), url, str(seconds), "1"])[2])
        single.append(alone["per_second"])
        per_cpu.append(alone["per_cpu_second"])
        raw.append(sqlite_payments(folder, seconds, 1)[0])
        grouped.append(json.loads(spent([example("posting"), url, str(seconds), "64"])[2])["per_second"])
    say("SQLite payments, one by one / raw", f"{max(single):.0f} / {max(raw):.0f} a second", max(single) / max(raw), 0.6, False)
    say("SQLite payments, side by side / one by one", f"{max(grouped):.0f} a second", max(grouped) / max(single), 3, False)
    beside_tryton(folder, accounts, worst, max(per_cpu), say)
    late = json.loads(spent([example("late_fact")])[2])
    say("Late fact: 2,400 days, 2,000 facts (ms)", f"{late['entries_moved']} entries moved", late["milliseconds"], 100)


def on_postgres(folder, accounts, seconds, base, say):
    def sql(database, *statements):
        arguments = [part for text in statements for part in ("-c", text)]
        return subprocess.run(["psql", "-qAtX", f"{base}{database}", *arguments], check=True, capture_output=True, text=True).stdout

    def server_cpu():
        total = 0
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                text = stat.read_text()
            except OSError:
                continue
            if "(postgres)" in text:
                fields = text.rsplit(")", 1)[1].split()
                total += int(fields[11]) + int(fields[12]) + int(fields[13]) + int(fields[14])
        return total / os.sysconf("SC_CLK_TCK")

    plain = folder / "plain.csv"
    sql("postgres", "create database saldar_floor")
    sql("postgres", "create database saldar_ours")
    sql("saldar_floor", "create table acct(id bigint primary key,name text,phone text,principal bigint,rate_bp int,due date,last_pay int)")
    before = server_cpu()
    sql("saldar_floor", f"\\copy acct from '{plain}' csv", "create unique index on acct(phone,id)")
    floor_import = server_cpu() - before
    sql("saldar_floor", "alter table acct add interest bigint default 0, add bucket int default 0, add seg int, add strat int;"
        "create table led(id bigserial primary key, acct bigint not null, kind int, amount bigint, day date)")
    before = server_cpu()
    late = f"(date '{DATE}'-due)"
    sql("saldar_floor", f"insert into led(acct,kind,amount,day) select id,1,(principal*rate_bp+1825000)/3650000,'{DATE}' from acct",
        "update acct set interest=interest+(principal*rate_bp+1825000)/3650000",
        f"update acct set bucket=least({late}/30,7), seg=case when principal>3000000 then 3 when last_pay<30 then 1 else 2 end, "
        f"strat=case when {late}>180 and principal>1000000 then 9 when last_pay>90 then 4 else 2 end")
    floor_night = server_cpu() - before
    _, _, text = spent([example("night"), f"{base}saldar_ours", folder / "portfolio.csv"])
    steps = nights(text)
    ours = next(value for key, value in steps.items() if key.startswith("import"))
    say("PostgreSQL import", f"{ours[0]:.1f} / {floor_import:.1f} CPU s", ours[0] / floor_import, 4)
    worst = max(cpu for key, (cpu, _, _) in steps.items() if not key.startswith(("import", "the same")))
    say("PostgreSQL nightly batch, worst night", f"{worst:.1f} / {floor_night:.1f} CPU s", worst / floor_night, 3)
    again, night = steps["the same again"], steps["the next"]
    say("PostgreSQL second run, share of the first", f"{again[2]} rows written", again[0] / max(night[0], 0.01), 0.10)
    sql("postgres", "create database saldar_pay")
    rates = {}
    for lanes in ("1", "8"):
        out = spent([example("posting"), f"{base}saldar_pay", str(seconds), lanes])[2]
        rates[lanes] = json.loads(out)["per_second"]
    if shutil.which("pgbench"):
        script = folder / "pay.sql"
        script.write_text(
            "\\set a random(1, " + str(accounts) + ")\n\\set k random(1, 9000000000000000)\n\\set m random(100, 100000)\n"
            "BEGIN;\nINSERT INTO pay(idem,acct,amount) VALUES(:k,:a,:m) ON CONFLICT DO NOTHING;\n"
            "SELECT principal,interest,paid FROM acct WHERE id=:a FOR UPDATE;\n"
            f"INSERT INTO led(acct,kind,amount,day) VALUES (:a,2,-(:m::bigint),'{DATE}'),(0,3,:m::bigint,'{DATE}');\n"
            "UPDATE acct SET paid=paid+:m WHERE id=:a;\nCOMMIT;\n"
        )
        sql("saldar_floor", "create table pay(idem bigint primary key, acct bigint, amount bigint)", "alter table acct add paid bigint not null default 0")
        for lanes in ("1", "8"):
            out = spent(["pgbench", "-n", "-c", lanes, "-T", str(seconds), "-f", script, f"{base}saldar_floor"])[2]
            raw = float(re.search(r"tps = ([\d.]+)", out)[1])
            say(f"PostgreSQL payments, {lanes} lanes / raw", f"{rates[lanes]:.0f} / {raw:.0f} a second", rates[lanes] / raw, 0.6, False)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--accounts", type=int, default=1_000_000)
    options.add_argument("--seconds", type=int, default=5)
    options.add_argument("--only", choices=["sqlite", "postgres"])
    given = options.parse_args()
    rows = []

    def say(what, figures, ratio, goal, at_most=True):
        load = os.getloadavg()[0]
        sign = "≤" if at_most else "≥"
        rows.append((what, figures, f"{ratio:.2f}", f"{sign} {goal}", verdict(ratio, goal, at_most), f"{load:.1f}"))
        print(f"{what}: {figures}, {ratio:.2f} (goal {sign} {goal}: {rows[-1][4]}), load {load:.1f}", flush=True)

    whole = False
    try:
        with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
            folder = pathlib.Path(folder)
            portfolios(folder, given.accounts)
            if given.only != "postgres":
                on_sqlite(folder, given.accounts, given.seconds, say)
            if given.only != "sqlite":
                with postgres(folder) as base:
                    on_postgres(folder, given.accounts, given.seconds, base, say)
        whole = True
    finally:
        # An hour of rows must not be lost to what fails after them.
        if rows:
            write_results(rows, given.accounts, whole)


def write_results(rows, accounts, whole):
    head = "| What | Figures | Ratio | Goal | | Load |\n|---|---|---|---|---|---|\n"
    table = head + "".join(f"| {' | '.join(row)} |\n" for row in rows)
    about = (
        f"# Last results\n\n`make bench` on {os.cpu_count()} cores, {accounts:,} accounts, {time.strftime('%Y-%m-%d')}. "
        "Ratios are ours to the floor's in one run; the load average stands beside them. "
        "Tryton does other work for the same end (a dunning run, a posted move): its rows compare products, not code."
        f"{'' if whole else ' **The run broke off: rows are missing.**'}\n\n"
    )
    (HERE / "RESULTS.md").write_text(about + table, encoding="utf-8")


if __name__ == "__main__":
    main()
