#pragma once
// Broken scenarios: what is wrong, and the words in which the reader says so.

#include <string>
#include <vector>

#include "sim/scenario/scenario_codes.hpp"

namespace cityledger::sim {

/// Who must refuse a sample besides the reader.
enum class Level {
    yaml,       ///< wrong before it is a value: the schema never sees it
    structure,  ///< the schema refuses it too
    meaning,    ///< the schema cannot know: names, references, arguments
};

struct BrokenSample {
    std::string what;
    Level level;
    Code code;
    std::string text;
    std::string detail;  ///< exactly, behind "story.yaml:"
};

/// Four lines that are right; what follows begins in line 5.
inline const std::string k_good_head =
    "version: 1\n"
    "name: story\n"
    "actors: [{name: shop, id: SHOP, kind: authority, roles: [operator]}]\n"
    "steps:\n";

inline const std::string k_good_step =
    "  - {as: shop, do: calendar.propose_close, with: {date: 2018-08-10}}\n";

inline std::vector<BrokenSample> broken_yaml() {
    const auto y = Level::yaml;
    return {
        {"no YAML", y, codes::scenario_syntax, "version: [1\n",
         "2:1: end of sequence flow not found"},
        {"a list as a key", y, codes::scenario_syntax, "[a, b]: 1\n",
         "1:1: a key must be one word"},
        {"an empty file", y, codes::scenario_not_one_document, "# nothing\n",
         "1:1: the file is empty"},
        {"two documents", y, codes::scenario_not_one_document, "version: 1\n---\nversion: 1\n",
         "3:1: a second document begins here"},
        {"an alias", y, codes::scenario_alias, k_good_head + "  - &a {wait_ms: 1}\n  - *a\n",
         "5:5: an anchor (&) or alias (*) stands here"},
        {"a tag", y, codes::scenario_tag, "version: !!int 1\n",
         "1:10: the tag `tag:yaml.org,2002:int`"},
        {"a key twice", y, codes::scenario_duplicate_key, "version: 1\nname: a\nname: b\n",
         "3:1: `name` stands in line 2 already"},
        {"a number that could be octal", y, codes::scenario_not_decimal,
         k_good_head + "  - wait_ms: 010\n", "5:14: `010`"},
        {"a hexadecimal number", y, codes::scenario_not_decimal, "version: 1\nseed: 0x10\n",
         "2:7: `0x10`"},
        {"a fraction", y, codes::scenario_fraction, k_good_head + "  - wait_ms: 1.5\n",
         "5:14: `1.5`"},
        {"an exponent", y, codes::scenario_fraction, "version: 1\nseed: 1e6\n", "2:7: `1e6`"},
        {"an integer of 65 bits", y, codes::scenario_integer_range,
         "version: 1\nseed: 18446744073709551616\n", "2:7: `18446744073709551616`"},
        {"33 lists in one another", y, codes::scenario_too_deep,
         "version: " + std::string(33, '[') + std::string(33, ']') + "\n", "1:41: nested here"},
    };
}

inline std::vector<BrokenSample> broken_structure() {
    const auto s = Level::structure;
    const std::string& head = k_good_head;
    return {
        {"another version", s, codes::scenario_wrong_version, "version: 2\nname: a\n",
         "1:10: version `2`"},
        {"no version", s, codes::scenario_missing_key, "name: a\nactors: []\nsteps: []\n",
         "1:1: `version`"},
        {"a list instead of a scenario", s, codes::scenario_wrong_type, "[]\n",
         "1:1: wanted a mapping, found a list"},
        {"a key with a typing mistake", s, codes::scenario_unknown_key,
         head + k_good_step + "sead: 7\n", "6:1: `sead`; did you mean `seed`?"},
        {"a key that nobody meant", s, codes::scenario_unknown_key,
         head + "  - wait_ms: 1\nxylophone: 1\n",
         "6:1: `xylophone`; known here: version, name, title, seed, worlds, network, genesis, "
         "defaults, actors, steps, expect"},
        {"no actors", s, codes::scenario_missing_key,
         "version: 1\nname: a\nsteps: [{wait_ms: 1}]\n", "1:1: `actors`"},
        {"an actor without roles", s, codes::scenario_missing_key,
         "version: 1\nname: a\nactors: [{name: x, id: X, kind: person}]\nsteps: [{wait_ms: 1}]\n",
         "3:10: `roles`"},
        {"an id that YAML takes for a number", s, codes::scenario_wrong_type,
         "version: 1\nname: a\nactors:\n  - {name: x, id: 914403001922038216, kind: enterprise, "
         "roles: [enterprise]}\nsteps: [{wait_ms: 1}]\n",
         "4:19: wanted text, found an integer `914403001922038216` (quotes make it text)"},
        {"an unknown role", s, codes::scenario_not_a_choice,
         "version: 1\nname: a\nactors: [{name: x, id: X, kind: person, roles: [consumr]}]\n"
         "steps: [{wait_ms: 1}]\n",
         "3:49: `consumr`; did you mean `consumer`?"},
        {"a name with a blank", s, codes::scenario_out_of_range,
         "version: 1\nname: a\nactors: [{name: x y, id: X, kind: person, roles: [consumer]}]\n"
         "steps: [{wait_ms: 1}]\n",
         "3:17: a name has letters, digits, `_` and `-` only"},
        {"no steps", s, codes::scenario_out_of_range, head.substr(0, head.size() - 1) + " []\n",
         "4:8: the list is too short"},
        {"a step that does nothing", s, codes::scenario_step_kind, head + "  - {as: shop}\n",
         "5:5: none of do, send, bundle, query, repeat, for_each, choose, close_day, generate, "
         "load, fault, wait_ms, wait_until, expect_stalled, expect"},
        {"a step that does two things", s, codes::scenario_step_kind,
         head + "  - {wait_ms: 1, fault: heal}\n", "5:5: both `fault` and `wait_ms`"},
        {"a step without its actor", s, codes::scenario_missing_key,
         head + "  - {do: calendar.propose_close, with: {date: 2018-08-10}}\n", "5:5: `as`"},
        {"a send with an expectation", s, codes::scenario_unknown_key,
         head + "  - {as: shop, send: calendar.propose_close, with: {date: 2018-08-10}, "
                "expect: ok}\n",
         "5:72: `expect`; known here: as, send, with"},
        {"an expectation in other words", s, codes::scenario_not_a_choice,
         head + "  - {as: shop, do: calendar.propose_close, with: {date: 2018-08-10}, "
                "expect: okay}\n",
         "5:78: `okay`; did you mean `ok`?"},
        {"a refusal and a result", s, codes::scenario_step_kind,
         head + "  - {as: shop, do: calendar.propose_close, with: {date: 2018-08-10}, "
                "expect: {refused: not_permitted, events: [a]}}\n",
         "5:78: expect a refusal or a result"},
        {"a wait of a negative time", s, codes::scenario_out_of_range, head + "  - wait_ms: -1\n",
         "5:14: -1 is not between 1 and 3600000"},
        {"an unknown fault", s, codes::scenario_unknown_key, head + "  - fault: {kil: 0}\n",
         "5:13: `kil`; did you mean `kill`?"},
        {"two faults in one", s, codes::scenario_step_kind,
         head + "  - fault: {kill: 0, restart: 0}\n", "5:12: a fault names exactly one kind"},
        {"an unknown lie", s, codes::scenario_not_a_choice,
         head + "  - fault: {byzantine: {node: 0, behaviour: equivocates}}\n",
         "5:45: `equivocates`; did you mean `equivocate`?"},
        {"a partition into one group", s, codes::scenario_out_of_range,
         head + "  - fault: {partition: [[0, 1]]}\n", "5:24: the list is too short"},
        {"an expectation that is switched off", s, codes::scenario_not_a_choice,
         head + "  - expect: {equal_roots: false}\n", "5:27: `false`; known here: true"},
        {"an empty expectation", s, codes::scenario_step_kind,
         head + "  - expect: {within_ms: 5}\n", "5:13: `expect` names nothing to expect"},
        {"an unknown world", s, codes::scenario_not_a_choice,
         "worlds: {only: [virtul], because: x}\n" + head + k_good_step,
         "1:17: `virtul`; did you mean `virtual`?"},
        {"a loop of both kinds", s, codes::scenario_step_kind,
         head + "  - {repeat: {times: 1, var: i}, for_each: {actors: operator, var: d}, "
                "steps: [{wait_ms: 1}]}\n",
         "5:5: both `repeat` and `for_each`"},
        {"a drawn actor without a choice", s, codes::scenario_missing_key,
         head + "  - {choose: {times: 2, var: d}, steps: [{wait_ms: 1}]}\n", "5:14: `from`"},
        {"a weight of nothing", s, codes::scenario_out_of_range,
         head + "  - {choose: {times: 2, var: d, from: {shop: 0}}, steps: [{wait_ms: 1}]}\n",
         "5:46: 0 is not between 1 and 1000000"},
        {"a rate in other words", s, codes::scenario_not_a_choice,
         head + "  - load: {transactions: 1, rate: maximum, mix: [{as: shop, do: x.y}]}\n",
         "5:35: `maximum`; known here: max"},
        {"two rates", s, codes::scenario_step_kind,
         head + "  - load: {transactions: 1, rate: {fixed: 1, closed: 1}, "
                "mix: [{as: shop, do: x.y}]}\n",
         "5:35: a rate names exactly one kind"},
        {"a load of nothing", s, codes::scenario_out_of_range,
         head + "  - load: {transactions: 1, rate: max, mix: []}\n", "5:45: the list is too short"},
        {"a default that there is not", s, codes::scenario_unknown_key,
         "defaults: {timeout: 5}\n" + head + k_good_step,
         "1:12: `timeout`; known here: within_ms, timeout_ms"},
        {"waiting for any answer", s, codes::scenario_missing_key,
         head + "  - wait_until: {query: calendar.today}\n", "5:17: `expect`"},
        {"too many validators", s, codes::scenario_out_of_range,
         "network: {validators: 65}\n" + head + k_good_step, "1:23: 65 is not between 1 and 64"},
    };
}

inline std::vector<BrokenSample> broken_meaning() {
    const auto m = Level::meaning;
    const std::string& head = k_good_head;
    return {
        {"an unknown actor", m, codes::scenario_unknown_actor,
         head + "  - {as: shopp, do: calendar.propose_close, with: {date: 2018-08-10}}\n",
         "5:10: `shopp`; did you mean `shop`?"},
        {"a group that nobody is in", m, codes::scenario_unknown_actor,
         head + "  - {for_each: {actors: tax_bureau, var: d}, steps: [{wait_ms: 1}]}\n",
         "5:25: `tax_bureau`; known here: operator"},
        {"an unknown operation", m, codes::scenario_unknown_operation,
         head + "  - {as: shop, do: calendar.propose_clos}\n",
         "5:20: `calendar.propose_clos`; did you mean `calendar.propose_close`?"},
        {"a query as an operation", m, codes::scenario_unknown_operation,
         head + "  - {as: shop, do: calendar.today}\n", "5:20: `calendar.today`"},
        {"an unknown argument", m, codes::scenario_bad_arguments,
         head + "  - {as: shop, do: calendar.propose_close, with: {dat: 2018-08-10}}\n",
         "5:51: `dat`; did you mean `date`?"},
        {"a missing argument", m, codes::scenario_bad_arguments,
         head + "  - {as: shop, do: calendar.propose_close}\n", "5:20: `date` is missing"},
        {"an argument of another type", m, codes::scenario_bad_arguments,
         head + "  - {as: shop, do: directory.mark_overdue, with: {limit: many}}\n",
         "5:58: limit must be an integer"},
        {"money with three decimals", m, codes::scenario_bad_money,
         head + "  - {as: shop, do: invoice.confirm_red, with: {code: \"1\", number: \"2\", "
                "total_fen: \"1.005\"}}\n",
         "5:83: `1.005`"},
        {"an unknown code", m, codes::scenario_unknown_code,
         head + "  - {as: shop, do: calendar.propose_close, with: {date: 2018-08-10}, "
                "expect: {refused: close_wrong_dai}}\n",
         "5:88: `close_wrong_dai`; did you mean `close_wrong_day`?"},
        {"a reference to what comes later", m, codes::scenario_bad_reference,
         head + "  - {as: shop, do: calendar.propose_close, with: {date: \"${today.date}\"}}\n"
                "  - {query: calendar.today, save: today}\n",
         "5:57: `today`; known here: shop"},
        {"a reference without an end", m, codes::scenario_bad_reference,
         head + "  - {as: shop, do: calendar.propose_close, with: {date: \"${shop\"}}\n",
         "5:57: `${` without `}`"},
        {"a reference with a wrong width", m, codes::scenario_bad_reference,
         head + "  - {as: shop, do: calendar.propose_close, with: {date: \"${shop:8}\"}}\n",
         "5:57: `${shop:8}` is malformed"},
        {"a loop variable outside its loop", m, codes::scenario_bad_reference,
         head + "  - {repeat: {times: 2, var: i}, steps: [{wait_ms: 1}]}\n"
                "  - {as: shop, do: calendar.propose_close, with: {date: \"${i}\"}}\n",
         "6:57: `i`; known here: shop"},
        {"a million rounds and more", m, codes::scenario_out_of_range,
         head + "  - repeat: {times: 100000, var: i}\n    steps:\n"
                "      - {repeat: {times: 11, var: j}, steps: [{wait_ms: 1}]}\n",
         "7:9: with the loops around it that makes 1100000 rounds; at most "
         "1000000 are allowed"},
        {"a load of millions in a loop", m, codes::scenario_out_of_range,
         head + "  - repeat: {times: 100, var: i}\n    steps:\n"
                "      - load: {transactions: 20000, rate: max, mix: [{as: shop, do: x.y}]}\n",
         "7:15: with the loops around it that makes 2000000 rounds; at most 1000000 are allowed"},
        {"two actors of one name", m, codes::scenario_name_taken,
         "version: 1\nname: a\nactors:\n"
         "  - {name: x, id: P-1, kind: person, roles: [consumer]}\n"
         "  - {name: x, id: P-2, kind: person, roles: [consumer]}\nsteps: [{wait_ms: 1}]\n",
         "5:5: `x`"},
        {"two actors of one id", m, codes::scenario_name_taken,
         "version: 1\nname: a\nactors:\n"
         "  - {name: x, id: P-1, kind: person, roles: [consumer]}\n"
         "  - {name: y, id: P-1, kind: person, roles: [consumer]}\nsteps: [{wait_ms: 1}]\n",
         "5:5: `P-1`"},
        {"a node that does not exist", m, codes::scenario_unknown_node,
         head + "  - fault: {kill: 4}\n", "5:19: node 4 of 4"},
        {"nothing that could fail", m, codes::scenario_without_expectation,
         head + "  - wait_ms: 1\n", "1:1: nothing could fail"},
        {"a department that does not exist", m, codes::scenario_unknown_department,
         "version: 1\nname: a\nactors: [{departments: [A1]}]\nsteps: [{wait_ms: 1}]\n",
         "3:25: `A1`; did you mean `AA`?"},
        {"a section of no contract", m, codes::scenario_unknown_section,
         "genesis: {calender: {}}\n" + head + k_good_step,
         "1:11: `calender`; did you mean `calendar`?"},
    };
}

inline std::vector<BrokenSample> broken_samples() {
    std::vector<BrokenSample> all = broken_yaml();
    for (const BrokenSample& sample : broken_structure()) all.push_back(sample);
    for (const BrokenSample& sample : broken_meaning()) all.push_back(sample);
    return all;
}

}  // namespace cityledger::sim
