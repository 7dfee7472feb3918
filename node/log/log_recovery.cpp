// How a block log is made and read again.

#include <algorithm>
#include <set>

#include "node/log/block_log.hpp"
#include "node/log/log_codes.hpp"

namespace cityledger::node {

using ledger::Block;
using ledger::Certificate;

namespace {

/// BatchHeader is of fixed size, so that an index needs no transactions.
constexpr std::size_t k_batch_header_bytes = 8 + 2 + 8 + 16 + 4 + 32;

template <class T>
Status decode_into(ByteView payload, T& value) {
    auto decoded = ledger::decode<T>(payload);
    if (!decoded) return propagate(decoded);
    value = *std::move(decoded);
    return {};
}

}  // namespace

/// Fills the index and keeps what consensus needs above the last final block.
class BlockLog::Recovery {
public:
    Recovery(BlockLog& log, RecoveredLog& recovered) : log_(log), recovered_(recovered) {
        recovered_ = {};
        recovered_.consensus.last_final = {ledger::genesis_header(log.chain_), {}, {}};
        recovered_.consensus.last_final_digest = log.genesis_digest_;
    }

    [[nodiscard]] Status visit(const LogHeader& header, const LogPosition& position,
                               ByteView payload) {
        switch (static_cast<LogKind>(header.kind)) {
            case LogKind::segment: return visit_start(payload);
            case LogKind::batch: return visit_batch(position, payload);
            case LogKind::block: return visit_block(position, payload);
            case LogKind::certificate: return visit_certificate(position, payload);
            case LogKind::safety_record: return visit_safety_record(payload);
            case LogKind::final_marker: return visit_marker(position, payload);
            case LogKind::evidence: return {};
            case LogKind::lost_votes: return visit_lost_votes(payload);
        }
        return {};
    }

    [[nodiscard]] std::string place() const {
        return "after final block " + std::to_string(log_.final_height());
    }

    /// What certificates in the log prove to be final beyond the last marker, ascending.
    [[nodiscard]] std::vector<FinalMarker> unmarked() const {
        std::vector<FinalMarker> markers;
        for (const auto& certificate : recovered_.consensus.certificates) {
            if (certificate.content.kind != ledger::VoteKind::finalize) continue;
            auto path = path_from_final(certificate);
            if (path.size() > markers.size()) markers = std::move(path);
        }
        return markers;
    }

    void pass_final(const FinalMarker& marker) {
        auto& state = recovered_.consensus;
        const auto block = blocks_.find(marker.digest);
        for (const auto& batch : block->second.batches) unnamed_.erase(batch);
        state.last_final = block->second;
        state.last_final_digest = marker.digest;
        for (const auto& certificate : state.certificates) {
            if (certificate.content.kind == ledger::VoteKind::finalize &&
                certificate.content.block == marker.digest) {
                state.last_finalization = certificate;
            }
        }
        // The view of a marker may be that of a descendant's finalization. If the log ends before
        // that descendant, views up to there are still open: the own votes in them count.
        const auto& last = state.last_finalization;
        if (last && last->content.block == marker.digest) {
            final_view_ = std::max(final_view_, last->content.view);
        }
        std::erase_if(blocks_, [&](const auto& entry) {
            return entry.second.header.height <= marker.height;
        });
    }

    void finish() {
        auto& state = recovered_.consensus;
        for (auto& [digest, block] : blocks_) state.blocks.push_back(std::move(block));
        std::sort(state.blocks.begin(), state.blocks.end(),
                  [](const Block& a, const Block& b) { return a.header.height < b.header.height; });
        drop_passed(state.certificates,
                    [](const Certificate& certificate) { return certificate.content.view; });
        drop_passed(state.votes, [](const auto& record) { return record.vote.view; });
        std::vector<std::pair<std::uint64_t, Digest>> unnamed;
        for (const auto& [digest, sequence] : unnamed_) unnamed.emplace_back(sequence, digest);
        std::sort(unnamed.begin(), unnamed.end());
        for (const auto& [sequence, digest] : unnamed) {
            recovered_.unnamed_batches.push_back(digest);
        }
    }

private:
    static constexpr std::size_t k_prune_above_records = 4096;

    template <class Records, class ViewOf>
    void drop_passed(Records& records, ViewOf view_of) const {
        std::erase_if(records, [&](const auto& record) { return view_of(record) <= final_view_; });
    }

    [[nodiscard]] Status visit_start(ByteView payload) const {
        std::uint32_t version = 0;  // stands first in all versions
        const auto head = payload.first(std::min(payload.size(), sizeof(version)));
        if (auto decoded = decode_into(head, version); !decoded) return decoded;
        if (version != k_log_version) {
            return refuse(codes::log_wrong_version, std::to_string(version));
        }
        SegmentStart start;
        if (auto decoded = decode_into(payload, start); !decoded) return decoded;
        if (start.chain_id != log_.chain_) {
            return refuse(codes::log_wrong_chain,
                          to_hex(start.chain_id) + " instead of " + to_hex(log_.chain_));
        }
        return {};
    }

    [[nodiscard]] Status visit_batch(const LogPosition& position, ByteView payload) {
        ledger::BatchHeader header;
        const auto head = payload.first(std::min(payload.size(), k_batch_header_bytes));
        if (auto decoded = decode_into(head, header); !decoded) return decoded;
        const Digest digest = ledger::batch_digest(header, log_.chain_);
        log_.batches_[digest] = position;
        if (!named_late_.contains(digest)) unnamed_[digest] = position.sequence;
        return {};
    }

    [[nodiscard]] Status visit_block(const LogPosition& position, ByteView payload) {
        Block block;
        if (auto decoded = decode_into(payload, block); !decoded) return decoded;
        const Digest digest = ledger::block_digest(block.header, log_.chain_);
        if (block.header.height <= log_.final_height()) return {};
        log_.index_block(digest, block.header.height, position);
        blocks_.try_emplace(digest, std::move(block));
        return {};
    }

    [[nodiscard]] Status visit_certificate(const LogPosition& position, ByteView payload) {
        Certificate certificate;
        if (auto decoded = decode_into(payload, certificate); !decoded) return decoded;
        log_.index_certificate(certificate, position);
        auto& state = recovered_.consensus;
        if (certificate.content.kind == ledger::VoteKind::finalize &&
            certificate.content.block == state.last_final_digest) {
            state.last_finalization = certificate;
            final_view_ = std::max(final_view_, certificate.content.view);
        }
        if (certificate.content.view > final_view_) {
            state.certificates.push_back(std::move(certificate));
        }
        return {};
    }

    [[nodiscard]] Status visit_safety_record(ByteView payload) {
        consensus::SafetyRecord record;
        if (auto decoded = decode_into(payload, record); !decoded) return decoded;
        if (record.vote.view > recovered_.highest_vote_view) {
            recovered_.highest_vote_view = record.vote.view;
            recovered_.highest_votes.clear();
        }
        if (record.vote.view == recovered_.highest_vote_view) {
            recovered_.highest_votes.push_back(record.vote);
        }
        recovered_.consensus.votes.push_back(std::move(record));
        return {};
    }

    [[nodiscard]] Status visit_lost_votes(ByteView payload) {
        LostVotes lost;
        if (auto decoded = decode_into(payload, lost); !decoded) return decoded;
        recovered_.lost_votes = lost;
        return {};
    }

    [[nodiscard]] Status visit_marker(const LogPosition& position, ByteView payload) {
        FinalMarker marker;
        if (auto decoded = decode_into(payload, marker); !decoded) return decoded;
        const auto block = blocks_.find(marker.digest);
        if (marker.height != log_.final_height() + 1 || block == blocks_.end()) {
            return tl::unexpected<Error>(log_damage(log_segment_name(position.segment),
                                                    position.offset, position.sequence, place()));
        }
        // A block may be final before its batches came.
        for (const auto& batch : block->second.batches) {
            if (!log_.batches_.contains(batch)) named_late_.insert(batch);
        }
        log_.index_final(marker, 0);
        pass_final(marker);
        auto& state = recovered_.consensus;
        if (state.certificates.size() + state.votes.size() > k_prune_above_records) {
            drop_passed(state.certificates,
                        [](const Certificate& kept) { return kept.content.view; });
            drop_passed(state.votes, [](const auto& record) { return record.vote.view; });
        }
        return {};
    }

    /// The blocks from the last final one to the one that the certificate names; empty if one of
    /// them is not in the log.
    [[nodiscard]] std::vector<FinalMarker> path_from_final(const Certificate& certificate) const {
        std::vector<FinalMarker> path;
        Digest digest = certificate.content.block;
        while (digest != recovered_.consensus.last_final_digest) {
            const auto block = blocks_.find(digest);
            if (block == blocks_.end()) return {};
            path.push_back({block->second.header.height, digest, certificate.content.view});
            digest = block->second.header.parent;
        }
        std::reverse(path.begin(), path.end());
        return path;
    }

    BlockLog& log_;
    RecoveredLog& recovered_;
    std::map<Digest, Block> blocks_;  ///< above the last final one
    std::map<Digest, std::uint64_t> unnamed_;
    std::set<Digest> named_late_;
    std::uint64_t final_view_ = 0;
};

Result<std::unique_ptr<BlockLog>> BlockLog::open(FileSystem& files, Syncer& syncer,
                                                 const std::string& folder,
                                                 const ledger::ChainId& chain,
                                                 std::uint64_t segment_bytes,
                                                 RecoveredLog& recovered) {
    if (!files.exists(folder + "/" + log_segment_name(1))) {
        return refuse(codes::log_missing, folder);
    }
    std::unique_ptr<BlockLog> log(new BlockLog(files, syncer, folder, chain, segment_bytes));
    Recovery recovery(*log, recovered);
    const auto end = scan_log(
        files, folder,
        [&](const LogHeader& header, const LogPosition& position, ByteView payload) {
            return recovery.visit(header, position, payload);
        },
        [&] { return recovery.place(); });
    if (!end) return propagate(end);
    if (end->next_sequence == 1) {
        // Not even the first record is whole: the making of the log was cut short.
        return tl::unexpected<Error>(
            log_damage(folder + "/" + log_segment_name(1), 0, 1, "which names the chain"));
    }
    if (auto resumed = log->files_.resume(*end); !resumed) return propagate(resumed);
    for (const auto& marker : recovery.unmarked()) {
        log->append_final(marker, 0);
        recovery.pass_final(marker);
    }
    recovery.finish();
    return log;
}

namespace {

/// Before the node's threads run: syncs inside the call.
class PromptSyncer : public Syncer {
public:
    void sync(std::shared_ptr<File> file, std::function<void(Status)> done) override {
        done(file->sync());
    }
};

}  // namespace

Result<bool> prepare_state(FileSystem& files, const std::string& folder,
                           const ledger::Genesis& genesis, std::uint64_t segment_bytes,
                           ledger::StateStore& store) {
    if (!store.applied_height()) return false;
    PromptSyncer syncer;
    RecoveredLog recovered;
    auto opened = BlockLog::open(files, syncer, folder, ledger::chain_id_of(genesis), segment_bytes,
                                 recovered);
    if (!opened) return propagate(opened);
    BlockLog& log = **opened;
    if (*store.applied_height() <= log.final_height()) return false;
    Status failed;
    log.set_hooks({{}, [&](const Error& error) { failed = tl::unexpected<Error>(error); }});
    log.append_lost_votes({});
    log.request_sync();
    if (!failed) return propagate(failed);
    if (auto cleared = store.clear(); !cleared) return propagate(cleared);
    return true;
}

Status initialise_log(FileSystem& files, const std::string& folder, const ledger::Genesis& genesis,
                      const ledger::Nonce& salt, LogOrigin origin) {
    if (auto created = files.create_folder(folder); !created) return created;
    const std::string path = folder + "/" + log_segment_name(1);
    if (files.exists(path)) return refuse(codes::log_exists, path);
    auto file = files.open(path, true);
    if (!file) return propagate(file);
    LogHeader header;
    header.segment = 1;
    header.sequence = 1;
    header.kind = static_cast<std::uint32_t>(LogKind::segment);
    const SegmentStart start{k_log_version, ledger::chain_id_of(genesis), salt};
    Bytes records = make_log_record(header, ledger::encode(start), salt);
    if (origin == LogOrigin::made_anew) {
        header.sequence = 2;
        header.previous = header.checksum;
        header.kind = static_cast<std::uint32_t>(LogKind::lost_votes);
        const Bytes lost = make_log_record(header, ledger::encode(LostVotes{}), salt);
        records.insert(records.end(), lost.begin(), lost.end());
    }
    if (auto written = (*file)->write_at(0, records); !written) return written;
    if (auto synced = (*file)->sync(); !synced) return synced;
    return files.sync_folder(folder);
}

}  // namespace cityledger::node
