#pragma once
// AK (social security) with a table of pensions and AF (public security) with a grant on it: the
// real contracts in memory, real databases, real TLS.

#include <functional>
#include <mutex>

#include "ledger/contracts/contracts.hpp"
#include "ledger/executor.hpp"
#include "node/data/provider.hpp"
#include "node/data/requester.hpp"
#include "node/io/data/data_channel.hpp"
#include "tests/contracts/directory_stories.hpp"
#include "tests/data/databases_under_test.hpp"

namespace cityledger::data::testing {

namespace directory = ledger::directory;
using ledger::testing::City;

/// A department's view of a City, usable on any thread.
class CityGrants : public GrantBook {
public:
    CityGrants(City& city, std::mutex& lock, ledger::MemberId self)
        : city_(city), lock_(lock), self_(std::move(self)) {}

    std::function<void()> before_request;        ///< a place for things that happen meanwhile
    std::function<Status()> before_record;       ///< its refusal is that of the chain
    std::function<Digest(Digest)> record_other;  ///< a provider that lies

    const ledger::MemberId& self() const override { return self_; }

    Result<directory::Request> request(const std::string& id) override {
        if (before_request) before_request();
        const std::lock_guard guard(lock_);
        return city_.ask<directory::Request>("directory", "request", directory::IdArguments{id});
    }
    Result<std::vector<directory::Table>> tables_of(const std::string& entry) override {
        const std::lock_guard guard(lock_);
        directory::EntryPageArguments arguments;
        arguments.directory = entry;
        const auto list =
            city_.ask<directory::TablesResult>("directory", "tables_of_entry", arguments);
        if (!list) return propagate(list);
        std::vector<directory::Table> tables;
        for (const auto& summary : list->tables) {
            auto table = city_.ask<directory::Table>("directory", "table",
                                                     directory::IdArguments{summary.id});
            if (!table) return propagate(table);
            tables.push_back(*std::move(table));
        }
        return tables;
    }
    Result<std::string> today() override {
        const std::lock_guard guard(lock_);
        const auto day =
            city_.ask<ledger::calendar::TodayResult>("calendar", "today", ledger::Nothing{});
        if (!day) return propagate(day);
        return day->date;
    }
    Result<crypto::PublicKeyBytes> key_of(const ledger::MemberId& member) override {
        const std::lock_guard guard(lock_);
        const auto key = city_.ask<ledger::membership::MemberKeyResult>(
            "membership", "key", ledger::membership::MemberArguments{member});
        if (!key) return propagate(key);
        return key->public_key;
    }
    Result<std::uint32_t> record_delivery(const std::string& request, const Digest& digest,
                                          std::uint64_t rows) override {
        if (before_record) {
            if (const Status status = before_record(); !status) return propagate(status);
        }
        const std::lock_guard guard(lock_);
        const Digest recorded = record_other ? record_other(digest) : digest;
        const auto result = city_.run<directory::DeliverResult>(
            self_, "directory", "deliver", directory::DeliverArguments{request, recorded, rows});
        if (!result) return propagate(result);
        return result->sequence;
    }
    Result<bool> acknowledge(const std::string& request, std::uint32_t sequence,
                             const Digest& digest) override {
        const std::lock_guard guard(lock_);
        const auto result = city_.run<directory::AcknowledgeResult>(
            self_, "directory", "acknowledge",
            directory::AcknowledgeArguments{request, sequence, digest});
        if (!result) return propagate(result);
        return result->matched;
    }

private:
    City& city_;
    std::mutex& lock_;
    ledger::MemberId self_;
};

/// Ends the connection before the message of this number, counted in both directions.
class CutChannel : public Channel {
public:
    CutChannel(std::unique_ptr<Channel> inner, int messages)
        : inner_(std::move(inner)), left_(messages) {}
    Status send(const Bytes& message) override {
        if (left_-- <= 0) return cut();
        return inner_->send(message);
    }
    Result<Bytes> receive() override {
        if (left_-- <= 0) return propagate(cut());
        return inner_->receive();
    }
    const crypto::PublicKeyBytes& peer_key() const override { return inner_->peer_key(); }

private:
    static Status cut() { return tl::unexpected(Error{codes::exchange_lost, "cut by the test"}); }
    std::unique_ptr<Channel> inner_;
    int left_;
};

/// Two departments and the data port of the one that provides.
class Departments {
public:
    explicit Departments(std::int64_t rows, io::DataLimits limits = {})
        : city(ledger::testing::beijing()), limits_(limits) {
        for (const char* id : {"AK", "AF", "AB"}) {
            keys_.emplace(id, crypto::PrivateKey::generate());
            city.context.store(ledger::member_key_key(id), keys_.at(id).public_key().bytes(),
                               ledger::Space::system);
        }
        const std::string entry =
            ledger::testing::locked_entry(city, ledger::testing::pension_metadata());
        const auto made = ledger::testing::ask_for(city, ledger::testing::request_for(entry));
        REQUIRE(made);
        request = made->id;
        REQUIRE(ledger::testing::approve(city, request));
        make_pensions(rows);
        register_table(entry);
        provider_grants.emplace(city, lock, "AK");
        auto server = io::DataServer::start(
            {}, keys_.at("AK"), [this](Channel& channel) { serve(channel); }, limits_);
        REQUIRE(server);
        server_ = *std::move(server);
    }

    [[nodiscard]] std::string inbox_file() const { return folder_.file("AF.sqlite"); }
    [[nodiscard]] Requester::Connect connect_as(const std::string& member, int messages = 1 << 30) {
        return [this, member, messages]() -> Result<std::unique_ptr<Channel>> {
            auto channel = io::connect_data({"127.0.0.1", server_->port()}, keys_.at(member));
            if (!channel) return propagate(channel);
            return std::make_unique<CutChannel>(*std::move(channel), messages);
        };
    }
    /// As AF, into the table "fetched" of its own database.
    Result<FetchedDelivery> fetch(const std::vector<std::string>& columns = {},
                                  int messages = 1 << 30, const std::string& holder = "AF",
                                  const std::string& claims = "AF") {
        const auto database = open_or_fail(inbox_file());
        auto inbox = Inbox::open(*database);
        REQUIRE(inbox);
        CityGrants grants(city, lock, claims);
        return Requester(*inbox, grants)
            .fetch({request, columns, "fetched"}, connect_as(holder, messages));
    }
    /// Rows of "fetched"; nothing if there is no such table.
    std::optional<std::vector<Row>> fetched() {
        const auto database = open_or_fail(inbox_file());
        if (!database->columns_of("fetched")) return std::nullopt;
        return all_rows(*database, "SELECT * FROM fetched");
    }
    std::vector<directory::Delivery> deliveries() {
        const std::lock_guard guard(lock);
        const auto page = city.ask<directory::DeliveriesResult>(
            "directory", "deliveries", directory::DeliveriesArguments{request, {}, {}});
        REQUIRE(page);
        return page->deliveries;
    }
    [[nodiscard]] std::unique_ptr<Database> provider_database() const {
        return open_or_fail(folder_.file("AK.sqlite"));
    }
    [[nodiscard]] std::uint16_t port() const { return server_->port(); }

    City city;
    std::mutex lock;
    std::string request;
    std::optional<CityGrants> provider_grants;

private:
    /// The table of pensions as it is, on the chain.
    void register_table(const std::string& entry) {
        const auto system = city.run<directory::IdResult>(
            "AK", "directory", "register_system",
            directory::RegisterSystemArguments{"Pensions", 3, directory::SystemRunner::own});
        REQUIRE(system);
        const std::vector<directory::Column> columns = {{"id_number", "TEXT", "id_number"},
                                                        {"name", "TEXT", "name"},
                                                        {"yuan", "DECIMAL_TEXT", "amount"}};
        const auto table = city.run<directory::RegisterTableResult>(
            "AK", "directory", "register_table",
            directory::RegisterTableArguments{system->id, entry, "pensions", columns});
        REQUIRE(table);
    }

    void make_pensions(std::int64_t count) {
        const auto database = open_or_fail(folder_.file("AK.sqlite"));
        REQUIRE(database->execute(
            "CREATE TABLE pensions (id_number TEXT, name TEXT, yuan DECIMAL_TEXT)", {}));
        REQUIRE(database->execute("CREATE TABLE secrets (id_number TEXT)", {}));
        std::vector<Row> rows;
        for (std::int64_t i = 0; i < count; ++i) {
            rows.push_back({"id " + std::to_string(i), "王" + std::to_string(i),
                            std::to_string(3000 + i) + ".50"});
        }
        auto transaction = DatabaseTransaction::begin(*database);
        REQUIRE(database->insert("pensions",
                                 {{"id_number", ColumnType::text},
                                  {"name", ColumnType::text},
                                  {"yuan", ColumnType::decimal}},
                                 rows));
        REQUIRE(transaction->commit());
    }

    /// On a thread of the server, where Catch's assertions may not be.
    void serve(Channel& channel) {
        const auto database = io::open_database(folder_.file("AK.sqlite"));
        const auto notes = io::open_database(folder_.file("outbox.sqlite"));
        if (!database || !notes) return;
        auto outbox = Outbox::open(**notes);
        if (!outbox) return;
        static_cast<void>(Provider(**database, *outbox, *provider_grants).serve(channel));
    }

    ScratchFolder folder_;
    io::DataLimits limits_;
    std::map<std::string, crypto::PrivateKey> keys_;
    std::unique_ptr<io::DataServer> server_;  ///< last: its threads use all above
};

}  // namespace cityledger::data::testing
