#pragma once
// A chain of two small contracts for the tests of the executor: "counter", with methods that use
// up a budget exactly, and a "membership" that can only leave.

#include "ledger/executor.hpp"
#include "ledger/memory_state_store.hpp"
#include "tests/ledger/fixtures.hpp"

namespace cityledger::ledger::testing {

inline constexpr Code k_counter_refused{9000, RefusalKind::refused, "counter_refused",
                                        "it was asked to", "ask less"};

struct CounterName {
    std::string name;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("name", name));
    }
};
struct CounterChange {
    std::string name;
    std::int64_t amount = 0;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("name", name), field("amount", amount));
    }
};
struct CounterValue {
    std::int64_t value = 0;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("value", value));
    }
};
struct Amount {
    std::uint32_t amount = 0;
    std::uint32_t first = 0;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("amount", amount), field("first", first));
    }
};
struct Blob {
    Bytes bytes;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<1024 * 1024>("bytes", bytes));
    }
};

inline std::string counter_key(const std::string& name) { return "counter/" + name; }

inline Result<CounterValue> run_add(Context& context, const CounterChange& change) {
    auto counter = context.load<CounterValue>(counter_key(change.name)).value_or(CounterValue{});
    counter.value += change.amount;
    context.store(counter_key(change.name), counter);
    context.emit("counter.added", change.name);
    return counter;
}
inline Result<Nothing> run_fail(Context& context, const CounterName& counter) {
    context.store(counter_key(counter.name), CounterValue{1});
    context.emit("counter.added", counter.name);
    return refuse(k_counter_refused, "as it was asked to");
}
inline Result<Nothing> run_fail_loudly(Context&, const Amount&) {
    std::string wording;
    for (int i = 0; i < 100; ++i) wording += "票";
    return refuse(k_counter_refused, wording);
}
inline Result<Nothing> run_read_many(Context& context, const Amount& amount) {
    for (std::uint32_t i = 0; i < amount.amount; ++i) (void)context.get(Space::business, "x");
    return Nothing{};
}
inline std::string numbered_key(std::uint32_t number) {
    return "counter/many/" + std::to_string(100'000 + number);
}
inline Result<Nothing> run_write_many(Context& context, const Amount& amount) {
    for (std::uint32_t i = 0; i < amount.amount; ++i) {
        context.put(Space::business, numbered_key(amount.first + i), Bytes{});
    }
    return Nothing{};
}
inline Result<Nothing> run_erase_many(Context& context, const Amount& amount) {
    for (std::uint32_t i = 0; i < amount.amount; ++i) {
        context.erase(Space::derived, numbered_key(i));
    }
    return Nothing{};
}
inline Result<Nothing> run_write_bytes(Context& context, const Amount& amount) {
    context.put(Space::derived, "counter/bytes", Bytes(amount.amount));
    return Nothing{};
}
inline Result<Nothing> run_write_long_key(Context& context, const Amount& amount) {
    std::string key = "counter/";
    key.resize(amount.amount, 'k');
    context.put(Space::derived, key, Bytes{});
    return Nothing{};
}
/// Writes `amount` bytes of values under four keys of 16 bytes and the rest under a fifth.
inline Result<Nothing> run_write_in_all(Context& context, const Amount& amount) {
    std::size_t left = amount.amount;
    for (char part = '0'; left > 0; ++part) {
        const std::size_t size = std::min<std::size_t>(left, k_max_value_bytes - 16);
        context.put(Space::derived, std::string("counter/part000") + part, Bytes(size));
        left -= size;
    }
    return Nothing{};
}
inline Result<Nothing> run_emit_many(Context& context, const Amount& amount) {
    for (std::uint32_t i = 0; i < amount.amount; ++i) context.emit("counter.event", "");
    return Nothing{};
}
inline Result<Nothing> run_emit_long_name(Context& context, const Amount& amount) {
    context.emit(std::string(amount.amount, 'n'), "");
    return Nothing{};
}
inline Result<Nothing> run_emit_long_subject(Context& context, const Amount& amount) {
    context.emit("counter.event", std::string(amount.amount, 's'));
    return Nothing{};
}
inline Result<Blob> run_give_back(Context&, const Amount& amount) {
    return Blob{Bytes(amount.amount)};
}
inline Result<CounterValue> run_scan_many(Context& context, const Amount& amount) {
    const auto entries = context.scan(Space::business, "counter/many/", "", amount.amount);
    return CounterValue{static_cast<std::int64_t>(entries.size())};
}
inline Result<CounterValue> run_value(Context& context, const CounterName& counter) {
    const auto value = context.load<CounterValue>(counter_key(counter.name));
    if (!value) return tl::unexpected<Error>(not_found(counter.name));
    return *value;
}
inline Result<Nothing> run_read_all(Context& context, const Nothing&) {
    for (;;) (void)context.get(Space::business, "counter/hits");
}
inline Result<Nothing> run_meddle(Context& context, const Nothing&) {
    context.store(counter_key("meddled"), CounterValue{1});
    return Nothing{};
}
inline Result<Nothing> run_revoke_me(Context& context, const Nothing&) {
    context.erase(Space::system, member_key_key(context.sender()));
    return Nothing{};
}

inline ContractRegistry make_test_contracts() {
    Contract counter;
    counter.name = "counter";
    counter.operations = {make_method("add", "Adds.", run_add),
                          make_method("fail", "Writes and fails.", run_fail),
                          make_method("fail_loudly", "Fails at length.", run_fail_loudly),
                          make_method("read_many", "Reads.", run_read_many),
                          make_method("write_many", "Writes.", run_write_many),
                          make_method("erase_many", "Erases.", run_erase_many),
                          make_method("write_bytes", "Writes a value.", run_write_bytes),
                          make_method("write_long_key", "Writes a key.", run_write_long_key),
                          make_method("write_in_all", "Writes bytes.", run_write_in_all),
                          make_method("emit_many", "Emits.", run_emit_many),
                          make_method("emit_long_name", "Emits.", run_emit_long_name),
                          make_method("emit_long_subject", "Emits.", run_emit_long_subject),
                          make_method("give_back", "Returns bytes.", run_give_back),
                          make_method("scan_many", "Scans.", run_scan_many)};
    counter.queries = {make_method("value", "Reads.", run_value),
                       make_method("read_all", "Never ends by itself.", run_read_all),
                       make_method("meddle", "Writes.", run_meddle)};
    counter.initialise = [](Context& context, const boost::json::value& section) -> Status {
        if (section.is_null()) return {};
        const auto start = from_json<std::int64_t>(section.as_object().at("start"));
        if (!start) return propagate(start);
        context.store(counter_key("start"), CounterValue{*start});
        return {};
    };
    Contract membership;
    membership.name = "membership";
    membership.operations = {make_method("revoke_me", "Leaves.", run_revoke_me)};

    ContractRegistry contracts;
    contracts.add(std::move(membership));
    contracts.add(std::move(counter));
    return contracts;
}

inline Operation add(const std::string& name, std::int64_t amount) {
    return {"counter", "add", encode(CounterChange{name, amount})};
}
inline Operation fail(const std::string& name) {
    return {"counter", "fail", encode(CounterName{name})};
}
inline Operation work_at(const std::string& method, std::uint32_t amount, std::uint32_t first) {
    return {"counter", method, encode(Amount{amount, first})};
}
inline Operation work(const std::string& method, std::uint32_t amount) {
    return work_at(method, amount, 0);
}

/// An open chain; `run` executes one block of one batch.
struct ExecutorFixture {
    Genesis genesis;
    ContractRegistry contracts = make_test_contracts();
    MemoryStateStore store;
    std::unique_ptr<Executor> executor;
    ExecutedState first_state;
    std::uint8_t nonces = 0;

    explicit ExecutorFixture(Genesis of = make_genesis(R"({"counter":{"start":5}})"))
        : genesis(std::move(of)) {
        reopen();
        first_state = executor->state();
    }
    void reopen() { executor = std::move(Executor::open(genesis, contracts, store).value()); }

    [[nodiscard]] ChainId chain_id() const { return chain_id_of(genesis); }

    Transaction sign(const std::string& sender, std::vector<Operation> operations,
                     std::uint64_t expires = 10) {
        TransactionBody body = make_body(chain_id(), sender, expires, std::move(operations));
        body.nonce.bytes[0] = nonces++;
        return sign_transaction(std::move(body), key_of(sender));
    }
    [[nodiscard]] static Batch batch_of(std::vector<Transaction> transactions) {
        Batch batch;
        batch.transactions = std::move(transactions);
        return batch;
    }
    ExecutedBlock run(std::vector<Transaction> transactions) {
        const Batch batch = batch_of(std::move(transactions));
        return executor->execute(executor->state().height + 1, {&batch}).value();
    }
    [[nodiscard]] std::int64_t counter(const std::string& name) const {
        const auto bytes = store.get(Space::business, counter_key(name));
        return bytes ? Context::decode_record<CounterValue>(*bytes).value : 0;
    }
};

}  // namespace cityledger::ledger::testing
