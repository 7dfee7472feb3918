#pragma once
// The contracts' test fixture: a state in memory, a sender, the events; refused operations leave
// no trace.

#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "crypto/keys.hpp"
#include "ledger/contracts/contracts.hpp"

namespace cityledger::ledger::testing {

/// The bytes of each space by key.
using SpaceMap = std::map<std::string, Bytes, std::less<>>;

class TestContext : public Context {
public:
    MemberId current_sender;
    std::map<Space, SpaceMap> spaces;
    std::vector<Event> events;
    // As the executor counts them, of the operation that runs.
    std::size_t reads = 0;
    std::size_t writes = 0;

    [[nodiscard]] const MemberId& sender() const override { return current_sender; }

    [[nodiscard]] std::optional<Bytes> get(Space space, std::string_view key) override {
        ++reads;
        const SpaceMap& entries = spaces[space];
        const auto found = entries.find(key);
        if (found == entries.end()) return std::nullopt;
        return found->second;
    }
    void put(Space space, std::string_view key, Bytes value) override {
        ++writes;
        spaces[space].insert_or_assign(std::string(key), std::move(value));
    }
    void erase(Space space, std::string_view key) override {
        ++writes;
        spaces[space].erase(std::string(key));
    }
    [[nodiscard]] std::vector<std::pair<std::string, Bytes>> scan(Space space,
                                                                  std::string_view prefix,
                                                                  std::string_view from,
                                                                  std::size_t limit) override {
        std::vector<std::pair<std::string, Bytes>> found;
        const SpaceMap& entries = spaces[space];
        const auto begin = entries.lower_bound(std::max(prefix, from));
        for (auto it = begin; it != entries.end() && found.size() < limit; ++it) {
            if (!it->first.starts_with(prefix)) break;
            found.emplace_back(it->first, it->second);
        }
        reads += 1 + found.size();
        return found;
    }
    void emit(std::string_view name, std::string_view subject) override {
        events.push_back({std::string(name), std::string(subject)});
    }
};

/// What ChainRules reads of a TestContext.
class TestReader : public StateReader {
public:
    explicit TestReader(const std::map<Space, SpaceMap>& spaces) : spaces_(spaces) {}
    [[nodiscard]] std::optional<Bytes> get(Space space, std::string_view key) const override {
        const auto entries = spaces_.find(space);
        if (entries == spaces_.end()) return std::nullopt;
        const auto found = entries->second.find(key);
        if (found == entries->second.end()) return std::nullopt;
        return found->second;
    }
    void scan(Space, std::string_view, std::string_view, const StateVisitor&) const override {}

private:
    const std::map<Space, SpaceMap>& spaces_;
};

/// The public half of a member's test key; `turn` counts rotations.
[[nodiscard]] inline crypto::PublicKeyBytes test_key(const MemberId& member, int turn = 0) {
    const Digest seed = crypto::sha256(as_bytes(member + "#" + std::to_string(turn)));
    return crypto::PrivateKey::for_simulation(seed).public_key().bytes();
}

/// The code's name of a refusal, or "accepted".
template <class T>
[[nodiscard]] std::string refusal(const Result<T>& result) {
    return result ? "accepted" : std::string(result.error().code.name);
}

/// All contracts over one TestContext.
class City {
public:
    TestContext context;

    /// Applies the genesis sections; a contract without one gets null.
    Status start(const boost::json::object& sections) {
        for (const Contract* contract : city_contracts().all()) {
            if (!contract->initialise) continue;
            const boost::json::value* section = sections.if_contains(contract->name);
            const auto status =
                contract->initialise(context, section ? *section : boost::json::value());
            if (!status) return status;
        }
        return {};
    }

    /// An operation of this sender through the encoded arguments, as the executor calls it.
    template <class R, class Arguments>
    Result<R> run(const MemberId& sender, std::string_view contract, std::string_view method,
                  const Arguments& arguments) {
        const auto operation = city_contracts().operation(contract, method);
        REQUIRE(operation.has_value());
        const auto before = context.spaces;
        context.current_sender = sender;
        context.events.clear();
        context.reads = context.writes = 0;
        const Bytes bytes = encode(arguments);
        if (const Status judged = judge(**operation, bytes); !judged) return propagate(judged);
        const auto result = (*operation)->call(context, bytes);
        if (!result) {
            context.spaces = before;
            context.events.clear();
            return propagate(result);
        }
        CHECK(result->size() <= k_max_result_bytes);
        CHECK(context.events.size() <= k_max_events_per_operation);
        CHECK(context.reads <= k_max_operation_reads);
        CHECK(context.writes <= k_max_operation_writes);
        return decode<R>(*result);
    }

    /// What is asked of the arguments before anybody orders them.
    [[nodiscard]] Status judge(const Method& operation, ByteView arguments) const {
        const TestReader reader(context.spaces);
        return operation.judge ? operation.judge(ChainRules(city_contracts(), reader), arguments)
                               : Status{};
    }

    /// A query; its writes are discarded.
    template <class R, class Arguments>
    Result<R> ask(std::string_view contract, std::string_view method, const Arguments& arguments) {
        const auto query = city_contracts().query(contract, method);
        REQUIRE(query.has_value());
        const auto before = context.spaces;
        context.current_sender.clear();
        const auto result = (*query)->call(context, encode(arguments));
        CHECK(context.spaces == before);
        if (!result) return propagate(result);
        return decode<R>(*result);
    }

    [[nodiscard]] bool emitted(std::string_view name, std::string_view subject) const {
        const Event wanted{std::string(name), std::string(subject)};
        return std::find(context.events.begin(), context.events.end(), wanted) !=
               context.events.end();
    }
};

}  // namespace cityledger::ledger::testing
