#include "node/io/audit/block_audit.hpp"

#include <algorithm>

#include "crypto/check.hpp"
#include "node/io/audit/audit_codes.hpp"

namespace cityledger::io {
namespace {

Status invalid_block(std::uint64_t height, const Error& why) {
    return refuse(codes::audit_block_invalid,
                  "block " + std::to_string(height) + ": " + why.message());
}

}  // namespace

BlockAudit::BlockAudit(const node::BlockLog& log, const ledger::ValidatorSet& validators,
                       ledger::Executor& executor, const ledger::StateReader& made)
    : log_(log),
      executor_(executor),
      made_(made),
      chain_(validators.chain_id()),
      votes_(validators),
      parent_(ledger::genesis_header(chain_)) {}

bool BlockAudit::is_next_whole() const {
    const auto block = log_.final_block(height() + 1);
    return !block || std::all_of(block->batches.begin(), block->batches.end(),
                                 [&](const Digest& batch) { return log_.has_batch(batch); });
}

Status BlockAudit::judge(const ledger::Block& block) {
    if (auto form = ledger::check_block_form(block, chain_); !form) return form;
    // The rules for voters take the parent's name from the block, so it is looked at here.
    const Digest parent = ledger::block_digest(parent_, chain_);
    const Status on_parent = ledger::check_block_on_parent(block, parent_, parent);
    if (!on_parent) return on_parent;
    const node::Ancestry ancestry{parent_, {}};
    if (auto rests = node::check_block_rests(block, ancestry, log_, named_, votes_); !rests) {
        return rests;
    }
    return node::check_block_payload(block, log_);
}

Status BlockAudit::next() {
    const std::uint64_t height = parent_.height + 1;
    const auto block = log_.final_block(height);
    if (!block) return tl::unexpected<Error>(log_.unreadable(height));
    if (const Status holds = judge(*block); !holds) return invalid_block(height, holds.error());
    if (const Status state = node::check_block_state(*block, made_); !state) {
        const std::uint64_t named = block->header.executed.height;
        return refuse(codes::audit_root_differs, "the state after height " + std::to_string(named) +
                                                     ", which block " + std::to_string(height) +
                                                     " names");
    }
    std::vector<std::shared_ptr<const ledger::Batch>> batches;
    std::vector<const ledger::Batch*> views;
    for (const Digest& digest : block->batches) {
        batches.push_back(log_.batch(digest));
        if (!batches.back()) return tl::unexpected<Error>(log_.unreadable(height));
        views.push_back(batches.back().get());
    }
    const auto executed = executor_.execute(height, views);
    if (!executed) return propagate(executed);
    named_.add(height, block->batches);
    parent_ = block->header;
    return {};
}

std::uint64_t certified_height(const node::BlockLog& log) {
    std::uint64_t height = log.final_height();
    while (height > 0 && !log.finalization(height)) --height;
    return height;
}

}  // namespace cityledger::io
