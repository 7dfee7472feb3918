"""Do the verifier of CityLedger and checker.py agree on proofs and forgeries?

agree.py DRIVER [--count N] [--seed S]: 0 if they do on each."""

import argparse
import collections
import json
import subprocess
import sys

sys.dont_write_bytecode = True  # nothing is left in the tree of sources
import checker  # noqa: E402


def judged(proof, genesis):
    try:
        checker.verify(proof, genesis)
    except checker.Wrong as problem:
        return str(problem)
    return "holds"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("driver")
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    command = [options.driver, str(options.count), str(options.seed)]
    lines = subprocess.run(command, check=True, capture_output=True).stdout.splitlines()
    genesis, seen, held = None, 0, collections.Counter()
    for line in map(json.loads, lines):
        if "genesis" in line:
            genesis = line["genesis"]
            continue
        seen += 1
        verdict = judged(line["proof"], genesis)
        if (verdict == "holds") != (line["verdict"] == "holds"):
            sys.exit(f"proof {seen} of seed {options.seed} ({line['kind']}): CityLedger says "
                     f"{line['verdict']}, the checker {verdict}\n{json.dumps(line['proof'])}")
        if checker.proof_fields(line["proof"]).hex() != line["binary"]:
            sys.exit(f"proof {seen} of seed {options.seed}: two encodings")
        held[line["kind"]] += line["verdict"] == "holds"
    if seen != options.count or held["honest"] == 0:
        sys.exit(f"{seen} proofs of {options.count}, {held['honest']} honest ones held")
    print(f"{seen} proofs, {sum(held.values())} held, both agree on each")


main()
