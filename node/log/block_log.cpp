#include "node/log/block_log.hpp"

#include "crypto/check.hpp"

namespace cityledger::node {

using ledger::Batch;
using ledger::Block;
using ledger::Certificate;

BlockLog::BlockLog(FileSystem& files, Syncer& syncer, std::string folder, ledger::ChainId chain,
                   std::uint64_t segment_bytes)
    : chain_(chain),
      files_(files, syncer, std::move(folder), chain, segment_bytes),
      genesis_digest_(ledger::block_digest(ledger::genesis_header(chain), chain)) {}

std::uint64_t BlockLog::append_batch(const Digest& digest, std::shared_ptr<const Batch> batch) {
    const auto found = batches_.find(digest);
    if (found != batches_.end()) return found->second.sequence;
    const Bytes payload = ledger::encode(*batch);
    const LogPosition position = files_.append(LogKind::batch, payload);
    batches_[digest] = position;
    cache_.insert(digest, std::move(batch), payload.size());
    return position.sequence;
}

std::uint64_t BlockLog::append_block(const Digest& digest, const Block& block) {
    if (const auto height = height_of(digest)) return final_entry(*height).block.sequence;
    const auto found = open_blocks_.find(digest);
    if (found != open_blocks_.end()) return found->second.position.sequence;
    const LogPosition position = files_.append(LogKind::block, ledger::encode(block));
    index_block(digest, block.header.height, position);
    return position.sequence;
}

std::uint64_t BlockLog::append_certificate(const Certificate& certificate) {
    if (certificate.content.kind == ledger::VoteKind::finalize) {
        const auto open = open_finalizations_.find(certificate.content.block);
        if (open != open_finalizations_.end()) return open->second.sequence;
        if (const auto height = height_of(certificate.content.block)) {
            const auto& known = *height > 0 ? final_entry(*height).finalization : std::nullopt;
            if (known) return known->sequence;
        }
    }
    const LogPosition position = files_.append(LogKind::certificate, ledger::encode(certificate));
    index_certificate(certificate, position);
    return position.sequence;
}

std::uint64_t BlockLog::append_safety_record(const consensus::SafetyRecord& record) {
    return files_.append(LogKind::safety_record, ledger::encode(record)).sequence;
}

std::uint64_t BlockLog::append_lost_votes(const LostVotes& lost) {
    return files_.append(LogKind::lost_votes, ledger::encode(lost)).sequence;
}

void BlockLog::append_evidence(const EvidenceRecord& evidence) {
    files_.append(LogKind::evidence, ledger::encode(evidence));
}

void BlockLog::append_final(const FinalMarker& marker, std::uint64_t proof_sequence) {
    files_.append(LogKind::final_marker, ledger::encode(marker));
    index_final(marker, proof_sequence);
}

void BlockLog::index_block(const Digest& digest, std::uint64_t height,
                           const LogPosition& position) {
    if (height > final_height()) open_blocks_.try_emplace(digest, OpenBlock{position, height});
}

void BlockLog::index_certificate(const Certificate& certificate, const LogPosition& position) {
    if (certificate.content.kind != ledger::VoteKind::finalize) return;
    const auto height = height_of(certificate.content.block);
    if (!height) {
        open_finalizations_.try_emplace(certificate.content.block, position);
    } else if (*height > 0) {
        auto& known = finals_[*height - 1].finalization;
        if (!known) known = position;
    }
}

void BlockLog::index_final(const FinalMarker& marker, std::uint64_t proof_sequence) {
    CHECK_INVARIANT(marker.height == final_height() + 1);
    const auto block = open_blocks_.find(marker.digest);
    CHECK_INVARIANT(block != open_blocks_.end());
    FinalEntry entry{marker.digest, block->second.position, std::nullopt, proof_sequence};
    const auto finalization = open_finalizations_.find(marker.digest);
    if (finalization != open_finalizations_.end()) {
        entry.finalization = finalization->second;
        open_finalizations_.erase(finalization);
    }
    finals_.push_back(entry);
    heights_[marker.digest] = marker.height;
    std::erase_if(open_blocks_,
                  [&](const auto& open) { return open.second.height <= marker.height; });
}

Digest BlockLog::final_digest() const {
    return finals_.empty() ? genesis_digest_ : finals_.back().digest;
}

const FinalEntry& BlockLog::final_entry(std::uint64_t height) const {
    CHECK_INVARIANT(height >= 1 && height <= finals_.size());
    return finals_[height - 1];
}

Error BlockLog::unreadable(std::uint64_t height) const {
    const LogPosition& block = final_entry(height).block;
    return log_damage(files_.path(block.segment), block.offset, block.sequence,
                      "block " + std::to_string(height) + " or one of its batches");
}

std::optional<std::uint64_t> BlockLog::height_of(const Digest& digest) const {
    if (digest == genesis_digest_) return 0;
    const auto found = heights_.find(digest);
    if (found == heights_.end()) return std::nullopt;
    return found->second;
}

std::uint64_t BlockLog::batch_bytes(const Digest& digest) const {
    const auto found = batches_.find(digest);
    return found == batches_.end() ? 0 : found->second.payload_bytes;
}

std::uint64_t BlockLog::batch_sequence(const Digest& digest) const {
    const auto found = batches_.find(digest);
    return found == batches_.end() ? 0 : found->second.sequence;
}

std::optional<LogPosition> BlockLog::batch_position(const Digest& digest) const {
    const auto found = batches_.find(digest);
    if (found == batches_.end()) return std::nullopt;
    return found->second;
}

template <class T>
std::optional<T> BlockLog::read_as(const LogPosition& position) const {
    const auto payload = files_.read(position);
    if (!payload) return std::nullopt;
    auto value = ledger::decode<T>(*payload);
    if (!value) return std::nullopt;
    return *std::move(value);
}

std::shared_ptr<const Batch> BlockLog::batch(const Digest& digest) const {
    if (auto cached = cache_.find(digest)) return cached;
    const auto found = batches_.find(digest);
    if (found == batches_.end()) return nullptr;
    auto read = read_as<Batch>(found->second);
    if (!read) return nullptr;
    auto batch = std::make_shared<const Batch>(*std::move(read));
    cache_.insert(digest, batch, found->second.payload_bytes);
    return batch;
}

std::optional<Block> BlockLog::block(const Digest& digest) const {
    const auto open = open_blocks_.find(digest);
    if (open != open_blocks_.end()) return read_as<Block>(open->second.position);
    const auto height = height_of(digest);
    if (!height) return std::nullopt;
    return final_block(*height);
}

std::optional<Block> BlockLog::final_block(std::uint64_t height) const {
    if (height == 0) return Block{ledger::genesis_header(chain_), {}, {}};
    if (height > final_height()) return std::nullopt;
    return read_as<Block>(final_entry(height).block);
}

std::optional<Certificate> BlockLog::finalization(std::uint64_t height) const {
    if (height == 0 || height > final_height()) return std::nullopt;
    const auto& position = final_entry(height).finalization;
    if (!position) return std::nullopt;
    return read_as<Certificate>(*position);
}

}  // namespace cityledger::node
