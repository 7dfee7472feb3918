#pragma once
// Two small cities to test in: Beijing with departments, Shenzhen with enterprises.

#include <boost/json/parse.hpp>

#include "crypto/hash.hpp"
#include "ledger/contracts/calendar/calendar.hpp"
#include "ledger/contracts/directory/directory.hpp"
#include "ledger/contracts/invoice/invoice.hpp"
#include "ledger/contracts/membership/membership.hpp"
#include "tests/contracts/test_context.hpp"

namespace cityledger::ledger::testing {

// Beijing: AD is the operator; AK, AF, AB are departments; BZB is the staffing office.
inline constexpr const char* k_beijing_sections = R"({
    "calendar": {"first_day": "2020-01-20", "weekends": false,
                 "holidays": ["2020-01-24", "2020-01-27", "2020-01-28", "2020-01-29",
                              "2020-01-30", "2020-01-31"]},
    "membership": {"members": [
        {"id": "AD", "name": "Economy and Information Technology", "kind": "department",
         "roles": ["operator", "department"]},
        {"id": "AK", "name": "Human Resources and Social Security", "kind": "department",
         "roles": ["department"]},
        {"id": "AF", "name": "Public Security", "kind": "department", "roles": ["department"]},
        {"id": "AB", "name": "Education", "kind": "department", "roles": ["department"]},
        {"id": "BZB", "name": "Staffing Office", "kind": "authority",
         "roles": ["staffing_office"]},
        {"id": "JCJ", "name": "Supervision", "kind": "authority",
         "roles": ["calendar_countersigner", "auditor"]}]}})";

inline const MemberId k_seller = "91440300YY1000011B";
inline const MemberId k_buyer = "91440300YY100002X3";
inline const MemberId k_other = "91440300YY10000383";
inline const MemberId k_consumer = "P-LI";
inline const MemberId k_provider = "91440300YY1000046X";
inline const MemberId k_court = "COURT";
inline const MemberId k_bureau = "SZTAX";

// Shenzhen: SZTAX is tax bureau and operator; weekends are business days. Its chain is open:
// members go by their codes and names, which is easier to read.
inline constexpr const char* k_shenzhen_sections = R"({
    "calendar": {"first_day": "2018-08-10", "weekends": true},
    "invoice": {"region": "4403", "tags_only": false, "first_batch": 1},
    "membership": {"members": [
        {"id": "SZTAX", "name": "Shenzhen Tax Bureau", "kind": "authority",
         "roles": ["tax_bureau", "operator"]},
        {"id": "AUDIT", "name": "Audit Office", "kind": "authority",
         "roles": ["calendar_countersigner"]},
        {"id": "91440300YY1000011B", "name": "Guomao Restaurant", "kind": "enterprise",
         "roles": ["enterprise"]},
        {"id": "91440300YY100002X3", "name": "Employer", "kind": "enterprise",
         "roles": ["enterprise"]},
        {"id": "91440300YY10000383", "name": "Car Park", "kind": "enterprise",
         "roles": ["enterprise"]},
        {"id": "91440300YY1000046X", "name": "Invoice Services", "kind": "enterprise",
         "roles": ["service_provider"]},
        {"id": "COURT", "name": "Internet Court", "kind": "authority", "roles": ["court"]},
        {"id": "P-LI", "name": "Li", "kind": "person", "roles": ["consumer"]}]}})";

inline boost::json::object sections(std::string_view text) {
    return boost::json::parse(text).as_object();
}

inline City beijing() {
    City city;
    REQUIRE(city.start(sections(k_beijing_sections)));
    return city;
}

inline City shenzhen(std::string_view text = k_shenzhen_sections) {
    City city;
    REQUIRE(city.start(sections(text)));
    return city;
}

/// Closes the open day and says which one is open then.
inline calendar::BusinessDay close_day(City& city, const MemberId& proposer,
                                       const MemberId& countersigner) {
    const auto today = city.ask<calendar::TodayResult>("calendar", "today", Nothing{});
    REQUIRE(today);
    const calendar::CloseArguments day{today->date};
    REQUIRE(city.run<Nothing>(proposer, "calendar", "propose_close", day));
    const auto next =
        city.run<calendar::BusinessDay>(countersigner, "calendar", "countersign_close", day);
    REQUIRE(next);
    return *next;
}

inline Digest digest_of(std::string_view text) { return crypto::sha256(as_bytes(text)); }

}  // namespace cityledger::ledger::testing
