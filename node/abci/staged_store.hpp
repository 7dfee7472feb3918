#pragma once
// Between FinalizeBlock and Commit: the changes of one executed block, kept beside the store until
// the engine says that they hold. A crash in between loses nothing that anybody was told of.

#include "ledger/state_overlay.hpp"
#include "ledger/state_store.hpp"

namespace cityledger::abci {

/// A state store that keeps what `apply` is given until `commit`. Reads see the staged block. For
/// one thread.
class StagedStore final : public ledger::StateStore {
public:
    /// `store` must outlive this one, and nobody else may write to it.
    explicit StagedStore(ledger::StateStore& store)
        : store_(store), staged_(ledger::StateOverlay::over(store)) {}

    [[nodiscard]] std::optional<Bytes> get(ledger::Space space,
                                           std::string_view key) const override {
        return staged_.get(space, key);
    }
    void scan(ledger::Space space, std::string_view prefix, std::string_view from,
              const ledger::StateVisitor& visitor) const override {
        staged_.scan(space, prefix, from, visitor);
    }
    [[nodiscard]] std::optional<std::uint64_t> applied_height() const override {
        return height_ ? height_ : store_.applied_height();
    }
    [[nodiscard]] Bytes applied_summary() const override {
        return height_ ? summary_ : store_.applied_summary();
    }
    /// Stages a block. There is none that waits (CHECK).
    Status apply(std::uint64_t height, const std::vector<ledger::StateChange>& changes,
                 ByteView summary) override;
    Status clear() override;

    [[nodiscard]] bool has_staged() const { return height_.has_value(); }
    /// One more change of the staged block.
    void add(ledger::StateChange change);
    /// Applies the staged block (CHECK) to the store below.
    [[nodiscard]] Status commit();

private:
    ledger::StateStore& store_;
    ledger::StateOverlay staged_;
    std::optional<std::uint64_t> height_;  ///< of the staged block
    Bytes summary_;
};

}  // namespace cityledger::abci
