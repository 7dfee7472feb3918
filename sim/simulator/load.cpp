#include "sim/simulator/load.hpp"

namespace cityledger::sim {
namespace {

constexpr std::size_t k_members = 3;
constexpr std::uint32_t k_slots = 8;

/// Of a million transactions so many go to a second node at once, or are sent once more later.
constexpr std::uint64_t k_doubled_per_million = 50'000;
constexpr std::uint64_t k_repeated_per_million = 50'000;

Result<BoardSlot> write(ledger::Context& context, const BoardWrite& arguments) {
    const std::string key = "board/" + std::to_string(arguments.slot);
    BoardSlot slot = context.load<BoardSlot>(key).value_or(BoardSlot{});
    slot.count += 1;
    slot.text = arguments.text;
    context.store(key, slot);
    return slot;
}

Result<BoardSlot> read(ledger::Context& context, const BoardWrite& arguments) {
    const std::string key = "board/" + std::to_string(arguments.slot);
    return context.load<BoardSlot>(key).value_or(BoardSlot{});
}

}  // namespace

const ledger::ContractRegistry& board_contracts() {
    static const ledger::ContractRegistry registry = [] {
        ledger::Contract board;
        board.name = "board";
        board.operations.push_back(ledger::make_method<BoardWrite, BoardSlot>(
            "write", "Anybody: counts and keeps the text of a slot.", write));
        board.queries.push_back(
            ledger::make_method<BoardWrite, BoardSlot>("read", "Anybody: the slot.", read));
        board.initialise = [](ledger::Context&, const boost::json::value&) { return Status(); };
        ledger::ContractRegistry all;
        all.add(std::move(board));
        return all;
    }();
    return registry;
}

WorldPlan board_plan(std::uint64_t seed, std::size_t validators) {
    WorldPlan plan;
    plan.name = "board";
    plan.seed = seed;
    plan.validators = validators;
    for (std::size_t i = 0; i < k_members; ++i) plan.members.push_back("M" + std::to_string(i));
    return plan;
}

VirtualLoad::VirtualLoad(VirtualCluster& cluster, const WorldPlan& plan)
    : cluster_(cluster), random_(SimulatedRandom(plan.seed).fork("load")), members_(plan.members) {
    for (const ledger::MemberId& member : members_) {
        keys_.push_back(VirtualCluster::member_key(plan.seed, member));
    }
}

VirtualLoad::TransactionPointer VirtualLoad::make_transaction() {
    const std::size_t sender = random_.below(members_.size());
    ledger::TransactionBody body;
    body.chain_id = cluster_.chain_id();
    body.sender = members_[sender];
    body.sender_key = keys_[sender].public_key().bytes();
    random_.fill(body.nonce.bytes);
    body.expires_at_height =
        cluster_.checker().highest_block() + ledger::k_max_transaction_lifetime_heights / 2;
    const std::uint64_t operations = random_.between(1, 3);
    for (std::uint64_t i = 0; i < operations; ++i) {
        const BoardWrite arguments{static_cast<std::uint32_t>(random_.below(k_slots)),
                                   std::string(random_.below(200), 'x')};
        body.operations.push_back({"board", "write", ledger::encode(arguments)});
    }
    return std::make_shared<const ledger::Transaction>(
        ledger::sign_transaction(std::move(body), keys_[sender]));
}

std::optional<std::size_t> VirtualLoad::draw_node() {
    std::vector<std::size_t> running;
    for (std::size_t node = 0; node < cluster_.size(); ++node) {
        if (cluster_.running(node)) running.push_back(node);
    }
    if (running.empty()) return std::nullopt;
    return running[random_.below(running.size())];
}

void VirtualLoad::send_to_some_node(const TransactionPointer& transaction) {
    const auto node = draw_node();
    if (!node) return;
    cluster_.submit(*node, transaction, {}, [this](const ledger::StoredReceipt&) { ++executed_; });
}

void VirtualLoad::send_one() {
    if (!sent_.empty() && random_.chance(k_repeated_per_million)) {
        send_to_some_node(sent_[random_.below(sent_.size())]);
    }
    sent_.push_back(make_transaction());
    send_to_some_node(sent_.back());
    if (random_.chance(k_doubled_per_million)) send_to_some_node(sent_.back());
}

void VirtualLoad::start(std::uint64_t interval_ms) { schedule(interval_ms, ++generation_); }

void VirtualLoad::schedule(std::uint64_t interval_ms, std::uint64_t generation) {
    const TimeUs delay_us = random_.between(1, 2 * interval_ms * k_millisecond_us);
    cluster_.queue().after(delay_us, k_world_owner, [this, interval_ms, generation] {
        if (generation != generation_) return;
        send_one();
        schedule(interval_ms, generation);
    });
}

}  // namespace cityledger::sim
