// The sealed body: who can read it, and what one opened field tells.

#include "ledger/contracts/invoice/body.hpp"

#include "crypto/crypto_codes.hpp"
#include "ledger/contracts/membership/membership_codes.hpp"
#include "ledger/contracts/values/registration_tag.hpp"
#include "ledger/contracts/values/uscc.hpp"
#include "tests/contracts/closed_city.hpp"
#include "tests/contracts/invoice_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace invoice;
using namespace testing;

crypto::SecretKey key_of(std::string_view name) { return crypto::SecretKey(digest_of(name).bytes); }

const BodyPlace k_place{k_seller, "WX1"};
const std::vector<BodyField> k_fields = {
    {"seller_name", "Guomao Restaurant"}, {"buyer_name", "Employer"}, {"line 1", "dinner"}};

SealedBody sealed(const std::vector<BodyField>& fields = k_fields,
                  const BodyPlace& place = k_place) {
    return seal_body(key_of("secret"), place, fields,
                     {{k_seller, key_of("own")}, {k_buyer, key_of("pair")}})
        .value();
}

TEST_CASE("seller and buyer open the body, nobody else, and only at its place", "[invoice][body]") {
    const SealedBody body = sealed();
    const auto opened = open_body(body.bytes, k_place, {k_buyer, key_of("pair")});
    REQUIRE(opened);
    CHECK(opened->fields == k_fields);
    CHECK(body_digest(*opened) == body.content_digest);
    CHECK(refusal(open_body(body.bytes, k_place, {k_seller, key_of("own")})) == "accepted");
    CHECK(refusal(open_body(body.bytes, k_place, {k_other, key_of("pair")})) ==
          codes::body_not_for_reader.name);
    CHECK(refusal(open_body(body.bytes, k_place, {k_buyer, key_of("wrong")})) ==
          crypto::codes::wrapped_key_bad.name);
    CHECK(refusal(open_body(body.bytes, {k_seller, "WX2"}, {k_buyer, key_of("pair")})) ==
          crypto::codes::seal_bad_tag.name);
    Bytes changed = body.bytes;
    changed.back() ^= 1;
    CHECK(refusal(open_body(changed, k_place, {k_buyer, key_of("pair")})) ==
          crypto::codes::seal_bad_tag.name);
    changed.pop_back();
    CHECK(refusal(open_body(changed, k_place, {k_buyer, key_of("pair")})) != "accepted");
}

TEST_CASE("the same document seals to the same bytes, another one under other keys",
          "[invoice][body]") {
    CHECK(sealed().bytes == sealed().bytes);
    auto fields = k_fields;
    fields[2].value = "lunch!";
    const SealedBody other = sealed(fields);
    CHECK(other.content_digest != sealed().content_digest);
    // Under one key and nonce the difference of the texts would be that of the ciphertexts.
    const Bytes first = sealed().bytes;
    REQUIRE(first.size() == other.bytes.size());
    std::size_t equal = 0;
    for (std::size_t i = first.size() - 100; i < first.size(); ++i) {
        if (first[i] == other.bytes[i]) ++equal;
    }
    CHECK(equal < 20);
    CHECK(sealed(k_fields, {k_seller, "WX2"}).content_digest != sealed().content_digest);
}

TEST_CASE("one field is shown to a third party, and proves nothing else", "[invoice][body]") {
    const SealedBody body = sealed();
    const auto opened = open_body(body.bytes, k_place, {k_buyer, key_of("pair")});
    REQUIRE(opened);
    auto opening = open_field(*opened, "buyer_name");
    REQUIRE(opening);
    CHECK(opening->field.value == "Employer");
    CHECK(is_field_of(body.content_digest, *opening));
    auto forged = *opening;
    forged.field.value = "Employee";
    CHECK_FALSE(is_field_of(body.content_digest, forged));
    forged = *opening;
    forged.field.name = "seller_name";
    CHECK_FALSE(is_field_of(body.content_digest, forged));
    CHECK_FALSE(is_field_of(sealed({{"a", "b"}}).content_digest, *opening));
    CHECK(refusal(open_field(*opened, "remark")) == codes::body_field_unknown.name);
    // The salt of one field is not that of its neighbour.
    CHECK(open_field(*opened, "line 1")->salt != opening->salt);
}

TEST_CASE("a registration tag is keyed, and has the shape that the contracts accept",
          "[invoice][body]") {
    const std::string tag = registration_tag(key_of("register"), k_seller);
    CHECK(tag == registration_tag(key_of("register"), k_seller));
    CHECK(tag != registration_tag(key_of("another register"), k_seller));
    CHECK(tag != registration_tag(key_of("register"), k_buyer));
    CHECK(is_registration_tag(tag));
    CHECK(check_enterprise_id(tag));
    CHECK_FALSE(is_registration_tag(k_seller));
    CHECK_FALSE(is_registration_tag("E-0123456789ABCDE"));
    CHECK(refusal(check_enterprise_id("E-0123456789ABCDE")) != "accepted");
}

TEST_CASE("a chain of registration tags takes no open code", "[invoice]") {
    const MemberId tag = k_tag;
    City city = closed_shenzhen();
    const std::string payment(64, 'a');
    const auto admit = [&](const MemberId& enterprise) {
        return refusal(city.run<Nothing>(
            k_bureau, "invoice", "admit",
            AdmitArguments{enterprise, {"catering"}, {1'000'000, 9, 9'000'000}, std::nullopt}));
    };
    CHECK(admit(k_seller) == codes::open_code_refused.name);
    CHECK(admit(tag) == "accepted");
    CHECK(refusal(testing::issue(city, dinner(payment), tag)) == codes::open_code_refused.name);
    auto sale = dinner(payment);
    sale.holder.reset();
    sale.buyer = tag;
    CHECK(refusal(testing::issue(city, sale, tag)) == "accepted");
    sale.payment_reference = std::string(64, 'b');
    sale.buyer = "E-0000000000000000";  // a typo: nobody could ever book it
    CHECK(refusal(testing::issue(city, sale, tag)) == codes::member_unknown.name);
    sale.buyer.clear();
    CHECK(refusal(testing::issue(city, sale, tag)) == "accepted");
}

}  // namespace
}  // namespace cityledger::ledger
