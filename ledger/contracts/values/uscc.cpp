#include "ledger/contracts/values/uscc.hpp"

#include <array>
#include <string>

namespace cityledger::ledger {
namespace {

constexpr std::size_t k_uscc_characters = 18;
constexpr std::string_view k_alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
constexpr std::array<int, 17> k_weights = {1,  3,  9,  27, 19, 26, 16, 17, 20,
                                           29, 25, 13, 8,  24, 10, 30, 28};
constexpr std::array<int, 8> k_organisation_weights = {3, 7, 9, 10, 5, 8, 4, 2};
constexpr std::size_t k_region_begin = 2;
constexpr std::size_t k_organisation_begin = 8;

bool is_digit(char character) { return character >= '0' && character <= '9'; }

/// Value in an organisation code: 0 to 9, then A = 10 to Z = 35.
int organisation_value(char character) {
    return is_digit(character) ? character - '0' : character - 'A' + 10;
}

char organisation_check(std::string_view organisation) {
    int sum = 0;
    for (std::size_t i = 0; i < k_organisation_weights.size(); ++i) {
        sum += k_organisation_weights[i] * organisation_value(organisation[i]);
    }
    const int check = 11 - sum % 11;
    if (check == 10) return 'X';
    if (check == 11) return '0';
    return static_cast<char>('0' + check);
}

char whole_check(std::string_view code) {
    int sum = 0;
    for (std::size_t i = 0; i < k_weights.size(); ++i) {
        sum += k_weights[i] * static_cast<int>(k_alphabet.find(code[i]));
    }
    return k_alphabet[static_cast<std::size_t>((31 - sum % 31) % 31)];
}

bool may_stand(char character, std::size_t place) {
    const bool in_region = place >= k_region_begin && place < k_organisation_begin;
    return in_region ? is_digit(character) : k_alphabet.find(character) != std::string_view::npos;
}

bool is_tag(std::string_view id, std::string_view prefix) {
    constexpr std::size_t k_tag_digits = 16;
    return id.size() == prefix.size() + k_tag_digits && id.starts_with(prefix) &&
           id.find_first_not_of("0123456789ABCDEF", prefix.size()) == std::string_view::npos;
}

}  // namespace

Status check_uscc(std::string_view code) {
    if (code.size() != k_uscc_characters) {
        return refuse(codes::uscc_wrong_length, std::to_string(code.size()) + " characters");
    }
    for (std::size_t i = 0; i < code.size(); ++i) {
        if (!may_stand(code[i], i)) {
            return refuse(codes::uscc_bad_character, "place " + std::to_string(i + 1));
        }
    }
    if (organisation_check(code.substr(k_organisation_begin)) != code[16]) {
        return refuse(codes::uscc_bad_organisation_check, std::string(code));
    }
    if (whole_check(code) != code[17]) return refuse(codes::uscc_bad_check, std::string(code));
    return {};
}

bool is_registration_tag(std::string_view id) { return is_tag(id, "E-"); }

bool is_person_tag(std::string_view id) { return is_tag(id, "P-"); }

Status check_enterprise_id(std::string_view id) {
    return is_registration_tag(id) ? Status{} : check_uscc(id);
}

}  // namespace cityledger::ledger
