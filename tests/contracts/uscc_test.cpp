#include "ledger/contracts/values/uscc.hpp"

#include <string>

#include "tests/contracts/test_context.hpp"

namespace cityledger::ledger {
namespace {

using testing::refusal;

const std::string k_tencent = "9144030071526726XG";

TEST_CASE("codes of real enterprises are accepted", "[uscc]") {
    for (const char* code :
         {"9144030071526726XG", "91440300708461136T", "914403001922038216", "91440300192185379H",
          "9144030010001686XA", "91330100799655058B", "91100000100003962T"}) {
        INFO(code);
        CHECK(refusal(check_uscc(code)) == "accepted");
    }
}

TEST_CASE("synthetic codes with valid check characters are accepted", "[uscc]") {
    for (const char* code : {"91440300YY1000011B", "91440300YY100002X3", "91440300YY10000383"}) {
        INFO(code);
        CHECK(refusal(check_uscc(code)) == "accepted");
    }
}

TEST_CASE("a code that is too short or too long is refused", "[uscc]") {
    CHECK(refusal(check_uscc("")) == codes::uscc_wrong_length.name);
    CHECK(refusal(check_uscc(k_tencent.substr(1))) == codes::uscc_wrong_length.name);
    CHECK(refusal(check_uscc(k_tencent + "0")) == codes::uscc_wrong_length.name);
}

TEST_CASE("letters that look like digits, small letters and letters in the region are refused",
          "[uscc]") {
    for (const char wrong : {'I', 'O', 'S', 'V', 'Z', 'g', ' ', '-'}) {
        std::string code = k_tencent;
        code[17] = wrong;
        CHECK(refusal(check_uscc(code)) == codes::uscc_bad_character.name);
    }
    std::string code = k_tencent;
    code[3] = 'A';
    CHECK(refusal(check_uscc(code)) == codes::uscc_bad_character.name);
}

TEST_CASE("a wrong check character at either place is refused", "[uscc]") {
    std::string code = k_tencent;
    code[16] = '1';
    CHECK(refusal(check_uscc(code)) == codes::uscc_bad_organisation_check.name);
    code = k_tencent;
    code[17] = 'H';
    CHECK(refusal(check_uscc(code)) == codes::uscc_bad_check.name);
}

TEST_CASE("changing any one character of a valid code is noticed", "[uscc]") {
    constexpr std::string_view alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    for (std::size_t place = 0; place < k_tencent.size(); ++place) {
        for (const char character : alphabet) {
            if (character == k_tencent[place]) continue;
            std::string code = k_tencent;
            code[place] = character;
            INFO(code);
            CHECK_FALSE(check_uscc(code));
        }
    }
}

}  // namespace
}  // namespace cityledger::ledger
