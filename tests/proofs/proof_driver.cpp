// Proofs and forgeries for a checker in another language, a line of JSON each:
//   {"genesis": {...}}                                       of the proofs that follow
//   {"kind": K, "proof": {...}, "binary": HEX, "verdict": CODE or "holds"}
// Usage: proof_driver COUNT SEED

#include <charconv>
#include <cstdio>
#include <functional>

#include "tests/ledger/proof_chain.hpp"

namespace {

using namespace cityledger;
using namespace cityledger::ledger;
using testing::ProofChain;

constexpr std::size_t k_proofs_of_a_chain = 40;

template <class T>
void flip(T& list_of_bytes, std::uint64_t at) {
    list_of_bytes[at % list_of_bytes.size()] ^= 1;
}

/// The other signature that the same key could have made: (r, n - s) verifies wherever (r, s) does.
void negate_s(crypto::Signature& signature) {
    const Bytes order =
        *from_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    int borrow = 0;
    for (std::size_t i = order.size(); i-- > 0;) {
        const int digit = order[i] - signature.bytes[32 + i] - borrow;
        borrow = digit < 0 ? 1 : 0;
        signature.bytes[32 + i] = static_cast<std::uint8_t>(digit + 256 * borrow);
    }
}

struct Forgery {
    const char* kind;
    std::function<void(ProofChain&, Proof&)> forge;
};

const std::vector<Forgery>& forgeries() {
    static const std::vector<Forgery> all = {
        {"honest", [](ProofChain&, Proof&) {}},
        {"signer twice",
         [](ProofChain&, Proof& proof) {
             proof.certificate.signers[1] = proof.certificate.signers[0];
         }},
        {"too few signers",
         [](ProofChain& chain, Proof& proof) {
             chain.sign(proof.certificate, chain.quorum() - 1);
         }},
        {"more signers than needed",
         [](ProofChain& chain, Proof& proof) { chain.sign(proof.certificate, chain.keys.size()); }},
        {"certificate of another block",
         [](ProofChain& chain, Proof& proof) {
             proof.certificate = chain.certify(chain.headers[0], chain.quorum());
         }},
        {"notarization",
         [](ProofChain& chain, Proof& proof) {
             proof.certificate.content.kind = VoteKind::notarize;
             chain.sign(proof.certificate, chain.quorum());
         }},
        {"other epoch in the certificate",
         [](ProofChain& chain, Proof& proof) {
             proof.certificate.content.epoch = 1;
             chain.sign(proof.certificate, chain.quorum());
         }},
        {"other epoch in the headers",
         [](ProofChain& chain, Proof& proof) {
             proof.headers.back().epoch = 1;
             proof.certificate = chain.certify(proof.headers.back(), chain.quorum());
         }},
        {"validators of their own",
         [](ProofChain& chain, Proof& proof) {
             const Bytes message = vote_signing_bytes(proof.certificate.content, chain.chain);
             const auto key = crypto::PrivateKey::generate();
             for (auto& signer : proof.certificate.signers) signer.signature = key.sign(message);
         }},
        {"damaged signature",
         [](ProofChain& chain, Proof& proof) {
             flip(proof.certificate.signers[0].signature.bytes, 32 + chain.draw(32));
         }},
        {"high s",
         [](ProofChain&, Proof& proof) { negate_s(proof.certificate.signers[0].signature); }},
        {"signer out of range",
         [](ProofChain&, Proof& proof) { proof.certificate.signers.back().validator = 99; }},
        {"header left out",
         [](ProofChain&, Proof& proof) {
             if (proof.headers.size() > 2) proof.headers.erase(proof.headers.begin() + 1);
         }},
        {"no header", [](ProofChain&, Proof& proof) { proof.headers.clear(); }},
        {"other root in the header",
         [](ProofChain& chain, Proof& proof) {
             flip(proof.headers.front().executed.business_root.bytes, chain.draw(32));
             flip(proof.headers.front().executed.receipts_root.bytes, chain.draw(32));
         }},
        {"other chain",
         [](ProofChain& chain, Proof& proof) { flip(proof.chain_id.bytes, chain.draw(32)); }},
        {"closes the epoch",
         [](ProofChain& chain, Proof& proof) {
             proof.headers.back().next_validators = chain.genesis.validators;
             proof.certificate = chain.certify(proof.headers.back(), chain.quorum());
         }},
        {"other version", [](ProofChain&, Proof& proof) { proof.version = 2; }},
        {"inner node as leaf",
         [](ProofChain&, Proof& proof) {
             if (proof.state && !proof.state->path.steps.empty()) {
                 proof.state->path.steps.pop_back();
             } else if (proof.receipt && !proof.receipt->siblings.empty()) {
                 proof.receipt->siblings.pop_back();
             }
         }},
        {"present said to be absent",
         [](ProofChain&, Proof& proof) {
             if (!proof.state || !proof.state->entry.value) return;
             const Digest hash = crypto::sha256(*proof.state->entry.value);
             proof.state->path.neighbour = StateNeighbour{proof.state->entry.key, hash};
             proof.state->entry.value.reset();
         }},
        {"absent beside the wrong leaf",
         [](ProofChain& chain, Proof& proof) {
             if (!proof.state || !proof.state->entry.value) return;
             const Digest hash = crypto::sha256(*proof.state->entry.value);
             proof.state->path.neighbour = StateNeighbour{proof.state->entry.key, hash};
             proof.state->entry = {proof.state->entry.space, chain.draw_key(0), std::nullopt};
         }},
        {"other value",
         [](ProofChain&, Proof& proof) {
             if (proof.state && proof.state->entry.value) proof.state->entry.value->push_back(0);
             if (proof.receipt) proof.receipt->receipt.code = 1;
         }},
        {"other space",
         [](ProofChain&, Proof& proof) {
             if (proof.state) proof.state->entry.space = Space::system;
         }},
        {"unhashed space",
         [](ProofChain&, Proof& proof) {
             if (proof.state) proof.state->entry.space = Space::derived;
         }},
        {"other place of the receipt",
         [](ProofChain&, Proof& proof) {
             if (proof.receipt) ++proof.receipt->receipt.index;
         }},
        {"one sibling more",
         [](ProofChain&, Proof& proof) {
             if (proof.receipt) proof.receipt->siblings.emplace_back();
         }},
        {"one height more",
         [](ProofChain&, Proof& proof) {
             if (proof.receipt) proof.receipt->later_list_roots.emplace_back();
         }},
        {"other transaction",
         [](ProofChain&, Proof& proof) {
             if (proof.receipt) proof.receipt->transaction->expires_at_height ^= 1;
         }},
        {"without the transaction",
         [](ProofChain&, Proof& proof) {
             if (proof.receipt) proof.receipt->transaction.reset();
         }},
        {"two claims",
         [](ProofChain& chain, Proof& proof) {
             proof.state = StateClaim{{Space::business, chain.draw_key(0), std::nullopt}, {}};
         }},
        {"no claim",
         [](ProofChain&, Proof& proof) {
             proof.state.reset();
             proof.receipt.reset();
         }},
        // The rest of the draws: any byte, wherever the result still is a proof's encoding.
        {"any byte",
         [](ProofChain& chain, Proof& proof) {
             Bytes bytes = encode(proof);
             const auto at = chain.draw(bytes.size());
             bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1 + chain.draw(255)));
             if (auto changed = decode<Proof>(bytes)) proof = *std::move(changed);
         }},
    };
    return all;
}

/// The receipts of the chain, or a key that is perhaps not there.
Proof draw_proof(ProofChain& chain) {
    const std::uint64_t covered = chain.headers.back().executed.height;
    const std::uint64_t height = chain.draw(covered + 1);
    const std::size_t more = chain.draw(4);
    const auto& receipts = chain.receipts[height];
    if (chain.draw(2) == 0 && !receipts.empty()) {
        const auto index = static_cast<std::uint32_t>(chain.draw(receipts.size()));
        return chain.receipt_proof(height, index, more);
    }
    return chain.state_proof(Space::business, chain.draw_key(height), height, more);
}

void print(const boost::json::value& line) { std::printf("%s\n", compact_json(line).c_str()); }

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count != 3) {
        std::fprintf(stderr, "usage: proof_driver COUNT SEED\n");
        return 2;
    }
    const std::uint64_t count = std::stoull(arguments[1]);
    const std::uint64_t seed = std::stoull(arguments[2]);
    std::optional<ProofChain> chain;
    for (std::uint64_t i = 0; i < count; ++i) {
        if (i % k_proofs_of_a_chain == 0) {
            const std::size_t validators = 1 + (seed + i / k_proofs_of_a_chain) % 10;
            chain.emplace(seed + i, SuiteName::standard, std::max<std::size_t>(validators, 4));
            const auto genesis = parse_json(genesis_to_text(chain->genesis));
            print(boost::json::object{{"genesis", *genesis}});
        }
        Proof proof = draw_proof(*chain);
        const auto& all = forgeries();
        // Every other one by its name, in turn; the others lose or change a byte.
        const Forgery& forgery = i % 2 == 0 ? all[(i / 2) % all.size()] : all.back();
        forgery.forge(*chain, proof);
        const auto shown = verify_proof(proof, chain->genesis);
        const Bytes binary = encode(proof);
        print(boost::json::object{
            {"kind", forgery.kind},
            {"proof", to_json(proof)},
            {"binary", to_hex(binary)},
            {"verdict", shown ? "holds" : std::string(shown.error().code.name)}});
    }
    return 0;
}
