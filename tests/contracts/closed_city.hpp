#pragma once
// A small closed Shenzhen: public bodies by their names, and one firm under its tag.

#include "tests/contracts/cities.hpp"

namespace cityledger::ledger::testing {

inline const MemberId k_tag = "E-0123456789ABCDEF";

inline City closed_shenzhen() {
    boost::json::object business = sections(k_shenzhen_sections);
    business["invoice"].as_object().erase("tags_only");
    boost::json::array members;
    for (const boost::json::value& member : business["membership"].at("members").as_array()) {
        if (member.at("kind").as_string() == "authority") members.push_back(member);
    }
    members.push_back({{"id", k_tag},
                       {"name", k_tag},
                       {"kind", "enterprise"},
                       {"roles", boost::json::array{"enterprise"}}});
    business["membership"].as_object()["members"] = std::move(members);
    City city;
    REQUIRE(city.start(business));
    return city;
}

}  // namespace cityledger::ledger::testing
