"""A WebSocket client of another make (Python's websockets) follows /events while a scenario runs: every
block in order and without a gap, the same again from any height, and the same as GET /receipts tells. It
shows no pass: it hears how many operations there were, of nobody.

Usage: follow_test.py CITYLEDGER SCENARIO
Ends with 77 (skipped) where python3-websockets is not installed."""

import asyncio
import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

try:
    import websockets
except ImportError:
    websockets = None

SKIPPED = 77
WANTED = {"invoice.issue", "invoice.red_letter", "invoice.book"}


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


async def read_messages(url, first, last):
    """The messages of these heights, by one connection."""
    messages = []
    async with websockets.connect(f"{url}?from={first}", max_size=None) as socket:
        while len(messages) <= last - first:
            text = await asyncio.wait_for(socket.recv(), 30)
            expect(isinstance(text, str), "a text message")
            messages.append(json.loads(text))
    return messages


async def follow(url, network, command):
    """From block 1 on, beside a program that makes blocks, until it has ended and no more come."""
    seen = []
    done = set()
    async with websockets.connect(f"{url}?from=1", max_size=None) as socket:
        program = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL,
                                                       stderr=subprocess.DEVNULL)
        while True:
            ended = program.returncode is not None
            try:
                message = json.loads(await asyncio.wait_for(socket.recv(), 2))
            except asyncio.TimeoutError:
                if ended:
                    break
                continue
            seen.append(message)
            expect(message["block"]["height"] == len(seen), "heights without a gap")
            done |= {tally["contract"] + "." + tally["operation"] for tally in message["operations"]
                     if tally["code_name"] == "ok"}
        expect(await program.wait() == 0, "the scenario failed")
    expect(WANTED <= done, f"not told: {WANTED - done}")
    return seen


async def refused(url, status, **options):
    try:
        async with websockets.connect(url, **options):
            raise AssertionError(f"{url} {options} was taken")
    except websockets.InvalidStatusCode as refusal:
        expect(refusal.status_code == status, f"{refusal.status_code} instead of {status}")


async def run(program, scenario, network, node):
    place = f"127.0.0.1:{node['http_port']}"
    url = f"ws://{place}/events"
    seen = await follow(url, network, [program, "replay", "--world", "remote", "--network",
                                       str(network), "--quiet", scenario])
    middle = len(seen) // 2
    again = await read_messages(url, middle, len(seen))
    expect(again == seen[middle - 1:], "the same messages from the middle on")

    blocks = []
    while len(blocks) < len(seen):
        with urllib.request.urlopen(f"http://{place}/receipts?from={len(blocks) + 1}") as answer:
            blocks += json.load(answer)["blocks"]
    expect([message["block"] for message in seen] == blocks[:len(seen)], "what GET /receipts tells")
    for message in seen:
        receipts = message["block"]["receipts"]
        expect(not message["transactions"] and message["others"] == len(receipts),
               f"the transactions of height {message['block']['height']}")
        counted = sum(tally["count"] for tally in message["operations"])
        ended = sum(receipt["operations_ok"] + sum(tally["count"] for tally in receipt["refused"])
                    for receipt in receipts)
        expect(counted == ended, f"the operations of height {message['block']['height']}")

    await refused(f"{url}?from=0", 400)
    await refused(f"{url}?from=1", 403, origin="http://other.example")
    try:
        urllib.request.urlopen(f"http://{place}/events").close()
        raise AssertionError("/events was answered without WebSocket")
    except urllib.error.HTTPError as refusal:
        expect(refusal.code == 426, f"{refusal.code} instead of 426")
    return len(seen)


def main():
    program, scenario = sys.argv[1:]
    if websockets is None:
        print("skipped: python3-websockets is not installed (scripts/setup packages-ci.txt)")
        return SKIPPED
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        network = Path(folder) / "network"
        done = subprocess.run([program, "up", "--dir", str(network), "--scenario", scenario],
                              capture_output=True, text=True, timeout=120)
        expect(done.returncode == 0, f"up: {done.stdout}{done.stderr}")
        try:
            node = json.loads((network / "network.json").read_text())["nodes"][0]
            blocks = asyncio.run(run(program, scenario, network, node))
        finally:
            subprocess.run([program, "down", "--dir", str(network)], capture_output=True, timeout=60)
    print(f"{blocks} blocks were followed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
