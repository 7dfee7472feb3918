#include <fstream>
#include <iterator>

#include "tests/data/department_fixture.hpp"

namespace cityledger::data {
namespace {

namespace directory = ledger::directory;

using testing::Departments;

template <class T>
std::string code_of(const Result<T>& result) {
    return result ? "done" : std::string(result.error().code.name);
}

TEST_CASE("a granted row arrives, and the chain has the records of both sides", "[data]") {
    Departments departments(1'234);
    const auto fetched = departments.fetch();
    CHECK(code_of(fetched) == "done");
    CHECK(fetched->rows == 1'234);
    CHECK(fetched->sequence == 1);
    const auto rows = departments.fetched();
    REQUIRE(rows);
    CHECK(rows->size() == 1'234);
    CHECK(rows->at(7) == Row{"id 7", "3007.50"});
    const auto recorded = departments.deliveries();
    REQUIRE(recorded.size() == 1);
    CHECK(recorded[0].rows == 1'234);
    CHECK(recorded[0].digest == fetched->digest);
    CHECK(recorded[0].matched);
    // A key of its own for each delivery, so equal rows have another digest the next time.
    const auto again = departments.fetch({"amount"});
    CHECK(code_of(again) == "done");
    CHECK(again->digest != fetched->digest);
    CHECK(departments.fetched()->at(7) == Row{"3007.50"});
}

TEST_CASE("what was not granted cannot be had by any name", "[data]") {
    Departments departments(3);
    for (const std::string column :
         {"name", "NAME", "Amount", "amount ", "*", "\"amount\"", "amount AS name", "yuan",
          "pensions.amount", "(SELECT name FROM pensions)", "amount, name", "secrets.id_number",
          "amount\" , \"name", ""}) {
        CAPTURE(column);
        CHECK(code_of(departments.fetch({column})) == codes::fetch_column_not_granted.name);
        CHECK(code_of(departments.fetch({"amount", column})) ==
              codes::fetch_column_not_granted.name);
    }
    CHECK_FALSE(departments.fetched());
    CHECK(departments.deliveries().empty());
}

TEST_CASE("a grant serves its holder alone, and no longer than it lives", "[data]") {
    Departments departments(3);
    CHECK(code_of(departments.fetch({}, 1 << 30, "AB", "AB")) == codes::fetch_not_requester.name);
    CHECK(code_of(departments.fetch({}, 1 << 30, "AB", "AF")) == codes::fetch_wrong_key.name);
    CHECK(code_of(departments.fetch({}, 1 << 30, "AF", "AK")) == codes::fetch_wrong_key.name);
    departments.request = "AF/Q00009";
    CHECK(code_of(departments.fetch()) == ledger::codes::request_unknown.name);
    departments.request = "AF/Q00001";
    REQUIRE(ledger::testing::revoke_grant(departments.city, departments.request, "no longer"));
    CHECK(code_of(departments.fetch()) == codes::fetch_not_granted.name);
    auto until = ledger::testing::request_for("AK/D00001");
    until.until_day = "2020-01-20";
    const auto made = ledger::testing::ask_for(departments.city, until);
    REQUIRE(made);
    departments.request = made->id;
    CHECK(code_of(departments.fetch()) == codes::fetch_not_granted.name);  // nobody approved it
    REQUIRE(ledger::testing::approve(departments.city, made->id));
    ledger::testing::close_days(departments.city, 1);
    CHECK(code_of(departments.fetch()) == codes::fetch_grant_expired.name);
    CHECK(departments.deliveries().empty());
}

TEST_CASE("a revoked member and a replaced key get nothing", "[data]") {
    Departments departments(3);
    const auto other = crypto::PrivateKey::generate();
    departments.city.context.store(ledger::member_key_key("AF"), other.public_key().bytes(),
                                   ledger::Space::system);
    CHECK(code_of(departments.fetch()) == codes::fetch_wrong_key.name);
    ledger::testing::dissolve(departments.city, "AF");
    CHECK(code_of(departments.fetch()) ==
          codes::fetch_refused.name);  // member_revoked, of the chain
}

TEST_CASE("only the provider that the request names is served from", "[data]") {
    Departments departments(3);
    departments.provider_grants.emplace(departments.city, departments.lock, "AB");
    CHECK(code_of(departments.fetch()) == codes::fetch_not_provider.name);
    // And a port behind which another department's key stands is not asked at all.
    departments.city.context.store(ledger::member_key_key("AK"),
                                   crypto::PrivateKey::generate().public_key().bytes(),
                                   ledger::Space::system);
    CHECK(code_of(departments.fetch()) == codes::fetch_wrong_key.name);
}

TEST_CASE("an entry without a table has nothing to serve", "[data]") {
    Departments departments(3);
    auto other = ledger::testing::metadata_with_code("301001/0002");
    const auto entry =
        ledger::testing::register_directory(departments.city, "AK", "AK/R00001", other);
    REQUIRE(entry);
    REQUIRE(departments.city.run<directory::LockDirectoryResult>(
        "AD", "directory", "lock_directory", directory::LockDirectoryArguments{entry->id}));
    const auto made =
        ledger::testing::ask_for(departments.city, ledger::testing::request_for(entry->id));
    REQUIRE(made);
    REQUIRE(ledger::testing::approve(departments.city, made->id));
    departments.request = made->id;
    CHECK(code_of(departments.fetch()) == codes::fetch_no_table.name);
}

TEST_CASE("a revocation ends the flow within 1,000 rows, and nothing of it can be read", "[data]") {
    Departments departments(20'000);
    int asked = 0;
    int asked_after = 0;
    departments.provider_grants->before_request = [&] {
        if (++asked == 11) {
            const std::lock_guard guard(departments.lock);
            departments.city.context.current_sender = "AK";
            static_cast<void>(
                ledger::testing::revoke_grant(departments.city, departments.request, "stop"));
        }
        if (asked > 11) ++asked_after;
    };
    CHECK(code_of(departments.fetch()) == codes::fetch_not_granted.name);
    CHECK(asked == 11);  // 5,000 rows had gone, none after
    CHECK(asked_after == 0);
    CHECK_FALSE(departments.fetched());
    CHECK(departments.deliveries().empty());
}

TEST_CASE("nobody can read a row before the chain has the record", "[data]") {
    Departments departments(2'000);
    departments.provider_grants->before_record = [] {
        return Status(tl::unexpected(Error{codes::exchange_lost, "no node answers"}));
    };
    CHECK(code_of(departments.fetch()) == codes::exchange_lost.name);
    CHECK_FALSE(departments.fetched());
    for (const char* ending : {"", "-wal"}) {
        std::ifstream file(departments.inbox_file() + ending, std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(file)), {});
        CHECK(bytes.find("id 1999") == std::string::npos);
        CHECK(bytes.find("3007.50") == std::string::npos);
    }
    // It arrived whole, so it goes on from there once the chain answers.
    departments.provider_grants->before_record = nullptr;
    const auto fetched = departments.fetch();
    CHECK(code_of(fetched) == "done");
    CHECK(fetched->resumed);
    CHECK(departments.fetched()->size() == 2'000);
    CHECK(departments.deliveries().size() == 1);
}

TEST_CASE("a delivery that the chain refuses at its end is void", "[data]") {
    Departments departments(2'000);
    departments.provider_grants->before_record = [&] {
        const std::lock_guard guard(departments.lock);
        const auto revoked =
            ledger::testing::revoke_grant(departments.city, departments.request, "stop");
        return revoked ? Status() : Status(propagate(revoked));
    };
    const auto fetched = departments.fetch();
    CHECK(code_of(fetched) == codes::fetch_refused.name);
    CHECK(fetched.error().detail.find("grant_revoked") != std::string::npos);
    CHECK_FALSE(departments.fetched());
    CHECK(code_of(departments.fetch()) == codes::fetch_not_granted.name);
}

TEST_CASE("cut off anywhere, a delivery goes on or is void, and is recorded once", "[data]") {
    // Fetch, Offer, 5 times SealedRows, AllSent, Held, Opening.
    constexpr int k_messages = 10;
    for (int messages = 0; messages < k_messages; ++messages) {
        CAPTURE(messages);
        Departments departments(2'001);
        CHECK(code_of(departments.fetch({}, messages)) == codes::exchange_lost.name);
        CHECK_FALSE(departments.fetched());
        const auto fetched = departments.fetch();
        CHECK(code_of(fetched) == "done");
        CHECK(departments.fetched()->size() == 2'001);
        const auto recorded = departments.deliveries();
        REQUIRE(recorded.size() == 1);
        CHECK(recorded[0].matched);
        CHECK(recorded[0].rows == 2'001);
        // Only what was held when the connection broke could go on.
        CHECK((!fetched->resumed || messages >= k_messages - 2));
    }
    Departments whole(2'001);
    CHECK(code_of(whole.fetch({}, k_messages)) == "done");
}

TEST_CASE("a provider that records other rows than it sends is caught by the chain", "[data]") {
    Departments departments(10);
    departments.provider_grants->record_other = [](Digest digest) {
        digest.bytes[0] ^= 1;
        return digest;
    };
    CHECK(code_of(departments.fetch()) == codes::delivery_differs.name);
    CHECK(departments.city.emitted("directory.digest_mismatch", departments.request));
    CHECK_FALSE(departments.fetched());
    CHECK_FALSE(departments.deliveries().at(0).matched);
}

TEST_CASE("a table that no fetch made is not replaced", "[data]") {
    Departments departments(3);
    {
        const auto database = testing::open_or_fail(departments.inbox_file());
        REQUIRE(database->execute("CREATE TABLE fetched (mine TEXT)", {}));
    }
    CHECK(code_of(departments.fetch()) == codes::target_taken.name);
    CHECK(departments.deliveries().empty());
}

TEST_CASE("a probe sees that somebody changed a table", "[data]") {
    Departments departments(3);
    const auto on_chain = departments.city.ask<directory::Table>(
        "directory", "table", directory::IdArguments{"AK/T00001"});
    REQUIRE(on_chain);
    const auto database = departments.provider_database();
    CHECK(probe_schema(*database, "pensions").value() == on_chain->schema_hash);
    REQUIRE(database->execute("ALTER TABLE pensions ADD COLUMN phone TEXT", {}));
    CHECK(probe_schema(*database, "pensions").value() != on_chain->schema_hash);
    CHECK(probe_schema(*database, "nothing").error().code == codes::source_table_unknown);
    // A column that the chain knows and the database has no more cannot be served.
    REQUIRE(database->execute("ALTER TABLE pensions RENAME COLUMN yuan TO fen", {}));
    CHECK(code_of(departments.fetch()) == codes::fetch_no_table.name);
    CHECK(code_of(departments.fetch({"id_number"})) == "done");
}

}  // namespace
}  // namespace cityledger::data
