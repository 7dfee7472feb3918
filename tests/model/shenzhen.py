"""The rules of Shenzhen's invoices once more, written from their description and not from the code.

A refusal has every reason that applies; the chain names one of them.
"""
import datetime
from fractions import Fraction

LAST_NUMBER = 99_999_999
KEPT_FOR_REDS = 1_000_000
LINE_TOLERANCE = 6
DOCUMENT_TOLERANCE = 127

# (basis points, first day, last day)
RATES_IN_FORCE = [
    (1600, "2018-05-01", "2019-03-31"), (1000, "2018-05-01", "2019-03-31"),
    (1300, "2019-04-01", "9999-12-31"), (900, "2019-04-01", "9999-12-31"),
    (600, "2016-05-01", "9999-12-31"), (500, "2016-05-01", "9999-12-31"),
    (300, "2016-05-01", "9999-12-31"), (0, "2016-05-01", "9999-12-31"),
    (100, "2020-03-01", "2022-03-31"), (100, "2023-01-01", "2027-12-31"),
]
RATES_OF = {
    "catering": ({600, 300, 100}, False),
    "parking": ({1000, 900, 500, 300, 100}, False),
    "retail": ({1600, 1300, 1000, 900, 300, 100}, True),
}
CLAIMED = ("locked", "booked")
FREE = ("issued", "transferred")


class Refused(Exception):
    def __init__(self, reasons):
        super().__init__(", ".join(sorted(reasons)))
        self.reasons = reasons


def refuse_if(reasons):
    found = {name for name, applies in reasons.items() if applies}
    if found:
        raise Refused(found)


def off_by(amount, tax, rate):
    """How many fen the tax is away from amount * rate."""
    return Fraction(tax) - Fraction(amount * rate, 10_000)


def status_reason(invoice):
    return {"issued": "invoice_not_locked", "transferred": "invoice_not_locked",
            "locked": "invoice_locked", "booked": "invoice_already_booked"}.get(
                invoice["status"], "invoice_reversed")


class Line:
    """A line of an invoice as charged, and what is left of it."""

    def __init__(self, amount, tax, rate):
        self.amount, self.tax, self.rate = amount, tax, rate
        self.left_amount, self.left_tax = amount, tax


class Shenzhen:
    def __init__(self, members, first_day, batch, number):
        self.members = members  # id -> set of roles
        self.day = datetime.date.fromisoformat(first_day)
        self.year, self.batch, self.number = 0, batch, number
        self.firms, self.invoices, self.payments, self.usage = {}, {}, {}, {}
        self.red_letters = 0

    # ---- helpers ------------------------------------------------------------------------------

    @property
    def today(self):
        return self.day.isoformat()

    def has_role(self, member, role):
        return role in self.members.get(member, ())

    def need_role(self, member, role):
        if not self.has_role(member, role):
            raise Refused({"not_permitted"})

    def find(self, arguments):
        invoice = self.invoices.get((arguments["code"], arguments["number"]))
        if invoice is None:
            raise Refused({"invoice_unknown"})
        return invoice

    def next_number(self, is_red):
        year, batch, number = self.year, self.batch, self.number
        if year and year != self.day.year:
            batch, number = 1, 1
        if number > LAST_NUMBER:
            batch, number = batch + 1, 1
        if batch > 9 or (batch == 9 and not is_red and number > LAST_NUMBER - KEPT_FOR_REDS):
            raise Refused({"series_exhausted"})
        self.year, self.batch, self.number = self.day.year, batch, number + 1
        return f"14403{self.day.year % 100:02}09{batch}10", f"{number:08}"

    # ---- what the tax bureau does -------------------------------------------------------------

    def admit(self, sender, a):
        self.need_role(sender, "tax_bureau")
        firm = a["enterprise"]
        refuse_if({"member_unknown": firm not in self.members,
                   "not_an_enterprise": not self.has_role(firm, "enterprise"),
                   "already_admitted": firm in self.firms,
                   "valid_until_past": bool(a.get("valid_until")) and a["valid_until"] < self.today})
        self.firms[firm] = {"categories": a["categories"], "quota": a["quota"],
                            "until": a.get("valid_until"), "frozen": False, "abnormal": False}

    def firm(self, sender, a):
        self.need_role(sender, "tax_bureau")
        if a["enterprise"] not in self.firms:
            raise Refused({"not_admitted"})
        return self.firms[a["enterprise"]]

    def renew(self, sender, a):
        firm = self.firm(sender, a)
        refuse_if({"valid_until_past": bool(a.get("valid_until")) and a["valid_until"] < self.today})
        firm["categories"], firm["until"] = a["categories"], a.get("valid_until")

    def freeze(self, sender, a):
        firm = self.firm(sender, a)
        refuse_if({"enterprise_frozen": firm["frozen"]})
        firm["frozen"] = True

    def unfreeze(self, sender, a):
        firm = self.firm(sender, a)
        refuse_if({"enterprise_not_frozen": not firm["frozen"]})
        firm["frozen"] = firm["abnormal"] = False

    def mark_abnormal(self, sender, a):
        firm = self.firm(sender, a)
        firm["frozen"] = firm["abnormal"] = True

    # ---- issue --------------------------------------------------------------------------------

    def charge(self, lines):
        reasons, charged = set(), []
        for i, line in enumerate(lines):
            amount, tax, rate = line["amount_fen"], line["tax_fen"], line["rate_basis_points"]
            exempt = line.get("exempt", False)
            category = line["name"].strip("*")
            rates, may_be_exempt = RATES_OF.get(category, (None, True))
            if amount == 0:
                reasons.add("line_amount_zero")
            if exempt and rate:
                reasons.add("exempt_with_rate")
            if not exempt and not any(r == rate and f <= self.today <= u
                                      for r, f, u in RATES_IN_FORCE):
                reasons.add("tax_rate_not_in_force")
            if rates is not None and (not may_be_exempt if exempt else rate not in rates):
                reasons.add("tax_rate_not_of_category")
            if amount * tax < 0 or (rate == 0 and tax) or \
                    abs(off_by(amount, tax, rate)) > LINE_TOLERANCE:
                reasons.add("line_tax_wrong")
            if amount >= 0:
                charged.append(Line(amount, tax, rate))
                continue
            above = lines[i - 1] if i else None
            if above is None or above["amount_fen"] < 0 or any(
                    above.get(k) != line.get(k) for k in ("name", "rate_basis_points", "exempt")):
                reasons.add("discount_misplaced")
                charged.append(Line(0, 0, rate))
                continue
            net, net_tax = above["amount_fen"] + amount, above["tax_fen"] + tax
            if net < 0 or net_tax < 0 or (net == 0 and net_tax):
                reasons.add("discount_too_large")
            elif abs(off_by(net, net_tax, rate)) > LINE_TOLERANCE:
                reasons.add("line_tax_wrong")
            charged[-1] = Line(net, net_tax, rate)
            charged.append(Line(0, 0, rate))
        if not lines:
            reasons.add("invoice_without_lines")
        if abs(sum(off_by(c.amount, c.tax, c.rate) for c in charged)) > DOCUMENT_TOLERANCE:
            reasons.add("document_tax_wrong")
        if lines and sum(c.amount for c in charged) == 0:
            reasons.add("total_not_positive")
        return charged, reasons

    def issue(self, sender, a):
        self.need_role(sender, "enterprise")
        firm = self.firms.get(sender)
        if firm is None:
            raise Refused({"not_admitted"})
        charged, reasons = self.charge(a["lines"])
        total = sum(c.amount + c.tax for c in charged)
        tax = sum(c.tax for c in charged)
        holder = a.get("holder")
        month = self.today[:7]
        count, amount = self.usage.get((sender, month), (0, 0))
        quota = firm["quota"]
        checks = {
            "enterprise_frozen": firm["frozen"],
            "admission_expired": bool(firm["until"]) and firm["until"] < self.today,
            "category_not_admitted": a["category"] not in firm["categories"],
            "tax_total_wrong": tax != a["tax_fen"],
            "total_wrong": total != a["total_fen"],
            "member_unknown": holder is not None and holder not in self.members,
            "holder_not_consumer": holder in self.members and not self.has_role(holder, "consumer"),
            "payment_already_invoiced": (sender, a["payment_reference"]) in self.payments,
            "over_quota_invoice": total > quota["per_invoice_fen"],
            "over_quota_count": count >= quota["monthly_count"],
            "over_quota_amount": amount + total > quota["monthly_amount_fen"],
        }
        reasons |= {name for name, applies in checks.items() if applies}
        if reasons:
            raise Refused(reasons)
        name = self.next_number(False)
        self.usage[(sender, month)] = (count + 1, amount + total)
        self.payments[(sender, a["payment_reference"])] = name
        self.invoices[name] = {
            "seller": sender, "buyer": a["buyer"], "holder": holder or a["buyer"],
            "status": "issued", "transfers": 0, "total": total, "tax": tax, "lines": charged,
            "digest": a["content_digest"], "payment": a["payment_reference"], "date": self.today,
            "agreed": None, "booked": False, "red_of": None}
        return {"code": name[0], "number": name[1], "date": self.today}

    # ---- in the hands of holder and buyer -----------------------------------------------------

    def transfer(self, sender, a):
        if sender not in self.members:
            raise Refused({"member_unknown"})
        invoice = self.find(a)
        refuse_if({"not_holder": invoice["holder"] != sender,
                   status_reason(invoice): invoice["status"] not in FREE,
                   "member_unknown": a["to"] not in self.members,
                   "transfer_to_holder": a["to"] == invoice["holder"]})
        invoice["holder"], invoice["status"] = a["to"], "transferred"
        invoice["transfers"] += 1

    def bought(self, sender, a):
        self.need_role(sender, "enterprise")
        invoice = self.find(a)
        refuse_if({"not_buyer": invoice["buyer"] != sender})
        return invoice

    def lock(self, sender, a):
        invoice = self.bought(sender, a)
        refuse_if({status_reason(invoice): invoice["status"] not in FREE,
                   "claim_not_held": invoice["holder"] != sender,
                   "buyer_abnormal": self.firms.get(sender, {}).get("abnormal", False),
                   "claim_differs": a["content_digest"] != invoice["digest"]})
        invoice["status"] = "locked"

    def unlock(self, sender, a):
        invoice = self.bought(sender, a)
        refuse_if({status_reason(invoice): invoice["status"] != "locked"})
        invoice["status"] = "transferred" if invoice["transfers"] else "issued"
        invoice["agreed"] = None

    def book(self, sender, a):
        invoice = self.bought(sender, a)
        refuse_if({status_reason(invoice): invoice["status"] != "locked"})
        invoice["status"], invoice["booked"] = "booked", True

    def left(self, invoice):
        return sum(line.left_amount + line.left_tax for line in invoice["lines"])

    def confirm_red(self, sender, a):
        invoice = self.bought(sender, a)
        refuse_if({"red_confirmation_not_needed": invoice["status"] not in CLAIMED,
                   "agreed_total_wrong": not 0 < a["total_fen"] <= self.left(invoice)})
        invoice["agreed"] = a["total_fen"]

    # ---- reversal -----------------------------------------------------------------------------

    def reversal_reasons(self, lines, reversals):
        reasons, seen = set(), 0
        for r in reversals:
            number, amount, tax = r["line"], r["amount_fen"], r["tax_fen"]
            if not seen < number <= len(lines) or lines[number - 1].amount == 0:
                return reasons | {"red_line_unknown"}
            seen, line = number, lines[number - 1]
            if amount <= 0 or tax < 0:
                reasons.add("red_amount_not_positive")
            elif amount > line.left_amount or tax > line.left_tax:
                reasons.add("red_exceeds_blue")
            elif amount == line.left_amount:
                if tax != line.left_tax:
                    reasons.add("red_tax_wrong")
            elif abs(off_by(amount, tax, line.rate)) > LINE_TOLERANCE or abs(
                    off_by(line.left_amount - amount, line.left_tax - tax, line.rate)
            ) > LINE_TOLERANCE:
                reasons.add("red_tax_wrong")
        return reasons

    def red_letter(self, sender, a):
        self.need_role(sender, "enterprise")
        invoice = self.find(a)
        if invoice["red_of"]:
            refuse_if({"not_issuer": invoice["seller"] != sender, "red_of_red": True})
        is_claimed = invoice["status"] in CLAIMED
        reversals = a["lines"] or [
            {"line": i, "amount_fen": line.left_amount, "tax_fen": line.left_tax}
            for i, line in enumerate(invoice["lines"], 1) if line.left_amount]
        total = sum(r["amount_fen"] + r["tax_fen"] for r in reversals)
        reasons = self.reversal_reasons(invoice["lines"], reversals)
        checks = {
            "not_issuer": invoice["seller"] != sender,
            "invoice_reversed": self.left(invoice) == 0,
            "red_needs_confirmation": is_claimed and invoice["agreed"] is None,
            "red_differs_from_agreed": invoice["agreed"] not in (None, total),
        }
        reasons |= {name for name, applies in checks.items() if applies}
        if reasons:
            raise Refused(reasons)
        name = self.next_number(True)
        tax = sum(r["tax_fen"] for r in reversals)
        for r in reversals:
            line = invoice["lines"][r["line"] - 1]
            line.left_amount -= r["amount_fen"]
            line.left_tax -= r["tax_fen"]
        invoice["agreed"] = None
        self.red_letters += 1
        if self.left(invoice) == 0:
            invoice["status"] = "red_after_book" if is_claimed else "red"
            del self.payments[(invoice["seller"], invoice["payment"])]
            if invoice["date"][:7] == self.today[:7]:
                key = (invoice["seller"], self.today[:7])
                count, amount = self.usage[key]
                self.usage[key] = (count - 1, amount - invoice["total"])
        self.invoices[name] = {
            "seller": invoice["seller"], "buyer": invoice["buyer"], "holder": "",
            "status": "red_letter", "transfers": 0, "total": -total, "tax": -tax, "lines": [],
            "digest": invoice["digest"], "payment": invoice["payment"], "date": self.today,
            "agreed": None, "booked": False, "red_of": (a["code"], a["number"])}
        return {"code": name[0], "number": name[1], "date": self.today}

    def void(self, sender, a):
        raise Refused({"no_void_use_red"})

    # ---- what can be asked --------------------------------------------------------------------

    def statistics(self):
        blue = [i for i in self.invoices.values() if not i["red_of"]]
        left = [(i, self.left(i)) for i in blue]
        standing = [(i, l) for i, l in left if l]
        return {
            "issued_count": len(blue), "issued_fen": sum(i["total"] for i in blue),
            "red_count": len(blue) - len(standing),
            "red_fen": sum(i["total"] - l for i, l in left),
            "booked_count": sum(1 for i, l in standing if i["booked"]),
            "booked_fen": sum(l for i, l in left if i["booked"]),
            "outstanding_count": sum(1 for i, l in standing if not i["booked"]),
            "outstanding_fen": sum(l for i, l in left if not i["booked"]),
            "red_letter_count": self.red_letters,
        }
