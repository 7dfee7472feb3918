#include "sim/runner/outcome.hpp"

#include <algorithm>

#include "ledger/codec/json.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

namespace json = boost::json;

/// Integers may come as signed or unsigned.
bool equal_numbers(const json::value& a, const json::value& b) {
    const auto negative = [](const json::value& v) { return v.is_int64() && v.get_int64() < 0; };
    const auto magnitude = [](const json::value& v) {
        return v.is_uint64() ? v.get_uint64() : static_cast<std::uint64_t>(v.get_int64());
    };
    return negative(a) == negative(b) && magnitude(a) == magnitude(b);
}

bool is_integer(const json::value& value) { return value.is_int64() || value.is_uint64(); }

}  // namespace

std::string CallOutcome::words() const {
    if (code_name == "ok") return said("found.ok", {ledger::compact_json(result)});
    return said("found.refused", {code_name}) + (detail.empty() ? "" : " (" + detail + ")");
}

Verdict verdict_of(const Expectation& expect, const CallOutcome& outcome) {
    Verdict verdict{false, outcome.words()};
    if (expect.refused) {
        verdict.held = outcome.code_name == *expect.refused;
    } else if (outcome.code_name == "ok") {
        verdict.held = true;
        if (expect.fields) verdict.held = contains_fields(outcome.result, *expect.fields);
        for (const std::string& event : expect.events) {
            const auto& sent = outcome.events;
            if (std::find(sent.begin(), sent.end(), event) == sent.end()) verdict.held = false;
        }
        if (!expect.events.empty()) {
            for (const std::string& event : outcome.events) {
                verdict.found += said("found.event", {event});
            }
        }
    }
    return verdict;
}

bool is_admission_refusal(const Error& error) {
    const RefusalKind kind = error.code.kind;
    return kind == RefusalKind::invalid || kind == RefusalKind::refused ||
           kind == RefusalKind::busy;
}

std::vector<CallOutcome> refused_outcomes(const Error& error, std::size_t count) {
    return {count, {std::string(error.code.name), error.detail, nullptr, {}}};
}

bool contains_fields(const json::value& found, const json::value& wanted) {
    if (wanted.is_object() && found.is_object()) {
        for (const auto& [key, value] : wanted.get_object()) {
            const json::value* member = found.get_object().if_contains(key);
            if (member == nullptr || !contains_fields(*member, value)) return false;
        }
        return true;
    }
    if (wanted.is_array() && found.is_array()) {
        const json::array& a = found.get_array();
        const json::array& b = wanted.get_array();
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), contains_fields);
    }
    if (is_integer(wanted) && is_integer(found)) return equal_numbers(found, wanted);
    return found == wanted;
}

}  // namespace cityledger::sim
