"""A checker of proof files, written from docs/formats.md alone: it shares no code with CityLedger.

`python3 checker.py PROOF.json GENESIS.json` prints what the proof shows; Wrong says why not."""

import hashlib
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

GROUP_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
VOTE_KINDS = ["notarize", "nullify", "finalize"]
SPACES = ["system", "business", "derived"]


class Wrong(Exception):
    pass


def need(condition, why):
    if not condition:
        raise Wrong(why)


# ---- section 1: the encoding ---------------------------------------------------------------------


def number(bits):
    return lambda value: value.to_bytes(bits // 8, "little")


u8, u16, u32, u64 = number(8), number(16), number(32), number(64)


def fixed(size):
    def write(value):
        raw = bytes.fromhex(value)
        need(len(raw) == size, "a fixed field has another size")
        return raw

    return write


digest, key, signature, nonce = fixed(32), fixed(33), fixed(64), fixed(16)


def octets(value):
    raw = bytes.fromhex(value)
    return u32(len(raw)) + raw


def text(value):
    raw = value.encode()
    return u32(len(raw)) + raw


def many(element):
    return lambda values: u32(len(values)) + b"".join(element(value) for value in values)


def maybe(element):
    return lambda value: b"\0" if value is None else b"\1" + element(value)


def one_of(names):
    return lambda name: u8(names.index(name))


def record(**fields):
    return lambda value: b"".join(write(value.get(name)) for name, write in fields.items())


validator = record(name=text, public_key=key)
genesis_fields = record(
    version=u32, name=text, suite=one_of(["standard", "simulation"]), engine=one_of(["simplex"]),
    view_timing=record(base_ms=u32, growth_percent=u32, cap_ms=u32), salt=nonce,
    authority=digest, validators=many(validator), keys=many(record(member=text, public_key=key)),
    business=text)
body = record(
    chain_id=digest, sender=text, sender_key=key, nonce=nonce, expires_at_height=u64,
    operations=many(record(contract=text, method=text, arguments=octets)))
vote_content = record(kind=one_of(VOTE_KINDS), epoch=u64, view=u64, block=digest)
certificate_fields = record(
    content=vote_content, signers=many(record(validator=u16, signature=signature)))
header_fields = record(
    version=u32, epoch=u64, height=u64, parent=digest,
    executed=record(height=u64, system_root=digest, business_root=digest, receipts_root=digest),
    covering_certificate=digest, batch_count=u32, batches_root=digest,
    next_validators=maybe(many(validator)))
receipt_fields = record(
    transaction=digest, height=u64, index=u32, code=u16,
    operations=many(record(code=u16, result=octets,
                           events=many(record(name=text, subject=text)))))
state_claim = record(
    entry=record(space=one_of(SPACES), key=text, value=maybe(octets)),
    path=record(count=u64, steps=many(record(bit=u32, sibling=digest)),
                neighbour=maybe(record(key=text, value_hash=digest))))
receipt_claim = record(
    transaction=maybe(body), receipt=receipt_fields, count=u64, siblings=many(digest),
    root_before=digest, later_list_roots=many(digest))
proof_fields = record(
    version=u32, chain_id=digest, state=maybe(state_claim), receipt=maybe(receipt_claim),
    headers=many(header_fields), certificate=certificate_fields)


# ---- section 2: hashes ---------------------------------------------------------------------------


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def signed_bytes(tag, chain, encoding):
    return text(tag) + chain + encoding


def chain_hash(tag, chain, encoding):
    return sha256(signed_bytes(tag, chain, encoding))


def chain_id_of(genesis):
    compact = json.dumps(genesis["business"], sort_keys=True, separators=(",", ":"),
                         ensure_ascii=False)
    return sha256(text("cityledger.genesis.v1"), genesis_fields({**genesis, "business": compact}))


# ---- section 11 ----------------------------------------------------------------------------------


def check_headers(headers, chain):
    need(headers, "no header")
    for before, header in zip([None] + headers, headers):
        need(header["epoch"] == 0, "another epoch")
        need(header.get("next_validators") is None, "a closed epoch")
        if before is None:
            continue
        parent = chain_hash("cityledger.block.v1", chain, header_fields(before))
        need(header["height"] == before["height"] + 1, "a gap between headers")
        need(bytes.fromhex(header["parent"]) == parent, "another parent")


def bits_of(name):
    return "".join("1" + format(byte, "08b") for byte in name.encode()) + "0"


def check_state(claim, executed):
    entry, path = claim["entry"], claim["path"]
    space = SPACES.index(entry["space"])
    need(space < 2, "a space that is not hashed")
    tag = text("cityledger.state.v1") + u8(space)
    value, neighbour = entry.get("value"), path.get("neighbour")
    need(len(entry["key"].encode()) <= 128, "a long key")
    if path["count"] == 0:
        need(value is None and neighbour is None and not path["steps"], "a path of an empty tree")
        top = bytes(32)
    else:
        need((value is None) == (neighbour is not None), "neighbour and absence")
        need(len(path["steps"]) < path["count"], "more steps than keys")
        if value is None:
            leaf_key, value_hash = neighbour["key"], bytes.fromhex(neighbour["value_hash"])
            need(leaf_key != entry["key"], "the neighbour is the key")
            need(len(leaf_key.encode()) <= 128, "a long neighbour")
        else:
            leaf_key, value_hash = entry["key"], sha256(bytes.fromhex(value))
        leaf_bits, last = bits_of(leaf_key), -1
        for step in path["steps"]:
            need(last < step["bit"] < len(leaf_bits), "bits that do not ascend")
            last = step["bit"]
        if value is None:
            pairs = zip(leaf_bits, bits_of(entry["key"]))
            first = next(at for at, (a, b) in enumerate(pairs) if a != b)
            need(all(step["bit"] != first for step in path["steps"]), "room for the key")
        top = sha256(tag, b"\0", text(leaf_key), value_hash)
        for step in reversed(path["steps"]):
            sibling = bytes.fromhex(step["sibling"])
            pair = (sibling, top) if leaf_bits[step["bit"]] == "1" else (top, sibling)
            top = sha256(tag, b"\1", u32(step["bit"]), *pair)
    root = sha256(tag, b"\2", u64(path["count"]), top)
    need(root.hex() == executed[entry["space"] + "_root"], "another state root")


def list_root_of(tag, leaf, index, count, siblings):
    need(index < count, "a place outside the list")
    tag, siblings = text(tag), [bytes.fromhex(sibling) for sibling in siblings]
    top, width = sha256(tag, b"\0", leaf), count
    while width > 1:
        if index ^ 1 < width:
            need(siblings, "too few siblings")
            sibling = siblings.pop(0)
            top = sha256(tag, b"\1", *((sibling, top) if index % 2 else (top, sibling)))
        index, width = index // 2, (width + 1) // 2
    need(not siblings, "too many siblings")
    return sha256(tag, b"\2", u64(count), top)


def check_receipt(claim, executed):
    receipt = claim["receipt"]
    later = [bytes.fromhex(root) for root in claim["later_list_roots"]]
    need(receipt["height"] > 0, "height 0 has no receipts")
    need(executed["height"] - receipt["height"] == len(later), "another height")
    if claim.get("transaction") is not None:
        chain = bytes.fromhex(claim["transaction"]["chain_id"])
        name = chain_hash("cityledger.transaction.v1", chain, body(claim["transaction"]))
        need(name.hex() == receipt["transaction"], "another transaction")
    root = bytes.fromhex(claim["root_before"])
    first = list_root_of("cityledger.receipts.v1", receipt_fields(receipt), receipt["index"],
                         claim["count"], claim["siblings"])
    for list_root in [first] + later:
        root = sha256(text("cityledger.receipts-chain.v1"), root, list_root)
    need(root.hex() == executed["receipts_root"], "another receipts root")


def check_certificate(certificate, last, chain, validators):
    content, signers = certificate["content"], certificate["signers"]
    need(content["kind"] == "finalize" and content["epoch"] == 0, "no finalization")
    name = chain_hash("cityledger.block.v1", chain, header_fields(last))
    need(bytes.fromhex(content["block"]) == name, "a certificate of another block")
    need(len(signers) >= len(validators) - (len(validators) - 1) // 3, "too few signers")
    message = signed_bytes("cityledger.vote.v1", chain, vote_content(content))
    before = -1
    for signer in signers:
        need(before < signer["validator"] < len(validators), "signers out of order")
        before = signer["validator"]
        raw = bytes.fromhex(signer["signature"])
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        need(s <= GROUP_ORDER // 2, "a high s")
        public = ec.EllipticCurvePublicKey.from_encoded_point(
            ec.SECP256R1(), bytes.fromhex(validators[before]["public_key"]))
        try:
            public.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature as problem:
            raise Wrong("a signature") from problem


def verify(proof, genesis):
    """What the proof shows; Wrong if it shows nothing."""
    need(genesis["suite"] == "standard", "signatures that anybody can make")
    chain = chain_id_of(genesis)
    need(proof["version"] == 1, "another version")
    need(bytes.fromhex(proof["chain_id"]) == chain, "another chain")
    state, receipt = proof.get("state"), proof.get("receipt")
    need((state is None) != (receipt is None), "not exactly one claim")
    check_headers(proof["headers"], chain)
    executed = proof["headers"][0]["executed"]
    if state is not None:
        check_state(state, executed)
    else:
        check_receipt(receipt, executed)
    check_certificate(proof["certificate"], proof["headers"][-1], chain, genesis["validators"])
    return state["entry"] if state is not None else receipt["receipt"]


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


if __name__ == "__main__":
    try:
        print(json.dumps(verify(load(sys.argv[1]), load(sys.argv[2])), indent=2,
                         ensure_ascii=False))
    except Wrong as problem:
        sys.exit(f"the proof does not hold: {problem}")
