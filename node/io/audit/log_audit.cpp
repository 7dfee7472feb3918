#include "node/io/audit/log_audit.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "ledger/batch.hpp"
#include "node/io/audit/audit_codes.hpp"
#include "node/io/daemon/verifier_pool.hpp"
#include "node/log/torn_tail_scan.hpp"
#include "node/replica/vote_checker.hpp"

namespace cityledger::io {
namespace {

using node::LogHeader;
using node::LogKind;
using node::LogPosition;

/// Batches whose signatures are being checked: a few of the largest keep all threads busy.
constexpr std::size_t k_batches_in_work = 32;

/// The first record, by sequence, that does not hold.
class FirstInvalid {
public:
    void add(const LogPosition& position, const Error& error) {
        const std::lock_guard lock(mutex_);
        if (!position_ || position.sequence < position_->sequence) {
            position_ = position;
            why_ = error.message();
        }
    }
    [[nodiscard]] bool any() const {
        const std::lock_guard lock(mutex_);
        return position_.has_value();
    }
    [[nodiscard]] Status verdict(const std::string& folder) const {
        const std::lock_guard lock(mutex_);
        if (!position_) return {};
        return refuse(codes::audit_record_invalid,
                      folder + "/" + node::log_segment_name(position_->segment) + " at byte " +
                          std::to_string(position_->offset) + ", record " +
                          std::to_string(position_->sequence) + ": " + why_);
    }

private:
    mutable std::mutex mutex_;
    std::optional<LogPosition> position_;
    std::string why_;
};

/// The node's own check of batches, on all cores, with a bounded number in work.
class BatchChecks {
public:
    BatchChecks(const ledger::ValidatorSet& validators, FirstInvalid& invalid)
        : invalid_(invalid),
          pool_(validators, std::max(1U, std::thread::hardware_concurrency()),
                [](const std::function<void()>& action) { action(); }) {}

    void add(ledger::Batch batch, const LogPosition& position) {
        {
            std::unique_lock lock(mutex_);
            fewer_.wait(lock, [this] { return in_work_ < k_batches_in_work; });
            ++in_work_;
        }
        pool_.verify(std::make_shared<const ledger::Batch>(std::move(batch)),
                     [this, position](const Status& checked) {
                         if (!checked) invalid_.add(position, checked.error());
                         const std::lock_guard lock(mutex_);
                         --in_work_;
                         fewer_.notify_all();
                     });
    }

    void await_all() {
        std::unique_lock lock(mutex_);
        fewer_.wait(lock, [this] { return in_work_ == 0; });
    }

private:
    FirstInvalid& invalid_;
    std::mutex mutex_;
    std::condition_variable fewer_;
    std::size_t in_work_ = 0;
    VerifierPool pool_;  // last: its threads use everything above
};

class RecordChecks {
public:
    explicit RecordChecks(const ledger::ValidatorSet& validators)
        : validators_(validators), votes_(validators), batches_(validators, invalid_) {}
    ~RecordChecks() { batches_.await_all(); }
    RecordChecks(const RecordChecks&) = delete;
    RecordChecks& operator=(const RecordChecks&) = delete;

    void visit(const LogHeader& header, const LogPosition& position, ByteView payload) {
        ++tally_.records;
        tally_.bytes += node::k_log_header_bytes + payload.size();
        tally_.segments = position.segment;
        if (const Status holds = check(header, position, payload); !holds) {
            invalid_.add(position, holds.error());
        }
    }
    /// A scan that goes on after that would only cost time.
    [[nodiscard]] bool found_invalid() const { return invalid_.any(); }

    [[nodiscard]] Result<LogTally> finish(const std::string& folder) {
        batches_.await_all();
        if (const Status holds = invalid_.verdict(folder); !holds) return propagate(holds);
        return tally_;
    }

private:
    Status check(const LogHeader& header, const LogPosition& position, ByteView payload) {
        switch (static_cast<LogKind>(header.kind)) {
            case LogKind::segment: return {};  // the log's own recovery has judged it
            case LogKind::batch: return check_batch(position, payload);
            case LogKind::block: return check_block(payload);
            case LogKind::certificate: return check_certificate(payload);
            case LogKind::safety_record: return check_own_vote(payload);
            case LogKind::final_marker: return decoded<node::FinalMarker>(payload);
            case LogKind::evidence: return check_evidence(payload);
            case LogKind::lost_votes:
                tally_.lost_votes = true;
                return decoded<node::LostVotes>(payload);
        }
        return {};
    }

    template <class T>
    static Status decoded(ByteView payload) {
        const auto value = ledger::decode<T>(payload);
        return value ? Status{} : Status(propagate(value));
    }

    Status check_batch(const LogPosition& position, ByteView payload) {
        auto batch = ledger::decode<ledger::Batch>(payload);
        if (!batch) return propagate(batch);
        ++tally_.batches;
        tally_.transactions += batch->transactions.size();
        batches_.add(*std::move(batch), position);
        return {};
    }

    Status check_block(ByteView payload) {
        const auto block = ledger::decode<ledger::Block>(payload);
        if (!block) return propagate(block);
        ++tally_.blocks;
        return check(*block);
    }

    Status check(const ledger::Block& block) {
        if (auto form = ledger::check_block_form(block, validators_.chain_id()); !form) return form;
        return block.covering_certificate ? check(*block.covering_certificate) : Status{};
    }

    Status check(const ledger::Certificate& certificate) {
        const auto verified = votes_.check(certificate);
        return verified ? Status{} : Status(propagate(verified));
    }

    Status check_certificate(ByteView payload) {
        const auto certificate = ledger::decode<ledger::Certificate>(payload);
        if (!certificate) return propagate(certificate);
        ++tally_.certificates;
        return check(*certificate);
    }

    Status check_own_vote(ByteView payload) {
        const auto record = ledger::decode<consensus::SafetyRecord>(payload);
        if (!record) return propagate(record);
        ++tally_.own_votes;
        if (record->entry_certificate) {
            if (auto entered = check(*record->entry_certificate); !entered) return entered;
        }
        return record->proposal ? check(record->proposal->block) : Status{};
    }

    Status check_evidence(ByteView payload) {
        const auto evidence = ledger::decode<node::EvidenceRecord>(payload);
        if (!evidence) return propagate(evidence);
        ++tally_.evidence;
        for (const ledger::Vote& vote : {evidence->first, evidence->second}) {
            if (const auto verified = validators_.verify(vote); !verified) {
                return propagate(verified);
            }
        }
        return {};
    }

    const ledger::ValidatorSet& validators_;
    LogTally tally_;
    FirstInvalid invalid_;
    node::VoteChecker votes_;
    BatchChecks batches_;
};

/// The first byte at or after `from` that is not zero.
Result<std::optional<std::uint64_t>> first_content(const node::File& file, std::uint64_t from) {
    constexpr std::size_t k_step = 1 << 20;
    for (std::uint64_t offset = from; offset < file.size(); offset += k_step) {
        const auto bytes = file.read_at(offset, k_step);
        if (!bytes) return propagate(bytes);
        const auto found =
            std::find_if(bytes->begin(), bytes->end(), [](std::uint8_t byte) { return byte != 0; });
        if (found != bytes->end()) {
            return std::optional(offset + static_cast<std::uint64_t>(found - bytes->begin()));
        }
    }
    return std::optional<std::uint64_t>();
}

/// What was allocated and never written is zero. A node drops anything else, as the torn tail of a
/// power loss; an audit cannot know that it was one.
Status check_tail(node::FileSystem& files, const std::string& folder, const node::LogEnd& end,
                  std::uint32_t last_segment) {
    for (std::uint32_t segment = end.segment; segment <= last_segment; ++segment) {
        const std::string path = folder + "/" + node::log_segment_name(segment);
        if (!files.exists(path)) continue;
        const auto file = files.open(path, false);
        if (!file) return propagate(file);
        const auto found = first_content(**file, segment == end.segment ? end.offset : 0);
        if (!found) return propagate(found);
        if (!*found) continue;
        return refuse(codes::audit_log_tail,
                      path + " at byte " + std::to_string(**found) + ", where record " +
                          std::to_string(end.next_sequence) + " or zeros should stand");
    }
    return {};
}

Result<std::uint64_t> bytes_of_log(node::FileSystem& files, const std::string& folder,
                                   std::uint32_t last_segment) {
    std::uint64_t bytes = 0;
    for (std::uint32_t segment = 1; segment <= last_segment; ++segment) {
        const auto file = files.open(folder + "/" + node::log_segment_name(segment), false);
        if (!file) return propagate(file);
        bytes += (*file)->size();
    }
    return bytes;
}

}  // namespace

Result<LogTally> audit_log(node::FileSystem& files, const std::string& folder,
                           const ledger::ValidatorSet& validators, const PartDone& done) {
    const auto last = node::last_log_segment(files, folder);
    if (!last) return propagate(last);
    const auto all = bytes_of_log(files, folder, *last);
    if (!all) return propagate(all);
    RecordChecks checks(validators);
    std::uint64_t read = 0;
    const auto end = node::scan_log(
        files, folder,
        [&](const LogHeader& header, const LogPosition& position, ByteView payload) -> Status {
            if (!checks.found_invalid()) checks.visit(header, position, payload);
            read += node::k_log_header_bytes + payload.size();
            done(read, std::max(read, *all));
            return {};
        },
        [] { return std::string("met while every record was read"); });
    if (!end) return propagate(end);
    auto tally = checks.finish(folder);
    if (!tally) return tally;
    if (const Status zeros = check_tail(files, folder, *end, *last); !zeros) {
        return propagate(zeros);
    }
    return tally;
}

}  // namespace cityledger::io
