#include "ledger/executor_context.hpp"

#include "crypto/check.hpp"

namespace cityledger::ledger {
namespace {

/// The one contract that may write system state: it holds the keys of members.
constexpr std::string_view k_system_contract = "membership";

}  // namespace

Error over_budget(std::string detail) {
    return refuse(codes::operation_over_budget, std::move(detail)).value();
}

void ContractContext::spend(std::size_t& left, std::size_t amount, const char* what) {
    if (amount > left) throw OverBudget{std::string("too many ") + what};
    left -= amount;
}

std::optional<Bytes> ContractContext::get(Space space, std::string_view key) {
    spend(left_.reads, 1, "reads");
    return overlay_.get(space, key);
}

void ContractContext::prepare_write(Space space, std::string_view key, std::size_t value_bytes) {
    CHECK_INVARIANT(key.starts_with(contract_) && key.substr(contract_.size()).starts_with('/'));
    CHECK_INVARIANT(space != Space::system || contract_ == k_system_contract);
    if (key.size() > k_max_key_bytes) throw OverBudget{"a key is too long"};
    if (value_bytes > k_max_value_bytes) throw OverBudget{"a value is too long"};
    spend(left_.writes, 1, "writes");
    spend(left_.write_bytes, key.size() + value_bytes, "bytes written");
}

void ContractContext::put(Space space, std::string_view key, Bytes value) {
    prepare_write(space, key, value.size());
    overlay_.write(space, key, std::move(value));
}

void ContractContext::erase(Space space, std::string_view key) {
    prepare_write(space, key, 0);
    overlay_.write(space, key, std::nullopt);
}

std::vector<std::pair<std::string, Bytes>> ContractContext::scan(Space space,
                                                                 std::string_view prefix,
                                                                 std::string_view from,
                                                                 std::size_t limit) {
    spend(left_.reads, 1, "reads");
    std::vector<std::pair<std::string, Bytes>> entries;
    if (limit == 0) return entries;
    // Stops one entry above the budget; nothing is thrown through the store.
    overlay_.scan(space, prefix, from, [&](std::string_view key, ByteView value) {
        entries.emplace_back(key, to_bytes(value));
        return entries.size() < limit && entries.size() <= left_.reads;
    });
    spend(left_.reads, entries.size(), "reads");
    return entries;
}

void ContractContext::emit(std::string_view name, std::string_view subject) {
    spend(left_.events, 1, "events");
    if (name.size() > k_max_name_bytes) throw OverBudget{"an event's name is too long"};
    if (subject.size() > k_max_key_bytes) throw OverBudget{"an event's subject is too long"};
    events_.push_back({std::string(name), std::string(subject)});
}

}  // namespace cityledger::ledger
