#include "sim/scenario/actors.hpp"

#include <array>
#include <string_view>

#include "crypto/check.hpp"

namespace cityledger::sim {

namespace {

/// The characters of a USCC in the order of their values (GB 32100-2015, table 1).
constexpr std::string_view k_uscc_alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
constexpr std::array<int, 8> k_organisation_weights = {3, 7, 9, 10, 5, 8, 4, 2};

std::string padded(std::uint32_t number, std::size_t digits) {
    std::string text = std::to_string(number);
    if (text.size() < digits) text.insert(0, digits - text.size(), '0');
    return text;
}

/// The ninth character of an organisation code (GB 11714).
char organisation_check(std::string_view code) {
    int sum = 0;
    for (std::size_t i = 0; i < k_organisation_weights.size(); ++i) {
        const char c = code[i];
        const int value = c >= 'A' ? c - 'A' + 10 : c - '0';
        sum += value * k_organisation_weights[i];
    }
    const int check = 11 - sum % 11;
    if (check == 10) return 'X';
    return check == 11 ? '0' : static_cast<char>('0' + check);
}

/// The eighteenth character: weights are the powers of 3 modulo 31.
char uscc_check(std::string_view code) {
    std::size_t sum = 0;
    std::size_t weight = 1;
    for (const char c : code) {
        sum += k_uscc_alphabet.find(c) * weight;
        weight = weight * 3 % 31;
    }
    return k_uscc_alphabet[(31 - sum % 31) % 31];
}

std::vector<std::string_view> columns_of(std::string_view line) {
    std::vector<std::string_view> columns;
    while (true) {
        const std::size_t tab = line.find('\t');
        columns.push_back(line.substr(0, tab));
        if (tab == std::string_view::npos) return columns;
        line.remove_prefix(tab + 1);
    }
}

std::vector<Department> read_departments(std::string_view table) {
    std::vector<Department> departments;
    bool heading = true;
    while (!table.empty()) {
        const std::size_t end = table.find('\n');
        const std::string_view line = table.substr(0, end);
        table = end == std::string_view::npos ? std::string_view{} : table.substr(end + 1);
        if (heading || line.empty()) {
            heading = false;
            continue;
        }
        const auto columns = columns_of(line);
        CHECK_INVARIANT(columns.size() >= 6);  // the table is part of this program
        departments.push_back({std::string(columns[1]), std::string(columns[2]),
                               std::string(columns[3]), columns[5] == "OPERATOR"});
    }
    return departments;
}

std::string upper(std::string text) {
    for (char& c : text) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (c == '_') c = '-';
    }
    return text;
}

}  // namespace

const std::vector<Department>& beijing_departments() {
    static const std::vector<Department> departments = read_departments(departments_table());
    return departments;
}

Actor department_actor(const Department& department) {
    Actor actor;
    actor.name = department.code;
    actor.id = department.code;
    actor.kind = "department";
    actor.roles = {"department"};
    if (department.is_operator) actor.roles = {"operator", "department"};
    actor.full_name = department.name_zh;
    actor.group = "departments";
    return actor;
}

std::string made_up_uscc(std::uint32_t number) {
    return uscc_in_shenzhen("YY1" + padded(number % 100'000, 5));
}

std::string uscc_in_shenzhen(const std::string& organisation) {
    const std::string code = "91440300" + organisation + organisation_check(organisation);
    return code + uscc_check(code);
}

std::vector<Actor> made_up_enterprises(const std::string& prefix, std::uint32_t first,
                                       std::uint32_t count) {
    std::vector<Actor> actors;
    for (std::uint32_t i = 1; i <= count; ++i) {
        Actor actor;
        actor.name = prefix + "_" + padded(i, 3);
        actor.id = made_up_uscc(first + i - 1);
        actor.kind = "enterprise";
        actor.roles = {"enterprise"};
        actor.full_name = actor.name;
        actor.group = prefix;
        actors.push_back(std::move(actor));
    }
    return actors;
}

std::vector<Actor> made_up_consumers(const std::string& prefix, std::uint32_t count) {
    std::vector<Actor> actors;
    for (std::uint32_t i = 1; i <= count; ++i) {
        Actor actor;
        actor.name = prefix + "_" + padded(i, 3);
        actor.id = "P-" + upper(actor.name);
        actor.kind = "person";
        actor.roles = {"consumer"};
        actor.full_name = actor.name;
        actor.group = prefix;
        actors.push_back(std::move(actor));
    }
    return actors;
}

}  // namespace cityledger::sim
