#include "sim/scenario/load_reader.hpp"

#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

constexpr std::int64_t k_max_transactions = 1'000'000;
constexpr std::int64_t k_max_per_second = 100'000;
constexpr std::int64_t k_max_open = 10'000;
constexpr std::int64_t k_max_weight = 1'000'000;
constexpr std::uint64_t k_open_at_max_rate = 512;  // so that a slow world is not buried

}  // namespace

Rate LoadReader::read_rate(const YamlValue& value) {
    Rate rate;
    if (value.kind == YamlKind::text) {
        static_cast<void>(in_.choice_of(value, {"max"}));
        rate.kind = RateKind::max;
        rate.open = k_open_at_max_rate;
        return rate;
    }
    if (!in_.check_mapping(value, {"fixed", "linear", "closed"}, {})) return rate;
    if (value.entries.size() != 1) {
        in_.fail(problem::step_kind(in_.at(value), said("problem.one_rate")));
        return rate;
    }
    if (value.find("fixed") != nullptr) {
        rate.from_per_second = in_.integer_under(value, "fixed", 1, k_max_per_second, 1);
        rate.to_per_second = rate.from_per_second;
    } else if (const YamlValue* linear = value.find("linear")) {
        rate.kind = RateKind::linear;
        if (!in_.check_mapping(*linear, {"from", "to"}, {"from", "to"})) return rate;
        rate.from_per_second = in_.integer_under(*linear, "from", 1, k_max_per_second, 1);
        rate.to_per_second = in_.integer_under(*linear, "to", 1, k_max_per_second, 1);
    } else {
        rate.kind = RateKind::closed;
        rate.open = in_.integer_under(value, "closed", 1, k_max_open, 1);
    }
    return rate;
}

MixEntry LoadReader::read_mix_entry(const YamlValue& value) {
    MixEntry entry;
    if (!in_.check_mapping(value, {"weight", "as", "do", "with", "expect"}, {"as", "do"}))
        return entry;
    entry.weight = in_.integer_under(value, "weight", 1, k_max_weight, 1);
    entry.senders = names_.read_choices(*value.find("as"));
    const YamlValue* expect = value.find("expect");
    const bool any = expect != nullptr && expect->kind == YamlKind::text && expect->text == "any";
    if (!in_.failed()) entry.call = calls_.read_call(value, "do", CallKind::operation, !any);
    return entry;
}

LoadStep LoadReader::read_load(const YamlValue& value, std::uint64_t rounds) {
    LoadStep load;
    const Words keys = {"transactions", "rate", "mix"};
    if (!in_.check_mapping(value, keys, keys)) return load;
    load.transactions = in_.integer_under(value, "transactions", 1, k_max_transactions, 1);
    const std::uint64_t all = rounds * load.transactions;
    if (all > std::uint64_t{k_max_transactions}) {
        in_.fail(problem::out_of_range(
            in_.at(value),
            said("problem.rounds", {std::to_string(all), std::to_string(k_max_transactions)})));
    }
    load.rate = read_rate(*value.find("rate"));
    // The number of the transaction, and who was drawn to send it.
    references_.push("n", boost::json::value(1));
    references_.push("sender", std::nullopt);
    for (const YamlValue& item : in_.list_of(*value.find("mix"), 1)) {
        load.mix.push_back(read_mix_entry(item));
        in_.settle();
    }
    references_.pop(2);
    return load;
}

}  // namespace cityledger::sim
