#include "sim/scenario/loops_reader.hpp"

#include <algorithm>

#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

constexpr std::int64_t k_max_repeats = 100'000;
constexpr std::uint64_t k_max_rounds = 1'000'000;  // of all loops around a step together

/// What stands for the variable in its first round; nothing if the loop is broken.
std::optional<boost::json::value> first_of(const Loop& loop) {
    if (!loop.actors.empty()) return boost::json::value(loop.actors.front());
    if (loop.choices.empty()) return boost::json::value(1);
    const auto& drawn = loop.choices.front().actors;
    if (drawn.empty()) return std::nullopt;
    return boost::json::value(drawn.front());
}

}  // namespace

const Words& loop_kinds() {
    static const Words kinds = {"repeat", "for_each", "choose"};
    return kinds;
}

Loop LoopsReader::read_loop(const YamlValue& value) {
    Loop loop;
    std::string kind;
    for (const std::string& candidate : loop_kinds()) {
        if (value.find(candidate) == nullptr) continue;
        if (!kind.empty()) {
            in_.fail(problem::step_kind(in_.at(value), said("problem.both", {kind, candidate})));
        }
        kind = candidate;
    }
    const YamlValue& inner = *value.find(kind);
    Words keys = {"var"};
    if (kind != "repeat") keys.push_back(kind == "choose" ? "from" : "actors");
    if (kind != "for_each") keys.push_back("times");
    if (in_.failed() || !in_.check_mapping(inner, keys, keys)) return loop;
    if (kind != "for_each") loop.times = in_.integer_under(inner, "times", 1, k_max_repeats, 1);
    if (kind == "for_each") loop.actors = names_.read_actor_group(*inner.find("actors"));
    if (kind == "choose") loop.choices = names_.read_choices(*inner.find("from"));
    loop.variable = in_.text_under(inner, "var");
    return loop;
}

void LoopsReader::enter(const Loop& loop, Place place) {
    references_.push(loop.variable, first_of(loop));
    rounds_ *= std::max<std::size_t>(loop.count(), 1);
    if (rounds_ > k_max_rounds) {
        in_.fail(problem::out_of_range(
            in_.at(place),
            said("problem.rounds", {std::to_string(rounds_), std::to_string(k_max_rounds)})));
    }
}

void LoopsReader::leave(const Loop& loop) {
    references_.pop();
    rounds_ /= std::max<std::size_t>(loop.count(), 1);
}

}  // namespace cityledger::sim
