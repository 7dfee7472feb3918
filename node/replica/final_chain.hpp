#pragma once
// The final blocks as the rules for the next ones see them: what they name, what covers them.

#include "node/log/block_log.hpp"
#include "node/replica/named_batches.hpp"

namespace cityledger::node {

class FinalChain {
public:
    explicit FinalChain(BlockLog& log) : log_(log) {}

    /// At start: a block of the log.
    void replay(std::uint64_t height, const ledger::Block& block);
    /// At start: the newest finalization of the log, and the newest final block.
    void resume(const std::optional<ledger::Certificate>& finalization, const ledger::Block& last,
                std::uint64_t now_ms);

    enum class Added { added, known, contradicts };
    /// Into the log, at the next height. Batches need not be held. The block counts as final here
    /// once `proof_sequence` is durable.
    [[nodiscard]] Added add(const Digest& digest, const ledger::Block& block,
                            const ledger::Certificate& finalization, std::uint64_t proof_sequence,
                            std::uint64_t now_ms);

    [[nodiscard]] const NamedBatches& named() const { return named_; }
    /// A finalization at or above this height.
    [[nodiscard]] std::optional<ledger::Certificate> cover_of(std::uint64_t height) const;
    /// The executed height that the newest final header names.
    [[nodiscard]] std::uint64_t covered_height() const { return covered_height_; }
    /// When the newest block became final here.
    [[nodiscard]] std::uint64_t last_final_ms() const { return last_final_ms_; }
    [[nodiscard]] std::uint64_t added() const { return added_; }

private:
    struct Finalization {
        std::uint64_t height = 0;
        ledger::Certificate certificate;
    };
    BlockLog& log_;
    NamedBatches named_;
    std::optional<Finalization> newest_;
    std::uint64_t covered_height_ = 0;
    std::uint64_t last_final_ms_ = 0;
    std::uint64_t added_ = 0;
};

}  // namespace cityledger::node
