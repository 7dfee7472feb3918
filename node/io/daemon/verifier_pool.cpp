#include "node/io/daemon/verifier_pool.hpp"

#include <algorithm>
#include <atomic>
#include <list>
#include <map>
#include <mutex>

#include "ledger/batch_check.hpp"
#include "node/io/worker_thread.hpp"

namespace cityledger::io {
namespace {

/// Senders whose decoded key is kept; about 1 KB each.
constexpr std::size_t k_max_kept_keys = 20'000;
/// Transactions that one job of a large batch checks.
constexpr std::size_t k_transactions_per_job = 16;

/// Decoded keys, the least recently used one dropped first. Decoding costs more than verifying.
class KeyCache {
public:
    Result<crypto::PublicKey> get(const crypto::PublicKeyBytes& bytes) {
        {
            const std::lock_guard lock(mutex_);
            const auto found = by_bytes_.find(bytes);
            if (found != by_bytes_.end()) {
                keys_.splice(keys_.begin(), keys_, found->second);
                return keys_.front();
            }
        }
        auto decoded = crypto::PublicKey::decode(bytes);
        if (!decoded) return decoded;
        const std::lock_guard lock(mutex_);
        if (by_bytes_.count(bytes) != 0) return decoded;
        keys_.push_front(*decoded);
        by_bytes_[bytes] = keys_.begin();
        if (keys_.size() > k_max_kept_keys) {
            by_bytes_.erase(keys_.back().bytes());
            keys_.pop_back();
        }
        return decoded;
    }

private:
    std::mutex mutex_;
    std::list<crypto::PublicKey> keys_;  ///< most recently used first
    std::map<crypto::PublicKeyBytes, std::list<crypto::PublicKey>::iterator> by_bytes_;
};

}  // namespace

class VerifierPool::Impl {
public:
    Impl(const ledger::ValidatorSet& validators, std::size_t threads, Post post)
        : validators_(validators),
          suite_(validators.key(0).suite()),
          post_(std::move(post)),
          workers_(threads, Stage::signature) {}

    void add(std::shared_ptr<const ledger::Transaction> transaction,
             std::function<void(Status)> done) {
        workers_.add([this, transaction = std::move(transaction), done = std::move(done)] {
            answer(check(*transaction), done, Stage::form);
        });
    }

    void add(std::shared_ptr<const ledger::Batch> batch, std::function<void(Status)> done) {
        workers_.add([this, batch = std::move(batch), done = std::move(done)] {
            const Status status = ledger::check_batch(*batch, validators_);
            if (!status || batch->transactions.empty()) return answer(status, done, Stage::batch);
            split(batch, done);
        });
    }

private:
    /// A batch in work: the last job to end answers.
    struct Work {
        std::shared_ptr<const ledger::Batch> batch;
        std::function<void(Status)> done;
        std::atomic<std::size_t> jobs_left = 0;
        std::atomic<bool> is_bad = false;  ///< the rest needs no check
        std::mutex mutex;
        Status verdict;
    };

    void split(const std::shared_ptr<const ledger::Batch>& batch,
               const std::function<void(Status)>& done) {
        auto work = std::make_shared<Work>();
        work->batch = batch;
        work->done = done;
        const std::size_t count = batch->transactions.size();
        work->jobs_left = (count + k_transactions_per_job - 1) / k_transactions_per_job;
        for (std::size_t from = 0; from < count; from += k_transactions_per_job) {
            const std::size_t to = std::min(from + k_transactions_per_job, count);
            workers_.add([this, work, from, to] { check_part(*work, from, to); });
        }
    }

    void check_part(Work& work, std::size_t from, std::size_t to) {
        for (std::size_t i = from; i < to && !work.is_bad; ++i) {
            const Status status = check(work.batch->transactions[i]);
            if (status) continue;
            work.is_bad = true;
            const std::lock_guard lock(work.mutex);
            work.verdict = status;
        }
        if (--work.jobs_left == 0) answer(work.verdict, work.done, Stage::batch);
    }

    Status check(const ledger::Transaction& transaction) {
        const Status form = ledger::check_transaction_form(transaction, validators_.chain_id());
        if (!form) return form;
        const auto key = keys_.get(transaction.body.sender_key);
        if (!key) return propagate(key);
        return ledger::check_transaction_signature(transaction, *key, suite_);
    }

    /// `stage` is what its result leads to.
    void answer(Status status, std::function<void(Status)> done, Stage stage) {
        post_([status = std::move(status), done = std::move(done), stage] {
            const StageScope scope(stage);
            done(status);
        });
    }

    const ledger::ValidatorSet& validators_;
    crypto::SignatureSuite suite_;
    ResultPost post_;
    KeyCache keys_;
    WorkerThreads workers_;  // last: its jobs use everything above
};

VerifierPool::VerifierPool(const ledger::ValidatorSet& validators, std::size_t threads, Post post)
    : impl_(std::make_unique<Impl>(validators, threads, std::move(post))) {}
VerifierPool::~VerifierPool() = default;

void VerifierPool::verify(std::shared_ptr<const ledger::Transaction> transaction,
                          std::function<void(Status)> done) {
    impl_->add(std::move(transaction), std::move(done));
}

void VerifierPool::verify(std::shared_ptr<const ledger::Batch> batch,
                          std::function<void(Status)> done) {
    impl_->add(std::move(batch), std::move(done));
}

}  // namespace cityledger::io
