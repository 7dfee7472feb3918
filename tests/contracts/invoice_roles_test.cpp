// One-time view keys, mandates of service providers, disclosure to auditors and courts.

#include "ledger/contracts/membership/membership_codes.hpp"
#include "tests/contracts/invoice_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace invoice;
using namespace testing;
using testing::issue;
using testing::transfer;

const Digest k_view_key = digest_of("shown as a QR code");

Result<Nothing> offer(City& city, const IssueResult& made, const MemberId& receiver,
                      const MemberId& sender = k_consumer) {
    return city.run<Nothing>(
        sender, "invoice", "offer",
        OfferArguments{made.code, made.number, view_key_commitment(k_view_key, receiver),
                       Bytes(40, 7), std::nullopt});
}

Result<Nothing> accept(City& city, const IssueResult& made, const MemberId& sender,
                       const Digest& key = k_view_key) {
    return city.run<Nothing>(sender, "invoice", "accept",
                             AcceptArguments{made.code, made.number, key, std::nullopt});
}

TEST_CASE("a view key passes an invoice on, once, and to its receiver only", "[invoice]") {
    City city = admitted_shenzhen();
    const auto made = issue(city, dinner("A"));
    CHECK(refusal(accept(city, *made, k_buyer)) == codes::invoice_not_offered.name);
    CHECK(refusal(offer(city, *made, k_buyer, k_other)) == codes::not_holder.name);
    REQUIRE(offer(city, *made, k_buyer));
    CHECK(city.emitted("invoice.offered", made->code + "/" + made->number));
    CHECK(refusal(accept(city, *made, k_other)) == codes::view_key_wrong.name);
    CHECK(refusal(accept(city, *made, k_buyer, digest_of("guess"))) == codes::view_key_wrong.name);
    CHECK(refusal(accept(city, *made, "P-NOBODY")) == codes::member_unknown.name);
    REQUIRE(accept(city, *made, k_buyer));
    CHECK(read_invoice(city, *made).holder == k_buyer);
    CHECK(read_invoice(city, *made).status == InvoiceStatus::transferred);
    CHECK(refusal(accept(city, *made, k_buyer)) == codes::invoice_not_offered.name);
}

TEST_CASE("a transfer, a claim or a newer offer ends an offer", "[invoice]") {
    City city = admitted_shenzhen();
    const auto given = issue(city, dinner("A"));
    REQUIRE(offer(city, *given, k_buyer));
    REQUIRE(transfer(city, *given, k_consumer, k_other));
    CHECK(refusal(accept(city, *given, k_buyer)) == codes::invoice_not_offered.name);

    const auto claimed = issue(city, dinner("B"));
    REQUIRE(offer(city, *claimed, k_other));
    REQUIRE(claim(city, *claimed));
    CHECK(refusal(accept(city, *claimed, k_other)) == codes::invoice_locked.name);
    REQUIRE(act(city, "unlock", *claimed));
    CHECK(refusal(accept(city, *claimed, k_other)) == codes::invoice_not_offered.name);

    const auto twice = issue(city, dinner("C"));
    REQUIRE(offer(city, *twice, k_other));
    REQUIRE(offer(city, *twice, k_buyer));
    CHECK(refusal(accept(city, *twice, k_other)) == codes::view_key_wrong.name);
}

Result<Nothing> mandate(City& city, const char* method, const MemberId& principal,
                        const MemberId& provider = k_provider) {
    return city.run<Nothing>(principal, "invoice", method, MandateArguments{provider});
}

IssueArguments issued_for(const std::string& payment, const MemberId& principal) {
    IssueArguments arguments = dinner(payment);
    arguments.principal = principal;
    return arguments;
}

TEST_CASE("a service provider issues, reverses and books for who gave it a mandate", "[invoice]") {
    City city = admitted_shenzhen();
    CHECK(refusal(issue(city, issued_for("A", k_seller), k_provider)) ==
          codes::mandate_missing.name);
    REQUIRE(mandate(city, "mandate", k_seller));
    CHECK(city.emitted("invoice.mandated", k_seller + "/" + k_provider));
    CHECK(refusal(mandate(city, "mandate", k_seller)) == codes::mandate_exists.name);
    const auto made = issue(city, issued_for("A", k_seller), k_provider);
    REQUIRE(made);
    CHECK(read_invoice(city, *made).content.seller == k_seller);
    // The seller's quota and payments, not the provider's.
    CHECK(refusal(issue(city, dinner("A"))) == codes::payment_already_invoiced.name);
    // The mandate of one is not the mandate of another.
    const ActArguments booking{made->code, made->number, k_buyer};
    const LockArguments claiming{made->code, made->number, digest_of("dinner"), k_buyer};
    CHECK(refusal(city.run<Nothing>(k_provider, "invoice", "lock", claiming)) ==
          codes::mandate_missing.name);
    REQUIRE(mandate(city, "mandate", k_buyer));
    REQUIRE(transfer(city, *made, k_consumer, k_buyer));
    REQUIRE(city.run<Nothing>(k_provider, "invoice", "lock", claiming));
    REQUIRE(city.run<Nothing>(k_provider, "invoice", "book", booking));
    CHECK(read_invoice(city, *made).booked);
    const ConfirmRedArguments agreed{made->code, made->number, k_dinner_total_fen, k_buyer};
    REQUIRE(city.run<Nothing>(k_provider, "invoice", "confirm_red", agreed));
    REQUIRE(city.run<IssueResult>(
        k_provider, "invoice", "red_letter",
        RedLetterArguments{made->code, made->number, {}, RedReason::goods_returned, k_seller}));
}

TEST_CASE("a revoked mandate ends at once, and a principal never exceeds its own rights",
          "[invoice]") {
    City city = admitted_shenzhen();
    CHECK(refusal(mandate(city, "mandate", k_seller, k_other)) ==
          codes::not_a_service_provider.name);
    CHECK(refusal(mandate(city, "mandate", k_bureau)) == codes::not_permitted.name);
    CHECK(refusal(mandate(city, "revoke_mandate", k_seller)) == codes::mandate_missing.name);
    REQUIRE(mandate(city, "mandate", k_seller));
    REQUIRE(mandate(city, "mandate", k_consumer));
    REQUIRE(issue(city, issued_for("A", k_seller), k_provider));
    const auto asked = [&] {
        return refusal(city.ask<Mandate>("invoice", "mandate", MandateQuery{k_seller, k_provider}));
    };
    CHECK(asked() == "accepted");
    // A consumer's mandate issues nothing.
    CHECK(refusal(issue(city, issued_for("B", k_consumer), k_provider)) ==
          codes::not_permitted.name);
    // Only a service provider acts for others.
    CHECK(refusal(issue(city, issued_for("B", k_seller), k_other)) == codes::not_permitted.name);
    REQUIRE(mandate(city, "revoke_mandate", k_seller));
    CHECK(city.emitted("invoice.mandate_revoked", k_seller + "/" + k_provider));
    CHECK(asked() == codes::mandate_missing.name);
    CHECK(refusal(issue(city, issued_for("B", k_seller), k_provider)) ==
          codes::mandate_missing.name);
    REQUIRE(issue(city, dinner("B")));  // the own key is always good
}

TEST_CASE("a court orders an invoice to be shown, and a party shows it", "[invoice]") {
    City city = admitted_shenzhen();
    const auto made = issue(city, dinner("A"));
    const std::string name = made->code + "/" + made->number;
    const auto order = [&](const MemberId& sender) {
        return refusal(city.run<Nothing>(
            sender, "invoice", "order_disclosure",
            OrderDisclosureArguments{made->code, made->number, DisclosureReason::civil_case}));
    };
    CHECK(order(k_other) == codes::not_permitted.name);
    CHECK(order(k_court) == "accepted");
    CHECK(city.emitted("invoice.disclosure_ordered", k_court + "/" + name));
    const auto disclose = [&](const MemberId& sender, const MemberId& reader) {
        return refusal(
            city.run<Nothing>(sender, "invoice", "disclose",
                              DiscloseArguments{made->code, made->number, reader, Bytes(40, 3)}));
    };
    CHECK(disclose(k_other, k_court) == codes::not_a_party.name);
    CHECK(disclose(k_consumer, k_court) == codes::not_a_party.name);
    CHECK(disclose(k_bureau, "NOBODY") == codes::member_unknown.name);
    for (const MemberId& party : {k_seller, k_buyer, k_bureau}) {
        CHECK(disclose(party, k_court) == "accepted");
        CHECK(city.emitted("invoice.disclosed", k_court + "/" + name));
    }
}

TEST_CASE("an enterprise under a registration tag carries no name", "[invoice]") {
    City city = shenzhen();
    const MemberId tag = "E-0123456789ABCDEF";
    const auto enrol = [&](const MemberId& id, const std::string& name) {
        return refusal(
            city.run<Nothing>(k_bureau, "membership", "enrol",
                              membership::EnrolArguments{id,
                                                         name,
                                                         membership::MemberKind::enterprise,
                                                         {membership::Role::enterprise},
                                                         test_key(id)}));
    };
    CHECK(enrol(tag, "Guomao Restaurant") == codes::tagged_member_named.name);
    CHECK(enrol("E-0123456789abcdef", "E-0123456789abcdef") != "accepted");
    CHECK(enrol(tag, tag) == "accepted");
}

}  // namespace
}  // namespace cityledger::ledger
