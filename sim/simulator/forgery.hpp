#pragma once
// What a Byzantine leader may do to a block: it knows what passes by on the network and writes a
// header of its own, with all hashes and signatures that go with it.

#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "ledger/validator_set.hpp"
#include "sim/simulator/checker.hpp"

namespace cityledger::sim {

/// What an attacker has seen so far: blocks, and the finalizations that it could put together.
class Eavesdropper {
public:
    Eavesdropper(std::size_t validators, const ledger::ChainId& chain)
        : quorum_(validators - (validators - 1) / 3), chain_(chain) {}

    void hear(const SeenMessage& seen);

    [[nodiscard]] const ledger::ChainId& chain() const { return chain_; }
    [[nodiscard]] const ledger::Block* block(const Digest& digest) const;
    [[nodiscard]] const ledger::Certificate* finalization(const Digest& block) const;
    /// The newest ancestor of a block whose finalization is known, the parent first.
    [[nodiscard]] const ledger::Block* finalized_ancestor(const ledger::Block& block) const;
    /// The finalized block of the greatest height.
    [[nodiscard]] const ledger::Block* last_final() const;

private:
    void hear_finalize(const ledger::Vote& vote);
    void add_finalization(ledger::Certificate certificate);

    std::size_t quorum_;
    ledger::ChainId chain_;
    std::map<Digest, ledger::Block> blocks_;
    std::map<ledger::VoteContent, std::map<std::uint16_t, crypto::Signature>> finalize_votes_;
    std::map<Digest, ledger::Certificate> finalizations_;
};

/// Puts the batches into a block, with the count and the root that go with them.
void set_batches(ledger::Block& block, std::vector<Digest> batches);

/// Names the highest height that the attacker can cover as executed, with roots out of thin air.
/// False if no ancestor is known to be final.
bool forge_roots(ledger::Block& block, const Eavesdropper& heard);

struct HeaderForgery {
    std::string_view what;
    /// False if this block has nothing to forge in this way.
    std::function<bool(ledger::Block&, const Eavesdropper&)> apply;
};
/// One lie a header each.
[[nodiscard]] const std::vector<HeaderForgery>& header_forgeries();

}  // namespace cityledger::sim
