#include "sim/bench/lone_chain.hpp"

#include <algorithm>

#include "crypto/check.hpp"
#include "ledger/contracts/contracts.hpp"
#include "sim/launch/network_maker.hpp"

namespace cityledger::bench {
namespace {

constexpr std::size_t k_enterprises_enrolled = 200;
constexpr std::uint64_t k_bundle = 100;

void check_all_done(const ledger::ExecutedBlock& block) {
    for (const ledger::StoredReceipt& stored : block.receipts) {
        CHECK_INVARIANT(stored.receipt.code == 0);
        for (const ledger::OperationResult& operation : stored.receipt.operations) {
            CHECK_INVARIANT(operation.code == 0);
        }
    }
}

}  // namespace

LoneChain::LoneChain() {
    const sim::WorldPlan plan = sim::default_plan(1);
    ledger::Genesis genesis;
    genesis.name = plan.name;
    genesis.business = ledger::compact_json(plan.business);
    genesis.validators.push_back({"node0", bureau_.public_key().bytes()});
    for (const ledger::MemberId& member : plan.members) {
        genesis.keys.push_back({member, bureau_.public_key().bytes()});
    }
    chain_ = ledger::chain_id_of(genesis);
    auto opened = ledger::Executor::open(genesis, ledger::city_contracts(), store_);
    CHECK_INVARIANT(opened.has_value());
    executor_ = *std::move(opened);
    population_.enterprises =
        make_enterprises(k_enterprises_enrolled, ledger::Nonce{}, bureau_.public_key(), true);
    ledger::Batch batch;
    batch.transactions.push_back(
        unsigned_transaction("TAXBUREAU", bureau_.public_key().bytes(),
                             admissions(population_.enterprises, 0, k_enterprises_enrolled)));
    const auto executed = executor_->execute(1, {&batch});
    CHECK_INVARIANT(executed.has_value());
    check_all_done(*executed);
}

std::chrono::steady_clock::duration LoneChain::issue_block(std::uint64_t operations) {
    OperationMaker maker(population_);
    ledger::Batch batch;
    while (operations > 0) {
        const std::size_t seller = dice_.below(k_enterprises_enrolled);
        const Member& member = population_.enterprises.members[seller];
        std::vector<ledger::Operation> bundle;
        for (std::uint64_t i = std::min(operations, k_bundle); i > 0; --i, --operations) {
            bundle.push_back(
                maker.make({1, Workload::plain_invoice, {}}, seller, next_number_++, dice_));
        }
        batch.transactions.push_back(
            unsigned_transaction(member.id, member.key.public_key().bytes(), std::move(bundle)));
    }
    const auto start = std::chrono::steady_clock::now();
    const auto executed = executor_->execute(executor_->state().height + 1, {&batch});
    const auto time = std::chrono::steady_clock::now() - start;
    CHECK_INVARIANT(executed.has_value());
    check_all_done(*executed);
    return time;
}

ledger::Transaction LoneChain::unsigned_transaction(const ledger::MemberId& sender,
                                                    const crypto::PublicKeyBytes& key,
                                                    std::vector<ledger::Operation> operations) {
    ledger::Transaction transaction;
    transaction.body = {
        chain_, sender, key, {}, executor_->state().height + 1, std::move(operations)};
    for (std::size_t i = 0; i < sizeof(next_nonce_); ++i) {
        transaction.body.nonce.bytes[i] = static_cast<std::uint8_t>(next_nonce_ >> (8 * i));
    }
    ++next_nonce_;
    return transaction;
}

}  // namespace cityledger::bench
