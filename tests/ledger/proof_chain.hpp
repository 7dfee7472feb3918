#pragma once
// A chain to prove from: random state and receipts, headers that lag behind them, certificates.
// Built beside the executor, so that proofs are judged by what the formats say.

#include <map>
#include <random>

#include "ledger/proof.hpp"
#include "tests/ledger/fixtures.hpp"

namespace cityledger::ledger::testing {

inline constexpr std::uint64_t k_proof_chain_heights = 12;

class ProofChain {
public:
    /// Keys of the suite `standard` are fresh each time; everything else comes from the seed.
    explicit ProofChain(std::uint64_t seed, SuiteName suite = SuiteName::simulation,
                        std::size_t validators = 4)
        : random_(seed) {
        genesis.name = "proofs";
        genesis.suite = suite;
        genesis.authority = digest_of("authority");
        genesis.salt.bytes[0] = static_cast<std::uint8_t>(seed);
        genesis.business = "{}";
        for (std::size_t i = 0; i < validators; ++i) {
            const std::string name = "node" + std::to_string(i);
            keys.push_back(suite == SuiteName::simulation ? key_of(name)
                                                          : crypto::PrivateKey::generate());
            genesis.validators.push_back({name, keys.back().public_key().bytes()});
        }
        chain = chain_id_of(genesis);
        for (std::uint64_t height = 0; height < k_proof_chain_heights; ++height) execute(height);
        headers.push_back(genesis_header(chain));
        for (std::uint64_t height = 1; height <= k_proof_chain_heights; ++height) add_header();
    }

    [[nodiscard]] Certificate certify(const BlockHeader& header, std::size_t signers) const {
        Certificate certificate{
            {VoteKind::finalize, 0, header.height + 1, block_digest(header, chain)}, {}};
        sign(certificate, signers);
        return certificate;
    }
    void sign(Certificate& certificate, std::size_t signers) const {
        const Bytes message = vote_signing_bytes(certificate.content, chain);
        certificate.signers.clear();
        for (std::size_t i = 0; i < signers; ++i) {
            certificate.signers.push_back({static_cast<std::uint16_t>(i), keys[i].sign(message)});
        }
    }
    [[nodiscard]] std::size_t quorum() const { return keys.size() - (keys.size() - 1) / 3; }

    /// The first header that covers a height, `more` headers, and their certificate.
    [[nodiscard]] Proof cover(std::uint64_t height, std::size_t more) const {
        Proof proof;
        proof.chain_id = chain;
        std::size_t first = 1;
        while (headers[first].executed.height < height) ++first;
        const std::size_t last = std::min(first + more, headers.size() - 1);
        proof.headers.assign(headers.begin() + static_cast<std::ptrdiff_t>(first),
                             headers.begin() + static_cast<std::ptrdiff_t>(last) + 1);
        proof.certificate = certify(proof.headers.back(), quorum());
        return proof;
    }
    [[nodiscard]] Proof state_proof(Space space, const std::string& key, std::uint64_t height,
                                    std::size_t more = 1) const {
        Proof proof = cover(height, more);
        const std::uint64_t covered = proof.headers.front().executed.height;
        const Content& content = contents[covered].at(space);
        StateTree tree(space);
        std::vector<StateChange> puts;
        for (const auto& [name, value] : content) puts.push_back({space, name, value});
        tree.update(puts);
        const auto entry = content.find(key);
        proof.state = StateClaim{
            {space, key, entry == content.end() ? std::nullopt : std::optional(entry->second)},
            tree.prove(key)};
        return proof;
    }
    [[nodiscard]] Proof receipt_proof(std::uint64_t height, std::uint32_t index,
                                      std::size_t more = 1) const {
        Proof proof = cover(height, more);
        std::vector<Digest> later;
        for (auto at = height + 1; at <= proof.headers.front().executed.height; ++at) {
            later.push_back(receipts_list_root(receipts[at]));
        }
        proof.receipt = claim_receipt(receipts[height], index, states[height - 1].receipts_root,
                                      std::move(later));
        for (const TransactionBody& body : bodies) {
            if (transaction_id(body) == proof.receipt->receipt.transaction) {
                proof.receipt->transaction = body;
            }
        }
        return proof;
    }
    /// A key of the state after this height, or one that is probably not there.
    [[nodiscard]] std::string draw_key(std::uint64_t height) {
        const Content& content = contents[height].at(Space::business);
        if (draw(3) == 0 || content.empty()) return "invoice/" + std::to_string(draw(200));
        return std::next(content.begin(), static_cast<std::ptrdiff_t>(draw(content.size())))->first;
    }
    [[nodiscard]] std::uint64_t draw(std::uint64_t below) { return random_() % below; }

    using Content = std::map<std::string, Bytes>;
    Genesis genesis;
    ChainId chain;
    std::vector<crypto::PrivateKey> keys;
    std::vector<ExecutedState> states;               ///< by height
    std::vector<std::map<Space, Content>> contents;  ///< by height
    std::vector<TransactionBody> bodies;
    std::vector<std::vector<Receipt>> receipts;  ///< by height
    std::vector<BlockHeader> headers;            ///< by height

private:
    void execute(std::uint64_t height) {
        auto content = contents.empty()
                           ? std::map<Space, Content>{{Space::system, {}}, {Space::business, {}}}
                           : contents.back();
        for (std::uint64_t i = draw(12) + (height == 0 ? 5 : 0); i > 0; --i) {
            content[Space::business]["invoice/" + std::to_string(draw(100))] =
                Bytes(draw(20), static_cast<std::uint8_t>(draw(256)));
        }
        content[Space::system]["membership/key/" + std::to_string(height)] = Bytes{1, 2, 3};
        std::vector<Receipt> of_height;
        const std::uint64_t count = height == 0 ? 0 : draw(9);
        for (std::uint32_t index = 0; index < count; ++index) {
            bodies.push_back(make_body(chain, "alice", random_(), {{"test", "票", Bytes(index)}}));
            Receipt receipt{transaction_id(bodies.back()), height, index, 0, {}};
            receipt.operations.resize(1 + draw(3));
            receipt.operations[0].events = {{"invoice.issued", "票 " + std::to_string(index)}};
            receipt.operations[0].result = Bytes(draw(8), 7);
            of_height.push_back(std::move(receipt));
        }
        ExecutedState state{
            height, root_of(Space::system, content), root_of(Space::business, content), {}};
        if (height > 0) {
            state.receipts_root =
                chain_receipts_root(states.back().receipts_root, receipts_list_root(of_height));
        }
        states.push_back(state);
        contents.push_back(std::move(content));
        receipts.push_back(std::move(of_height));
    }
    static Digest root_of(Space space, const std::map<Space, Content>& content) {
        StateTree tree(space);
        std::vector<StateChange> puts;
        for (const auto& [key, value] : content.at(space)) puts.push_back({space, key, value});
        tree.update(puts);
        return tree.root();
    }
    /// Names a state that is up to three heights older than it could be.
    void add_header() {
        const BlockHeader& parent = headers.back();
        BlockHeader header;
        header.height = parent.height + 1;
        header.parent = block_digest(parent, chain);
        const std::uint64_t newest = header.height - 1;
        const std::uint64_t oldest =
            std::max(parent.executed.height, newest - std::min<std::uint64_t>(newest, 3));
        header.executed = states[oldest + draw(newest - oldest + 1)];
        header.batches_root = batches_root({});
        if (header.executed.height > 0) header.covering_certificate = digest_of("certificate");
        headers.push_back(header);
    }

    std::mt19937_64 random_;
};

}  // namespace cityledger::ledger::testing
