#pragma once
// Codes of the scenario language: 1500 to 1599.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_SCENARIO_CODES(X) \
    X(scenario_unreadable, 1500, invalid, "the scenario file cannot be read", "name a regular file of at most 4 MiB that you may read") \
    X(scenario_syntax, 1501, invalid, "the text is not YAML", "correct the line; spaces, not tabs, make the indent") \
    X(scenario_not_one_document, 1502, invalid, "a scenario file holds exactly one YAML document", "keep one document a file") \
    X(scenario_alias, 1503, invalid, "anchors and aliases are not allowed", "write the value out, or use repeat or for_each") \
    X(scenario_tag, 1504, invalid, "YAML tags are not allowed", "write the plain value") \
    X(scenario_duplicate_key, 1505, invalid, "a key stands twice in one mapping", "keep one of the two") \
    X(scenario_too_deep, 1506, invalid, "the values are nested too deeply", "nest at most 32 levels") \
    X(scenario_not_decimal, 1507, invalid, "a number is not plainly decimal", "write a decimal number without leading zeros, or put the text in quotes") \
    X(scenario_fraction, 1508, invalid, "a number has a fraction or an exponent", "write an integer (money in fen), or put the text in quotes") \
    X(scenario_integer_range, 1509, invalid, "an integer does not fit 64 bits", "write a smaller number, or put the text in quotes") \
    X(scenario_no_text, 1517, invalid, "the file is not UTF-8, or holds a control character", "save it as UTF-8; of control characters only line ends and tabs") \
    X(scenario_wrong_version, 1510, invalid, "the scenario is of another version of the language", "write `version: 1`") \
    X(scenario_unknown_key, 1511, invalid, "a key is not known here", "see docs/scenarios.md for the keys") \
    X(scenario_missing_key, 1512, invalid, "a required key is missing", "add it; see docs/scenarios.md") \
    X(scenario_wrong_type, 1513, invalid, "a value has another type than its key", "see docs/scenarios.md for the types") \
    X(scenario_out_of_range, 1514, invalid, "a number or the length of a list is out of its range", "stay within the range") \
    X(scenario_not_a_choice, 1515, invalid, "a value is none of those allowed here", "write one of the allowed words") \
    X(scenario_step_kind, 1516, invalid, "a step does not do exactly one thing", "give each step one of the keys that say what it does") \
    X(scenario_unknown_actor, 1520, invalid, "no actor has this name", "list the actor under `actors`") \
    X(scenario_unknown_operation, 1521, invalid, "no contract has this method", "see `cityledger contracts` for the list") \
    X(scenario_unknown_code, 1522, invalid, "no refusal has this name", "see docs/codes.md for the names") \
    X(scenario_bad_reference, 1523, invalid, "a reference names nothing that is known before this line", "name an actor, a loop variable or an earlier `save`") \
    X(scenario_name_taken, 1524, invalid, "two actors have one name or one id", "give each actor its own") \
    X(scenario_bad_money, 1525, invalid, "the text is not an amount of yuan", "write for example \"198.00\": at most two decimals, no sign but minus") \
    X(scenario_bad_arguments, 1526, invalid, "the arguments do not fit the method", "see `cityledger contracts NAME` for the fields") \
    X(scenario_unknown_node, 1527, invalid, "the network has no node of this number", "number nodes from 0 to validators - 1") \
    X(scenario_without_expectation, 1528, invalid, "the scenario expects nothing", "add a step or an `expect` section") \
    X(scenario_unknown_department, 1529, invalid, "no department has this code", "see scenarios/data/beijing_departments.tsv") \
    X(scenario_unknown_section, 1530, invalid, "the genesis has no section of this name", "name a contract, e.g. calendar, invoice or directory") \
    X(scenario_bad_member, 1531, invalid, "the chain would refuse to enrol this actor", "correct its id, name or roles as the refusal says") \
    X(scenario_bad_genesis, 1532, invalid, "the chain would refuse this genesis", "correct the section as the refusal says") \
    X(scenario_value_missing, 1540, invalid, "a reference has no value when the step runs", "check that the step that saves it is expected to succeed") \
    X(scenario_not_for_world, 1541, invalid, "the scenario does not run in this kind of world", "run it in a world that its `worlds` names") \
    X(scenario_no_such_expectation, 1542, invalid, "there is no expectation of this number to invert", "count from 1; the report lists them") \
    X(scenario_bad_setting, 1543, invalid, "a --set names no place in the file, or no value", "write --set dotted.path=value; items of lists count from 1") \
    X(scenario_no_such_step, 1544, invalid, "the scenario has no step of this number", "count from 1; `cityledger explain FILE` numbers the steps")
// clang-format on

namespace cityledger::sim {

CITYLEDGER_DEFINE_CODES(scenario_codes, CITYLEDGER_SCENARIO_CODES)

}  // namespace cityledger::sim
