#include "node/abci/staged_store.hpp"

#include "crypto/check.hpp"

namespace cityledger::abci {

using ledger::StateChange;

Status StagedStore::apply(std::uint64_t height, const std::vector<StateChange>& changes,
                          ByteView summary) {
    CHECK_INVARIANT(!height_);
    height_ = height;
    summary_ = to_bytes(summary);
    for (const StateChange& change : changes) add(change);
    return {};
}

Status StagedStore::clear() {
    (void)staged_.take_changes();
    height_.reset();
    return store_.clear();
}

void StagedStore::add(StateChange change) {
    CHECK_INVARIANT(height_.has_value());
    staged_.write(change.space, change.key, std::move(change.value));
}

Status StagedStore::commit() {
    CHECK_INVARIANT(height_.has_value());
    const Status applied = store_.apply(*height_, staged_.take_changes(), summary_);
    height_.reset();
    return applied;
}

}  // namespace cityledger::abci
