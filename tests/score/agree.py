"""Does the contract count what the operations and events of the chain tell?

agree.py DRIVER SCENARIO MONTH...: 0 if the scores of all departments and months are equal. Counts
from receipts alone, by the words of docs/contracts.md; knows nothing of the contract's code."""

import collections
import datetime
import json
import subprocess
import sys


ESCALATE_DAYS = 5  # as in the genesis of the scenario


class Chain:
    """What the receipts of the chain tell, one operation after the other."""

    def __init__(self, calendar):
        self.calendar = calendar
        self.today = datetime.date.fromisoformat(calendar["first_day"])
        self.scores = collections.defaultdict(collections.Counter)  # by (department, month)
        self.owner = {}  # of entries, tables, systems
        self.requests, self.objections = {}, {}  # id -> {"requester", "provider"}
        self.waiting = {}  # id -> last days, by the field that their close counts in
        self.suspect, self.departments = set(), set()

    def month(self):
        return self.today.isoformat()[:7]

    def add(self, department, field, month=None):
        self.scores[department, month or self.month()][field] += 1

    def following(self, day):
        """The next business day."""
        day += datetime.timedelta(days=1)
        holidays = self.calendar.get("holidays", [])
        while (day.weekday() >= 5 and not self.calendar.get("weekends")) or (
                day.isoformat() in holidays):
            day += datetime.timedelta(days=1)
        return day

    def wait(self, subject, due_date):
        """Closes tell of so many silences only, so the last day is remembered instead."""
        escalation = datetime.date.fromisoformat(due_date)
        for _ in range(ESCALATE_DAYS):
            escalation = self.following(escalation)
        self.waiting[subject] = {"overdue": due_date, "escalated": escalation.isoformat()}

    def answered(self, subject):
        """What waited has its end: its silence is the provider's."""
        kind = self.requests if subject in self.requests else self.objections
        for field, last_day in self.waiting.pop(subject, {}).items():
            if last_day < self.today.isoformat():
                self.add(kind[subject]["provider"], field, last_day[:7])

    def at_end(self):
        for subject in list(self.waiting):
            self.answered(subject)

    def event(self, name, subject):
        if name in ("directory.approved", "directory.refused", "directory.closed",
                      "directory.objection_withdrawn", "directory.objection_rejected"):
            self.answered(subject)
        elif name == "directory.locked":
            self.add(self.owner[subject], "entries_locked")
        elif name == "directory.table_suspect" and subject not in self.suspect:
            self.suspect.add(subject)
            self.add(self.owner[subject], "schema_alarms")
        elif name in ("directory.table_sound", "directory.table_changed",
                      "directory.table_retired"):
            self.suspect.discard(subject)

    def operation(self, sender, done):
        for name, subject in done["events"]:
            self.event(name, subject)
        if done["method"] == "countersign_close":
            self.today = self.following(self.today)
        handler = getattr(self, "do_" + done["method"], None)
        if done["contract"] == "directory" and handler:
            handler(sender, done["arguments"], done["result"])

    def do_register_responsibility(self, sender, arguments, result):
        self.departments.add(sender)

    def do_register_directory(self, sender, arguments, result):
        self.owner[result["id"]] = sender
        self.add(sender, "entries_registered")

    def do_apply_change(self, sender, arguments, result):
        self.add(self.owner[arguments["directory"]], "entries_changed")

    def do_register_table(self, sender, arguments, result):
        self.owner[result["id"]] = sender
        self.add(sender, "tables_registered")

    def do_request(self, sender, arguments, result):
        provider = self.owner[arguments["directory"]]
        self.requests[result["id"]] = {"requester": sender, "provider": provider}
        self.add(provider, "requests_received")
        if result["status"] == "pending":
            self.wait(result["id"], result["due_date"])

    def do_approve(self, sender, arguments, result):
        self.add(sender, "answered_late" if result["late"] else "answered_in_time")

    do_refuse = do_approve

    def do_deliver(self, sender, arguments, result):
        self.add(sender, "deliveries")

    def do_acknowledge(self, sender, arguments, result):
        if not result["matched"]:
            self.add(self.requests[arguments["request"]]["provider"], "digests_differed")

    def do_object(self, sender, arguments, result):
        provider = self.requests[arguments["request"]]["provider"]
        self.objections[result["id"]] = {"requester": sender, "provider": provider}
        self.add(provider, "objections_received")
        self.wait(result["id"], result["due_date"])

    def objection_answered(self, sender, arguments, result, field):
        self.answered(arguments["objection"])
        self.add(sender, field)
        if result["late"]:
            self.add(sender, "objections_late")

    def do_correct_delivery(self, sender, arguments, result):
        self.add(sender, "deliveries")
        self.objection_answered(sender, arguments, result, "objections_corrected")

    def do_reject_objection(self, sender, arguments, result):
        self.objection_answered(sender, arguments, result, "objections_rejected")

    def do_decide_reform(self, sender, arguments, result):
        if result["left"] != 0:
            sys.exit("a reform in parts: its receipts do not tell which records passed")
        old, new = arguments["department"], arguments["successor"]
        self.departments.add(new)
        for subject, department in self.owner.items():
            if department == old:
                self.owner[subject] = new
        for sides in (*self.requests.values(), *self.objections.values()):
            for side in ("requester", "provider"):
                if sides[side] == old:
                    sides[side] = new


def main():
    lines = subprocess.run(sys.argv[1:], check=True, capture_output=True).stdout.splitlines()
    chain, compared, counted = None, 0, 0
    for line in map(json.loads, lines):
        if "calendar" in line:
            chain = Chain(line["calendar"])
        elif "sender" in line:
            for done in line["operations"]:
                if done["ok"]:
                    chain.operation(line["sender"], done)
        else:
            chain.at_end()
            if [score["department"] for score in line["scores"]] != sorted(chain.departments):
                sys.exit(f"{line['month']}: other departments than {sorted(chain.departments)}")
            for score in line["scores"]:
                own = chain.scores[score.pop("department"), score.pop("month")]
                for field, value in score.items():
                    if value != own[field]:
                        sys.exit(f"{line['month']} {score}: the contract counts {value} of "
                                 f"{field}, the receipts tell {own[field]}: {dict(own)}")
                    compared += 1
                    counted += value
    months = len(sys.argv) - 3
    if compared == 0 or counted != sum(
            sum(score.values()) for (_, month), score in chain.scores.items()
            if month in sys.argv[3:]):
        sys.exit("the receipts tell of fields that no score has")
    print(f"{compared} figures of {months} months are equal; they count {counted}")


main()
