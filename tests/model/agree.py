#!/usr/bin/env python3
"""A random walk over the invoice contract and its model: both must accept and refuse the same, for a
reason that the model knows, and end with the same books.

  agree.py DRIVER [--actions N] [--seed N]        exit 1 at the first difference, with the action
"""
import argparse
import datetime
import hashlib
import json
import random
import subprocess
import sys

sys.dont_write_bytecode = True  # nothing is left in the tree of sources
from shenzhen import Refused, Shenzhen  # noqa: E402

BUREAU, AUDIT = "SZTAX", "AUDIT"
FIRMS = ["91440300YY1000011B", "91440300YY100002X3", "91440300YY10000383", "9144030071526726XG",
         "914403001922038216", "91330100799655058B"]
PERSONS = ["P-LI", "P-WU", "P-HE"]
FIRST_DAY, DAYS = "2018-12-10", 150  # over the end of a year, and the change of rates in April
QUOTAS = [{"per_invoice_fen": 5_000_000, "monthly_count": 5_000, "monthly_amount_fen": 4 * 10**9},
          {"per_invoice_fen": 20_000_000, "monthly_count": 40, "monthly_amount_fen": 4 * 10**9},
          {"per_invoice_fen": 9_000_000, "monthly_count": 5_000, "monthly_amount_fen": 60_000_000}]
CATEGORIES = ["catering", "parking", "retail", "crafts"]
RATES = [1600, 1300, 1000, 900, 600, 500, 300, 100, 0, 1234]


def member(name, kind, roles):
    return {"id": name, "name": name, "kind": kind, "roles": roles}


MEMBERS = [member(BUREAU, "authority", ["tax_bureau", "operator"]),
           member(AUDIT, "authority", ["calendar_countersigner"])]
MEMBERS += [member(firm, "enterprise", ["enterprise"]) for firm in FIRMS]
MEMBERS += [member(person, "person", ["consumer"]) for person in PERSONS]
BUSINESS = {"calendar": {"first_day": FIRST_DAY, "weekends": True},
            "invoice": {"first_batch": 8, "first_number": 99_999_900, "tags_only": False},
            "membership": {"members": MEMBERS}}


class Chain:
    def __init__(self, driver):
        self.process = subprocess.Popen([driver], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        self.write({"business": BUSINESS})

    def write(self, step):
        self.process.stdin.write(json.dumps(step) + "\n")

    def run(self, step):
        self.write(step)
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"the driver ended at {step}")
        return json.loads(answer)

    def ask(self, query, arguments):
        return self.run({"contract": "invoice", "query": query, "arguments": arguments})["ok"]


class Walk:
    def __init__(self, seed):
        self.dice = random.Random(seed)
        roles = {m["id"]: set(m["roles"]) for m in MEMBERS}
        self.model = Shenzhen(roles, FIRST_DAY, 8, 99_999_900)
        self.payments = 0

    def anybody(self):
        return self.dice.choice([BUREAU, AUDIT, "P-NOBODY"] + FIRMS + PERSONS)

    def usually(self, likely, other, per_cent=90):
        return likely if self.dice.random() * 100 < per_cent else other()

    def rates_today(self, rates):
        gone = {1600, 1000} if self.model.today >= "2019-04-01" else {1300, 900}
        return [rate for rate in rates if rate not in gone]

    # ---- what somebody might do ---------------------------------------------------------------

    def line(self, category, bias):
        rates = {"catering": [600], "parking": [900, 1000, 500], "crafts": [600, 300, 0],
                 "retail": [1300, 1600, 900, 1000]}[category]
        rate = self.usually(self.dice.choice(self.rates_today(rates)),
                            lambda: self.dice.choice(RATES), 97)
        amount = self.dice.choice([self.dice.randint(1, 200), self.dice.randint(1, 2_000_000)])
        tax = (amount * rate + 5_000) // 10_000
        if bias or self.dice.random() < 0.2:
            tax = max(0, tax + (bias or self.dice.randint(-7, 7)))
        line = {"name": f"*{category}*", "amount_fen": amount, "rate_basis_points": rate,
                "tax_fen": tax}
        if rate == 0 and self.dice.random() < 0.5:
            line["exempt"] = True
        elif self.dice.random() < 0.003:
            line["exempt"] = True
        return line

    def discount(self, line):
        amount = self.dice.randint(1, line["amount_fen"] + self.usually(0, lambda: 5))
        tax = min(line["tax_fen"], (amount * line["rate_basis_points"] + 5_000) // 10_000)
        if amount == line["amount_fen"]:
            tax = line["tax_fen"]
        return {**line, "amount_fen": -amount, "tax_fen": -tax}

    def lines(self, category):
        lines = []
        bias = self.dice.choice([-5, 5, 6]) if self.dice.random() < 0.1 else 0
        for _ in range(self.dice.choice([1, 1, 1, 2, 3, 8, 30])):
            kind = self.usually(category, lambda: self.dice.choice(CATEGORIES), 97)
            lines.append(self.line(kind, bias))
            if self.dice.random() < 0.15:
                lines.append(self.discount(lines[-1]))
        if self.dice.random() < 0.02:
            lines.reverse()
        return lines if self.dice.random() < 0.99 else []

    def issue(self):
        seller = self.usually(self.dice.choice(FIRMS), self.anybody, 97)
        firm = self.model.firms.get(seller, {"categories": ["catering"]})
        category = self.usually(self.dice.choice(firm["categories"]),
                                lambda: self.dice.choice(CATEGORIES))
        lines = self.lines(category)
        tax = sum(line["tax_fen"] for line in lines)
        total = tax + sum(line["amount_fen"] for line in lines)
        self.payments += 1
        payment = self.usually(self.payments, lambda: self.dice.randint(1, self.payments), 85)
        a = {"buyer": self.usually(self.dice.choice(FIRMS), lambda: "", 85), "category": category,
             "lines": lines, "total_fen": self.usually(total, lambda: total + 1, 99),
             "tax_fen": self.usually(tax, lambda: tax - 1, 99), "payment_reference": f"PAY-{payment}",
             "content_digest": hashlib.sha256(str(payment).encode()).hexdigest(), "sealed_body": ""}
        if self.dice.random() < 0.7:
            a["holder"] = self.usually(self.dice.choice(PERSONS), self.anybody, 98)
        return seller, "issue", a

    def some_invoice(self, wanted):
        names = list(self.model.invoices)[-400:]
        if not names or self.dice.random() < 0.01:
            return None, {"code": "144031809110", "number": "00000000"}
        likely = [n for n in names if self.model.invoices[n]["status"] in wanted]
        name = self.usually(self.dice.choice(likely or names), lambda: self.dice.choice(names), 85)
        return self.model.invoices[name], {"code": name[0], "number": name[1]}

    def transfer(self):
        invoice, a = self.some_invoice(("issued", "transferred"))
        holder = self.usually(invoice["holder"], self.anybody, 95) if invoice else self.anybody()
        buyer = invoice["buyer"] if invoice and invoice["buyer"] else self.dice.choice(FIRMS)
        return holder or self.anybody(), "transfer", {**a, "to": self.usually(buyer, self.anybody, 85)}

    def by_buyer(self, method, wanted):
        invoice, a = self.some_invoice(wanted)
        buyer = (invoice and invoice["buyer"]) or self.anybody()
        return self.usually(buyer, self.anybody, 95), method, invoice, a

    def lock(self):
        sender, method, invoice, a = self.by_buyer("lock", ("transferred", "issued"))
        digest = invoice["digest"] if invoice else "00" * 32
        return sender, method, {**a, "content_digest": self.usually(digest, lambda: "00" * 32, 97)}

    def unlock(self):
        sender, method, _, a = self.by_buyer("unlock", ("locked",))
        return sender, method, a

    def book(self):
        sender, method, _, a = self.by_buyer("book", ("locked",))
        return sender, method, a

    def confirm_red(self):
        sender, method, invoice, a = self.by_buyer("confirm_red", ("booked", "locked"))
        left = self.model.left(invoice) if invoice else 1
        part = self.dice.randint(0, left + 1)
        return sender, method, {**a, "total_fen": self.usually(left, lambda: part, 80)}

    def red_letter(self):
        invoice, a = self.some_invoice(("issued", "transferred", "booked", "locked"))
        seller = invoice["seller"] if invoice else self.dice.choice(FIRMS)
        reversals = []
        for number, line in enumerate(invoice["lines"] if invoice else [], 1):
            if self.dice.random() < 0.5:
                continue
            amount, tax = line.left_amount, line.left_tax
            if self.dice.random() < 0.5:
                amount = self.dice.randint(0, amount + 1)
                tax = (amount * line.rate + 5_000) // 10_000 + self.dice.choice([0, 0, 0, 1, -1, 6])
            reversals.append({"line": number, "amount_fen": amount, "tax_fen": tax})
        if self.dice.random() < 0.4:
            reversals = []
        if self.dice.random() < 0.02:
            reversals.append({"line": self.dice.randint(0, 5), "amount_fen": 1, "tax_fen": 0})
        return (self.usually(seller, self.anybody, 96), "red_letter",
                {**a, "lines": reversals, "reason": self.dice.choice(["return", "discount", "error"])})

    def bureau(self):
        firm = self.usually(self.dice.choice(FIRMS), self.anybody, 97)
        sender = self.usually(BUREAU, self.anybody, 97)
        method = self.dice.choice(["freeze", "mark_abnormal", "renew", "renew", "admit"]
                                  + 6 * ["unfreeze"])
        a = {"enterprise": firm}
        if method in ("renew", "admit"):
            a["categories"] = self.dice.sample(CATEGORIES, self.dice.randint(1, 4))
            if self.dice.random() < 0.3:
                days = datetime.timedelta(self.dice.randint(-1, 30))
                a["valid_until"] = (self.model.day + days).isoformat()
        if method == "admit":
            a["quota"] = self.dice.choice(QUOTAS)
        return sender, method, a

    def void(self):
        _, a = self.some_invoice(("issued",))
        return self.dice.choice(FIRMS), "void", a

    def action(self):
        kinds = [self.issue, self.transfer, self.lock, self.book, self.unlock, self.confirm_red,
                 self.red_letter, self.bureau, self.void]
        return self.dice.choices(kinds, [30, 18, 16, 12, 2, 6, 14, 2, 0.2])[0]()


def close_day(chain, model):
    date = {"date": model.today}
    for sender, operation in ((BUREAU, "propose_close"), (AUDIT, "countersign_close")):
        answer = chain.run({"sender": sender, "contract": "calendar", "operation": operation,
                            "arguments": date})
        if "ok" not in answer:
            sys.exit(f"the day does not close: {answer}")
    model.day += datetime.timedelta(1)


def difference(chain, model, sender, method, arguments):
    """The chain's refusal ("" for none), and what model and chain do not agree on ("" for nothing)."""
    answer = chain.run({"sender": sender, "contract": "invoice", "operation": method,
                        "arguments": arguments})
    if sender not in model.members:
        code = answer.get("refused")
        return code, "" if code == "transaction_unknown_sender" else f"the chain says {answer}"
    try:
        result = getattr(model, method)(sender, arguments) or {}
    except Refused as refused:
        if answer.get("refused") in refused.reasons:
            return answer["refused"], ""
        return "", f"the model refuses ({refused}), the chain says {answer}"
    if "ok" not in answer:
        return "", f"the model accepts, the chain says {answer}"
    shown = {key: answer["ok"][key] for key in result}
    return "", "" if shown == result else f"the model gives {result}, the chain {shown}"


def differing_books(chain, model):
    told = chain.ask("statistics", {})
    if told != model.statistics():
        return f"the model counts {model.statistics()}, the chain {told}"
    for (firm, month), (count, amount) in model.usage.items():
        used = chain.ask("quota", {"enterprise": firm, "month": month})["used"]
        if (used["count"], used["amount_fen"]) != (count, amount):
            return f"quota of {firm} in {month}: {count}, {amount} fen; the chain has {used}"
    for (code, number), invoice in model.invoices.items():
        told = chain.ask("invoice", {"code": code, "number": number})
        red = 0 if invoice["red_of"] else invoice["total"] - model.left(invoice)
        wanted = {"status": invoice["status"], "seller": invoice["seller"], "buyer": invoice["buyer"],
                  "holder": invoice["holder"], "total_fen": invoice["total"],
                  "tax_fen": invoice["tax"], "red_total_fen": red, "booked": invoice["booked"],
                  "transfers": invoice["transfers"], "red_agreed_fen": invoice["agreed"]}
        shown = {key: told[key] for key in wanted}
        if shown != wanted:
            return f"{code}/{number}: the model has {wanted}, the chain {shown}"
    return ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("driver")
    parser.add_argument("--actions", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chain, walk = Chain(options.driver), Walk(options.seed)
    accepted, refusals = {}, set()

    def fail(text):
        print(f"seed {options.seed}: {text}", file=sys.stderr)
        chain.process.kill()
        sys.exit(1)

    for number, firm in enumerate(FIRMS):
        a = {"enterprise": firm, "categories": ["catering", "retail"],
             "quota": QUOTAS[number % len(QUOTAS)]}
        _, problem = difference(chain, walk.model, BUREAU, "admit", a)
        if problem:
            fail(problem)
    for number in range(options.actions):
        if number % max(1, options.actions // DAYS) == 0:
            close_day(chain, walk.model)
        sender, method, arguments = walk.action()
        refusal, problem = difference(chain, walk.model, sender, method, arguments)
        if problem:
            fail(f"action {number}, {walk.model.today}: {sender} {method} {json.dumps(arguments)}: "
                 f"{problem}")
        if refusal:
            refusals.add(refusal)
        else:
            accepted[method] = accepted.get(method, 0) + 1
    if problem := differing_books(chain, walk.model):
        fail(problem)
    chain.process.stdin.close()
    done = ", ".join(f"{count} {method}" for method, count in sorted(accepted.items()))
    print(f"seed {options.seed}: chain and model agree on {options.actions} actions until "
          f"{walk.model.today}: {done}; {len(refusals)} kinds of refusals: "
          f"{', '.join(sorted(refusals))}")


if __name__ == "__main__":
    main()
