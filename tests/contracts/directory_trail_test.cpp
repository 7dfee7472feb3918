// The auditor's view: who was delivered what, and whether a person stood in a batch.

#include "crypto/seal.hpp"
#include "tests/contracts/directory_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace directory;
using namespace testing;
using testing::approve;
using testing::deliver;

TrailResult read_trail(City& city, const std::string& subject,
                       const std::optional<std::string>& after = std::nullopt,
                       const std::optional<std::uint32_t>& limit = std::nullopt) {
    const auto trail =
        city.ask<TrailResult>("directory", "trail", TrailArguments{subject, after, limit});
    REQUIRE(trail);
    return *trail;
}

TEST_CASE("the trail of an entry goes over all grants, by day", "[directory][trail]") {
    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    RequestArguments other = request_for(entry);
    other.responsibility = responsibility_of(city, "AB");
    other.columns = {"name"};
    const auto of_ab = ask_for(city, other, "AB");
    const auto of_af = ask_for(city, request_for(entry));
    REQUIRE(approve(city, of_ab->id));
    REQUIRE(approve(city, of_af->id));
    REQUIRE(deliver(city, of_af->id));
    close_days(city, 1);
    REQUIRE(deliver(city, of_ab->id));

    const TrailResult trail = read_trail(city, entry);
    REQUIRE(trail.lines.size() == 2);
    CHECK(trail.lines[0].delivery.request == of_af->id);
    CHECK(trail.lines[0].delivery.requester == "AF");
    CHECK(trail.lines[0].delivery.delivered_on == "2020-01-20");
    CHECK(trail.lines[0].columns == std::vector<std::string>{"id_number", "amount"});
    CHECK(trail.lines[1].delivery.requester == "AB");
    CHECK(trail.lines[1].delivery.delivered_on == "2020-01-21");
    CHECK_FALSE(trail.next);

    const TrailResult first = read_trail(city, entry, std::nullopt, 1);
    REQUIRE(first.next);
    CHECK(read_trail(city, entry, first.next, 1).lines == std::vector{trail.lines[1]});

    // Of a table: the grants that named an item which it holds.
    REQUIRE(city.run<IdResult>("AK", "directory", "register_system",
                               RegisterSystemArguments{"pensions", 3, SystemRunner::own}));
    const auto table = city.run<RegisterTableResult>(
        "AK", "directory", "register_table",
        RegisterTableArguments{"AK/S00001", entry, "NAMES", {{"NAME", "TEXT", "name"}}});
    REQUIRE(table);
    CHECK(read_trail(city, table->id).lines == std::vector{trail.lines[1]});
    CHECK_FALSE(city.ask<TrailResult>("directory", "trail",
                                      TrailArguments{"AK/T00009", std::nullopt, std::nullopt}));
    CHECK_FALSE(city.ask<TrailResult>("directory", "trail",
                                      TrailArguments{"AK", std::nullopt, std::nullopt}));
}

TEST_CASE("a batch tells an auditor with the key, and nobody else, whether a person is in it",
          "[directory][trail]") {
    const Bytes key = to_bytes(as_bytes("the auditor's key of this year"));
    const std::vector<Bytes> leaves =
        person_leaves(key, {"110101199003070011", "11010119850101002X", "110101199003070011"});
    CHECK(leaves.size() == 2);
    const Digest root = persons_root(leaves);

    City city = beijing();
    const std::string entry = locked_entry(city, pension_metadata());
    const auto made = ask_for(city, request_for(entry));
    REQUIRE(approve(city, made->id));
    REQUIRE(city.run<DeliverResult>("AK", "directory", "deliver",
                                    DeliverArguments{made->id, digest_of("rows"), 2, root}));
    const TrailResult trail = read_trail(city, entry);
    REQUIRE(trail.lines[0].delivery.persons_root == root);

    const auto path = person_path(leaves, key, "11010119850101002X");
    REQUIRE(path);
    CHECK(is_person_in(root, key, "11010119850101002X", *path));
    CHECK_FALSE(is_person_in(root, key, "110101199003070011", *path));
    CHECK_FALSE(is_person_in(root, to_bytes(as_bytes("a guess")), "11010119850101002X", *path));
    CHECK_FALSE(is_person_in(digest_of("other"), key, "11010119850101002X", *path));
    CHECK_FALSE(person_path(leaves, key, "110101200001010000"));
    // The order of the rows makes no other root.
    CHECK(persons_root(person_leaves(key, {"11010119850101002X", "110101199003070011"})) == root);
}

}  // namespace
}  // namespace cityledger::ledger
