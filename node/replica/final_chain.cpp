#include "node/replica/final_chain.hpp"

namespace cityledger::node {

void FinalChain::replay(std::uint64_t height, const ledger::Block& block) {
    named_.add(height, block.batches);
}

void FinalChain::resume(const std::optional<ledger::Certificate>& finalization,
                        const ledger::Block& last, std::uint64_t now_ms) {
    const auto height = finalization ? log_.height_of(finalization->content.block) : std::nullopt;
    if (height) newest_ = {*height, *finalization};
    covered_height_ = last.header.executed.height;
    last_final_ms_ = now_ms;
}

FinalChain::Added FinalChain::add(const Digest& digest, const ledger::Block& block,
                                  const ledger::Certificate& finalization,
                                  std::uint64_t proof_sequence, std::uint64_t now_ms) {
    const std::uint64_t height = block.header.height;
    if (height <= log_.final_height()) {  // block sync or consensus was faster
        return log_.final_entry(height).digest == digest ? Added::known : Added::contradicts;
    }
    log_.append_block(digest, block);
    log_.append_final({height, digest, finalization.content.view}, proof_sequence);
    named_.add(height, block.batches);
    if (finalization.content.block == digest) newest_ = {height, finalization};
    covered_height_ = block.header.executed.height;
    last_final_ms_ = now_ms;
    ++added_;
    return Added::added;
}

std::optional<ledger::Certificate> FinalChain::cover_of(std::uint64_t height) const {
    if (newest_ && newest_->height >= height) return newest_->certificate;
    return std::nullopt;
}

}  // namespace cityledger::node
