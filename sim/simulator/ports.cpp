#include "sim/simulator/ports.hpp"

#include <algorithm>

#include "ledger/batch_check.hpp"

namespace cityledger::sim {

void SimulatedSyncer::sync(std::shared_ptr<node::File> file, std::function<void(Status)> done) {
    // The sync covers what was written until now; what is written while it runs is not promised.
    auto* simulated = dynamic_cast<SimulatedFile*>(file.get());
    const std::uint64_t mark = simulated ? simulated->mark() : 0;
    const bool lies = random_.chance(times_.sync_lies_per_million);
    const TimeUs delay_us = random_.between(times_.sync_min_us, times_.sync_max_us) +
                            (simulated ? simulated->sync_delay_us() : 0);
    const auto finish = [simulated, mark, lies, file = std::move(file), done = std::move(done)] {
        if (lies) {
            done({});
        } else {
            done(simulated ? simulated->sync_up_to(mark) : file->sync());
        }
    };
    queue_.after(delay_us, owner_, finish);
}

void SimulatedVerifier::verify(std::shared_ptr<const ledger::Transaction> transaction,
                               std::function<void(Status)> done) {
    answer_later(check(*transaction), std::move(done));
}

void SimulatedVerifier::verify(std::shared_ptr<const ledger::Batch> batch,
                               std::function<void(Status)> done) {
    answer_later(check(*batch), std::move(done));
}

void SimulatedVerifier::answer_later(Status verdict, std::function<void(Status)> done) {
    queue_.after(random_.below(times_.verify_max_us + 1), owner_,
                 [verdict = std::move(verdict), done = std::move(done)] { done(verdict); });
}

Status SimulatedVerifier::check(const ledger::Transaction& transaction) {
    const auto form = ledger::check_transaction_form(transaction, validators_.chain_id());
    if (!form) return form;
    auto key = keys_.find(transaction.body.sender_key);
    if (key == keys_.end()) {
        auto decoded = crypto::PublicKey::decode(transaction.body.sender_key);
        if (!decoded) return propagate(decoded);
        key = keys_.emplace(transaction.body.sender_key, *std::move(decoded)).first;
    }
    return ledger::check_transaction_signature(transaction, key->second, suite_);
}

Status SimulatedVerifier::check(const ledger::Batch& batch) {
    const auto header = ledger::check_batch(batch, validators_);
    if (!header) return header;
    for (const ledger::Transaction& transaction : batch.transactions) {
        if (const auto valid = check(transaction); !valid) return valid;
    }
    return {};
}

void SimulatedExecution::execute(std::uint64_t height,
                                 std::vector<std::shared_ptr<const ledger::Batch>> batches,
                                 Done done) {
    const TimeUs delay_us = random_.below(times_.execute_max_us + 1);
    busy_until_ = std::max(busy_until_, queue_.now_us()) + delay_us;
    queue_.at(busy_until_, owner_,
              [this, height, batches = std::move(batches), done = std::move(done)] {
                  run(height, batches, done);
              });
}

void SimulatedExecution::run(std::uint64_t height,
                             const std::vector<std::shared_ptr<const ledger::Batch>>& batches,
                             const Done& done) {
    std::vector<const ledger::Batch*> plain;
    for (const auto& batch : batches) plain.push_back(batch.get());
    auto executed = executor_.execute(height, plain);
    if (random_.below(std::max<std::uint64_t>(times_.flush_every_blocks, 1)) == 0) store_.flush();
    // The state is applied now, the replica hears of it in a later event: a crash may lie between.
    queue_.after(1, owner_, [executed = std::move(executed), done] { done(executed); });
}

ledger::Nonce SimulatedRandomSource::nonce() {
    ledger::Nonce drawn;
    random_.fill(drawn.bytes);
    return drawn;
}

}  // namespace cityledger::sim
