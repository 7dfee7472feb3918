// A digest is deposited once and keeps its day; a withdrawn deposit stays visible.

#include "ledger/contracts/evidence/evidence.hpp"

#include "tests/contracts/cities.hpp"

namespace cityledger::ledger {
namespace {

using namespace evidence;
using namespace testing;

const MemberId k_notary = "AUDIT";
const MemberId k_second_notary = k_court;
const Digest k_lease = digest_of("lease");
const Digest k_notice = digest_of("notice");

/// Two notaries are admitted; the open day is 2018-08-10.
struct Registry {
    City city = shenzhen();

    Registry() {
        for (const MemberId& notary : {k_notary, k_second_notary}) {
            CHECK(admit(notary) == "accepted");
            CHECK(city.emitted("evidence.notary_admitted", notary));
        }
    }

    std::string admit(const MemberId& notary, const MemberId& sender = k_bureau) {
        return refusal(
            city.run<Nothing>(sender, "evidence", "admit_notary", NotaryArguments{notary}));
    }
    std::string deposit(const Digest& digest, const MemberId& sender = k_notary,
                        const std::string& category = "contract") {
        return refusal(
            city.run<Nothing>(sender, "evidence", "deposit", DepositArguments{digest, category}));
    }
    std::string withdraw(const Digest& digest, const MemberId& sender = k_notary,
                         WithdrawalReason reason = WithdrawalReason::replaced) {
        return refusal(
            city.run<Nothing>(sender, "evidence", "withdraw", WithdrawArguments{digest, reason}));
    }
    Result<Evidence> ask(const Digest& digest) {
        return city.ask<Evidence>("evidence", "evidence", DigestArguments{digest});
    }
    Result<BeforeResult> before(const Digest& digest, const std::string& day) {
        return city.ask<BeforeResult>("evidence", "on_chain_before", BeforeArguments{digest, day});
    }
};

TEST_CASE("a court sees who deposited a digest, and on which day", "[evidence]") {
    Registry registry;
    CHECK(registry.deposit(k_lease) == "accepted");
    CHECK(registry.city.emitted("evidence.deposited", k_notary + "/" + to_hex(k_lease)));
    const auto found = registry.ask(k_lease);
    REQUIRE(found);
    CHECK(*found == Evidence{k_lease, "contract", k_notary, "2018-08-10", {}, {}});
    CHECK(refusal(registry.ask(k_notice)) == codes::evidence_unknown.name);
}

TEST_CASE("the first deposit keeps its day, whoever comes later", "[evidence]") {
    Registry registry;
    CHECK(registry.deposit(k_lease) == "accepted");
    close_day(registry.city, k_bureau, "AUDIT");
    CHECK(registry.deposit(k_lease) == codes::evidence_deposited_already.name);
    CHECK(registry.deposit(k_lease, k_second_notary) == codes::evidence_deposited_already.name);
    CHECK(registry.ask(k_lease)->deposited_on == "2018-08-10");
    CHECK(registry.ask(k_lease)->notary == k_notary);
}

TEST_CASE("a digest is on the chain before a day from the day after its deposit", "[evidence]") {
    Registry registry;
    CHECK(registry.deposit(k_lease) == "accepted");
    CHECK(registry.before(k_lease, "2018-08-10") == BeforeResult{false, false});
    CHECK(registry.before(k_lease, "2018-08-11") == BeforeResult{true, false});
    CHECK(registry.before(k_notice, "2018-08-11") == BeforeResult{false, false});
    CHECK(refusal(registry.before(k_lease, "soon")) == codes::date_malformed.name);
    CHECK(registry.withdraw(k_lease) == "accepted");
    CHECK(registry.before(k_lease, "2018-08-11") == BeforeResult{true, true});
}

TEST_CASE("a withdrawn deposit stays visible, with its reason", "[evidence]") {
    Registry registry;
    CHECK(registry.withdraw(k_lease) == codes::evidence_unknown.name);
    CHECK(registry.deposit(k_lease) == "accepted");
    close_day(registry.city, k_bureau, "AUDIT");
    CHECK(registry.withdraw(k_lease, k_second_notary) == codes::evidence_not_own.name);
    CHECK(registry.withdraw(k_lease) == "accepted");
    CHECK(registry.city.emitted("evidence.withdrawn", k_notary + "/" + to_hex(k_lease)));
    CHECK(registry.ask(k_lease) == Evidence{k_lease, "contract", k_notary, "2018-08-10",
                                            "2018-08-11", WithdrawalReason::replaced});
    CHECK(registry.withdraw(k_lease, k_notary, WithdrawalReason::ordered_by_court) ==
          codes::evidence_withdrawn_already.name);
    CHECK(registry.ask(k_lease)->reason == WithdrawalReason::replaced);
    CHECK(registry.deposit(k_lease) == codes::evidence_deposited_already.name);  // not anew
}

TEST_CASE("only an admitted notary deposits, under a short code", "[evidence]") {
    Registry registry;
    CHECK(registry.admit(k_notary) == codes::notary_admitted_already.name);
    CHECK(registry.admit(k_seller, k_notary) == codes::not_permitted.name);
    CHECK(registry.admit("NOBODY") == codes::member_unknown.name);
    CHECK(registry.deposit(k_lease, k_bureau) == codes::notary_not_admitted.name);
    for (const char* category : {"", "Lease of Li", "lease-2018", "合同"}) {
        INFO(category);
        CHECK(registry.deposit(k_lease, k_notary, category) ==
              codes::evidence_category_malformed.name);
    }
    CHECK(refusal(registry.ask(k_lease)) == codes::evidence_unknown.name);
    CHECK(registry.deposit(k_lease, k_notary, "web_page") == "accepted");
}

}  // namespace
}  // namespace cityledger::ledger
