#!/usr/bin/env python3
"""The model must disagree with a contract that is wrong: each bug below is put into a copy of one
source, compiled beside the driver, and found by a random walk.

  planted.py BUILD_FOLDER [--actions N]      exit 1 if a bug is not found, or no longer fits the source
"""
import argparse
import json
import pathlib
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
INVOICE = HERE.parent.parent / "ledger" / "contracts" / "invoice"

# what is wrong, source, right text, wrong text
BUGS = [
    ("a line tolerates seven fen", "lines.cpp",
     "return std::abs(deviation) <= k_basis_points_of_one * static_cast<std::int64_t>(tolerance_fen);",
     "return std::abs(deviation) <= k_basis_points_of_one * static_cast<std::int64_t>(tolerance_fen + 1);"),
    ("a reversal may leave any tax", "lines.cpp",
     "is_within(deviation(amount_left, tax_left, rate), tolerance_fen)", "true"),
    ("the last of a line may leave tax", "lines.cpp",
     "is_whole ? tax_left == 0", "is_whole ? true"),
    ("a discount may exceed its line", "lines.cpp",
     "if (amount < 0 || tax < 0 || (amount == 0 && tax != 0)) {", "if (tax < 0) {"),
    ("a line is reversed twice", "lines.cpp",
     "place->amount_fen += reversal.amount_fen;", ""),
    ("13 % a month early", "tax_rates.cpp",
     'k_first_day_of_13_and_9 = "2019-04-01"', 'k_first_day_of_13_and_9 = "2019-03-01"'),
    ("who reads the digest can claim", "claim.cpp",
     "if (record->holder != context.sender()) {", "if (record->holder.empty()) {"),
    ("a booked invoice is claimed again", "claim.cpp",
     "return record.status == InvoiceStatus::issued || record.status == InvoiceStatus::transferred;",
     "return record.status != InvoiceStatus::locked && record.status != InvoiceStatus::red &&\n"
     "           record.status != InvoiceStatus::red_letter;"),
    ("an unlock keeps the agreement", "claim.cpp",
     "record->red_agreed_fen.reset();", ""),
    ("the agreed sum is not looked at", "red.cpp",
     "*blue.red_agreed_fen != taken.sums.total_fen()", "*blue.red_agreed_fen < 0"),
    ("a payment stays taken after a full reversal", "red.cpp",
     "if (remaining_fen(*blue) == 0) {\n        context.erase", "if (remaining_fen(*blue) < 0) {\n        context.erase"),
    ("the quota of the month counts one less", "admission.cpp",
     "before.count >= quota.monthly_count", "before.count > quota.monthly_count"),
    ("quota comes back in any month", "admission.cpp",
     "if (!gives_back || month != month_key(today)) return;", "if (!gives_back) return;"),
    ("an expired admission issues for a day more", "issue.cpp",
     "*admission->valid_until < today", "next_day(*parse_date(*admission->valid_until)) < *parse_date(today)"),
    ("the new year goes on with the old numbers", "invoice.cpp",
     "series.year != 0 && series.year != date->year", "series.year == 1"),
]


def commands(build):
    compiled = {pathlib.Path(entry["file"]).name: entry
                for entry in json.loads((build / "compile_commands.json").read_text())
                if "/ledger/contracts/invoice/" in entry["file"]}
    told = subprocess.run(["ninja", "-C", str(build), "-t", "commands", "model_driver"],
                          check=True, capture_output=True, text=True).stdout
    link = [line for line in told.splitlines() if "-o tests/model_driver" in line][-1]
    return compiled, link


def build_with(build, compiled, link, folder, bug):
    _, name, right, wrong = bug
    text = (INVOICE / name).read_text()
    if text.count(right) != 1:
        sys.exit(f"planted.py: '{bug[0]}': its text stands {text.count(right)} times in {name}")
    source, target = folder / name, folder / (name + ".o")
    source.write_text(text.replace(right, wrong))
    entry = compiled[name]
    words = [w for w in shlex.split(entry["command"]) if w not in (entry["file"], "-c")]
    words[words.index("-o") + 1] = str(target)
    subprocess.run(words + ["-w", "-c", str(source)], check=True, cwd=build)
    driver = folder / "driver"
    line = link.replace("-o tests/model_driver", f"-o {driver} {target}")
    subprocess.run(["sh", "-c", line], check=True, cwd=build)
    return driver


def is_found(driver, actions):
    for seed in range(1, 6):
        walk = [sys.executable, str(HERE / "agree.py"), str(driver), "--actions", str(actions),
                "--seed", str(seed)]
        done = subprocess.run(walk, capture_output=True, text=True)
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["the driver stopped"])[-1]
    return ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--actions", type=int, default=25_000)
    options = parser.parse_args()
    compiled, link = commands(options.build)
    missed = []
    for bug in BUGS:
        with tempfile.TemporaryDirectory() as folder:
            driver = build_with(options.build, compiled, link, pathlib.Path(folder), bug)
            found = is_found(driver, options.actions)
        print(f"{bug[0]}: {found[:160] if found else 'NOT FOUND'}", flush=True)
        if not found:
            missed.append(bug[0])
    if missed:
        sys.exit(f"not found: {', '.join(missed)}")
    print(f"all {len(BUGS)} found")


if __name__ == "__main__":
    main()
