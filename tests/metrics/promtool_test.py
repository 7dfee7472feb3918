"""Prometheus' own linter judges what a node tells at /metrics while a scenario runs.

Usage: promtool_test.py CITYLEDGER SCENARIO
Ends with 77 (skipped) where promtool is not installed."""

import json
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

SKIPPED = 77


def run(program, scenario, folder):
    network = Path(folder) / "network"

    def command(*words):
        done = subprocess.run([program, *words], capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise AssertionError(f"{words}: {done.stdout}{done.stderr}")

    command("up", "--dir", str(network), "--scenario", scenario)
    try:
        command("replay", "--world", "remote", "--network", str(network), "--quiet", scenario)
        node = json.loads((network / "network.json").read_text())["nodes"][0]
        with urllib.request.urlopen(f"http://127.0.0.1:{node['http_port']}/metrics") as answer:
            text = answer.read()
    finally:
        subprocess.run([program, "down", "--dir", str(network)], capture_output=True, timeout=60)
    judged = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True,
                            timeout=60)
    complaints = (judged.stdout + judged.stderr).decode()
    if judged.returncode != 0 or complaints:
        raise AssertionError(f"promtool ends with {judged.returncode}: {complaints}")
    events = [line for line in text.decode().splitlines()
              if line.startswith("cityledger_contract_events_total") and not line.endswith(" 0")]
    if not events:
        raise AssertionError("the scenario's events were not counted")
    return len(text.splitlines()), len(events)


def main():
    program, scenario = sys.argv[1:]
    if shutil.which("promtool") is None:
        print("skipped: promtool is not installed (scripts/setup packages-ci.txt)")
        return SKIPPED
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        lines, events = run(program, scenario, folder)
    print(f"promtool has no complaint about {lines} lines; {events} kinds of events were counted")
    return 0


if __name__ == "__main__":
    sys.exit(main())
