#include "sim/scenario/network_reader.hpp"

#include <algorithm>

#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

constexpr std::int64_t k_max_count = 1'000'000'000;
constexpr std::int64_t k_max_within_ms = 600'000;

const Words k_flags = {"equal_roots", "one_chain", "no_evidence", "all_nodes_have_receipts"};
const Words k_network_keys = {"equal_roots",
                              "one_chain",
                              "no_evidence",
                              "evidence_at_least",
                              "nullified_views_at_least",
                              "height_at_least",
                              "receipts",
                              "all_nodes_have_receipts",
                              "within_ms"};

}  // namespace

std::string_view network_key(NetworkKind kind) {
    return k_network_keys[static_cast<std::size_t>(kind)];
}

void NetworkReader::read_receipt_counts(const YamlValue& value, NetworkExpectation& expectation) {
    if (!in_.check_mapping(value, {"ok", "refused"}, {})) return;
    if (value.entries.empty()) return in_.fail(problem::missing_key(in_.at(value), "ok"));
    if (value.find("ok") != nullptr) {
        expectation.ok = in_.integer_under(value, "ok", 0, k_max_count, 0);
    }
    const YamlValue* refused = value.find("refused");
    if (refused == nullptr || !in_.is_a(*refused, YamlKind::mapping)) return;
    for (const YamlEntry& entry : refused->entries) {
        const Words& known = vocabulary_.codes;
        if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
            return in_.fail(problem::unknown_code(in_.at(entry.place), entry.key, known));
        }
        const std::int64_t count = in_.integer_of(entry.value, 0, k_max_count);
        expectation.refused.push_back({entry.key, static_cast<std::uint64_t>(count)});
    }
}

void NetworkReader::read_network_expectation(const YamlEntry& entry,
                                             NetworkExpectation& expectation, std::string& words) {
    const auto found = std::find(k_network_keys.begin(), k_network_keys.end(), entry.key);
    words = entry.key;
    expectation.kind = static_cast<NetworkKind>(found - k_network_keys.begin());
    if (expectation.kind == NetworkKind::receipts) {
        read_receipt_counts(entry.value, expectation);
        words += " " + ledger::compact_json(plain_json(entry.value));
    } else if (std::find(k_flags.begin(), k_flags.end(), entry.key) != k_flags.end()) {
        if (!in_.is_a(entry.value, YamlKind::flag)) return;
        if (!entry.value.flag) {
            in_.fail(problem::not_a_choice(in_.at(entry.value), "false", {"true"}));
        }
    } else {
        expectation.amount =
            static_cast<std::uint64_t>(in_.integer_of(entry.value, 1, k_max_count));
        words += " " + entry.value.text;
    }
}

std::vector<NetworkExpectation> NetworkReader::read_network_expectations(const YamlValue& value) {
    std::vector<NetworkExpectation> expectations;
    if (!in_.check_mapping(value, k_network_keys, {})) return expectations;
    const std::uint64_t within =
        in_.integer_under(value, "within_ms", 1, k_max_within_ms, scenario_.defaults.within_ms);
    for (const YamlEntry& entry : value.entries) {
        if (in_.failed() || entry.key == "within_ms") continue;
        NetworkExpectation expectation;
        std::string words;
        expectation.within_ms = within;
        read_network_expectation(entry, expectation, words);
        expectation.index = scenario_.state_expectation(entry.place, words);
        expectations.push_back(std::move(expectation));
    }
    if (!in_.failed() && expectations.empty()) {
        in_.fail(problem::step_kind(in_.at(value), said("problem.expect_nothing")));
    }
    return expectations;
}

}  // namespace cityledger::sim
