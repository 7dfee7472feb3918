// Rows between two departments of a real network, by the commands that people type.

#include <signal.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "node/io/data/databases.hpp"
#include "tests/end_to_end/network.hpp"

namespace cityledger::sim::test {
namespace {

const std::string k_scenario = source_dir() + "/scenarios/data-exchange.yaml";

/// A command that goes on until it is ended.
class BackgroundCommand {
public:
    BackgroundCommand(const std::string& arguments, const std::string& log) {
        pid_ = ::fork();
        if (pid_ == 0) {
            const std::string line =
                "exec " + command_path() + " --lang en " + arguments + " > " + log + " 2>&1";
            ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
            ::_exit(127);
        }
        REQUIRE(pid_ > 0);
    }
    ~BackgroundCommand() { end(SIGKILL); }
    BackgroundCommand(const BackgroundCommand&) = delete;
    BackgroundCommand& operator=(const BackgroundCommand&) = delete;
    /// The exit code; -1 if a signal ended it, or it had ended before.
    int end(int signal) {
        if (pid_ <= 0) return -1;
        ::kill(pid_, signal);
        int status = 0;
        ::waitpid(pid_, &status, 0);
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    pid_t pid_ = -1;
};

std::string done(const std::string& command) {
    const CommandResult result = run_command(command);
    INFO(command << "\n" << result.output);
    REQUIRE(result.exit_code == 0);
    return result.output;
}

std::vector<data::Row> rows_of(const std::string& file, const std::string& sql) {
    const auto database = io::open_database(file);
    REQUIRE(database);
    const auto cursor = (*database)->select(sql, {});
    if (!cursor) return {};
    std::vector<data::Row> rows;
    data::Row row;
    while ((*cursor)->next(row).value()) rows.push_back(row);
    return rows;
}

void make_pensions(const std::string& file, int count) {
    const auto database = io::open_database(file);
    REQUIRE(database);
    REQUIRE((*database)->execute("CREATE TABLE pensions (id_number TEXT, name TEXT, yuan DECIMAL)",
                                 {}));
    std::vector<data::Row> rows;
    for (int i = 0; i < count; ++i) {
        rows.push_back({"TEST-" + std::to_string(i), "王" + std::to_string(i), std::int64_t{i}});
    }
    auto transaction = data::DatabaseTransaction::begin(**database);
    REQUIRE(transaction);
    REQUIRE((*database)->insert("pensions",
                                {{"id_number", data::ColumnType::text},
                                 {"name", data::ColumnType::text},
                                 {"yuan", data::ColumnType::decimal}},
                                rows));
    REQUIRE(transaction->commit());
}

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

TEST_CASE("granted rows go from one department's database to another's", "[exchange]") {
    constexpr int k_rows = 60'000;
    const TemporaryFolder folder;
    const std::string at = " --network " + folder.network();
    const std::string provider_file = folder.path() + "/AK.sqlite";
    const std::string own_file = folder.path() + "/AF.sqlite";
    const std::string provider = " --as AK --database " + provider_file + at;
    const std::string fetch =
        "fetch AF/Q00001 --as AF --database " + own_file + " --into pensions" + at;
    const auto serves = [&] {
        return holds_within(
            20'000, [&] { return std::filesystem::exists(folder.network() + "/data/AK.port"); });
    };
    done("up --dir " + folder.network() + " --scenario " + k_scenario);
    done("replay " + k_scenario + " --quiet --world remote" + at);
    make_pensions(provider_file, k_rows);
    CHECK(contains(done("probe" + provider), "as on the chain"));
    const CommandResult nobody = run_command(fetch);
    CHECK(nobody.exit_code == 2);
    CHECK(contains(nobody.output, "--from"));

    // Killed while rows flow, at moments that differ: void, or it goes on, but never half.
    for (const int milliseconds : {5, 100, 300}) {
        BackgroundCommand server("serve" + provider, folder.path() + "/serve.log");
        REQUIRE(serves());
        BackgroundCommand fetching(fetch, folder.path() + "/fetch.log");
        std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
        if (milliseconds == 100) {
            fetching.end(SIGKILL);
        } else {
            server.end(SIGKILL);
        }
        std::filesystem::remove(folder.network() + "/data/AK.port");
    }
    const std::string deliveries =
        "query directory deliveries --as AF --request AF/Q00001 --json" + at;
    const std::size_t before = count_of(done(deliveries), "\"sequence\"");
    CHECK(before <= 1);
    BackgroundCommand server("serve" + provider, folder.path() + "/serve.log");
    REQUIRE(serves());
    if (before == 0 || rows_of(own_file, "SELECT 1 FROM pensions").empty()) done(fetch);
    CHECK(count_of(done(deliveries), "\"sequence\"") == 1);
    CHECK(contains(done(deliveries), "\"matched\": true"));
    const auto rows = rows_of(own_file, "SELECT * FROM pensions");
    REQUIRE(rows.size() == k_rows);
    CHECK(rows[7] == data::Row{"TEST-7", "7"});

    const CommandResult other = run_command(fetch + " --columns name");
    CHECK(other.exit_code == 1);
    CHECK(contains(other.output, "fetch_column_not_granted"));
    done("tx directory revoke --as AK --request AF/Q00001 --reason over" + at);
    CHECK(contains(run_command(fetch).output, "fetch_not_granted"));
    CHECK(server.end(SIGTERM) == 0);
    CHECK_FALSE(std::filesystem::exists(folder.network() + "/data/AK.port"));

    const auto database = io::open_database(provider_file);
    REQUIRE((*database)->execute("ALTER TABLE pensions ADD COLUMN phone TEXT", {}));
    CHECK(run_command("probe" + provider).exit_code == 1);
    CHECK(contains(run_command("probe --report" + provider).output, "suspect"));
    // Nothing personal anywhere in the network's folder: neither a name nor a number.
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.network())) {
        if (!entry.is_regular_file()) continue;
        const std::string text = text_of_file(entry.path());
        INFO(entry.path());
        CHECK_FALSE(contains(text, "TEST-5"));
        CHECK_FALSE(contains(text, "王5"));
    }
    done("down --purge --dir " + folder.network());
    CHECK_FALSE(std::filesystem::exists(folder.network()));
}

}  // namespace
}  // namespace cityledger::sim::test
