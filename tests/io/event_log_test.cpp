// What the node's log says of the replica's events.

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "node/io/config_files.hpp"
#include "node/io/daemon/event_log.hpp"
#include "node/io/io_codes.hpp"
#include "node/io/transport/closed_log.hpp"
#include "node/replica/replica_codes.hpp"

namespace cityledger::io::test {
namespace {

/// One timer that the test fires by hand.
class HandScheduler : public node::Scheduler {
public:
    [[nodiscard]] std::uint64_t now_ms() const override { return 0; }
    TimerId after(std::uint64_t delay_ms, std::function<void()> action) override {
        CHECK(delay_ms == k_refusal_log_interval_ms);
        action_ = std::move(action);
        return 1;
    }
    void cancel(TimerId) override { action_ = nullptr; }
    [[nodiscard]] bool waits() const { return action_ != nullptr; }
    void fire() { std::exchange(action_, nullptr)(); }

private:
    std::function<void()> action_;
};

class LogFile {
public:
    explicit LogFile(std::size_t file_bytes = k_log_file_bytes) {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "cityledger-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        folder_ = pattern;
        auto opened = Logger::open(folder_ + "/node.log", "node0", LogLevel::info, file_bytes);
        REQUIRE(opened);
        logger = *std::move(opened);
    }
    ~LogFile() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    /// Of all its files.
    [[nodiscard]] std::uintmax_t bytes() const {
        logger->flush();
        std::uintmax_t sum = 0;
        for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
            sum += entry.file_size();
        }
        return sum;
    }
    [[nodiscard]] bool has(const std::string& name) const {
        return std::filesystem::exists(folder_ + "/" + name);
    }
    /// The lines since the last call, without their times.
    std::vector<std::string> lines() {
        logger->flush();
        const std::string text = read_text_file(folder_ + "/node.log").value();
        std::vector<std::string> found;
        while (read_ < text.size()) {
            const std::size_t end = text.find('\n', read_);
            const std::string line = text.substr(read_, end - read_);
            found.push_back(line.substr(line.find("level=")));
            read_ = end + 1;
        }
        return found;
    }

    std::unique_ptr<Logger> logger;

private:
    std::string folder_;
    std::size_t read_ = 0;
};

node::BlockRefused refusal(std::uint64_t height) {
    return {Digest{}, height, refuse(node::codes::proposal_wrong_vote, "a test").value()};
}

TEST_CASE("a change of standing is one line, a warning with the reason unless it votes",
          "[events]") {
    LogFile file;
    HandScheduler scheduler;
    EventLog log(*file.logger, scheduler);
    using enum node::Standing;
    log.tell(node::StandingChanged{starting, {asking, 0, "nobody answers"}});
    log.tell(node::StandingChanged{asking, {voting, 0, {}}});
    const auto lines = file.lines();
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] ==
          "level=warning node=node0 event=standing_changed before=starting "
          "now=asking why=\"nobody answers\"");
    CHECK(lines[1] == "level=info node=node0 event=standing_changed before=asking now=voting");
}

TEST_CASE("refused blocks make at most one line in a second, with the count of what was left out",
          "[events]") {
    LogFile file;
    HandScheduler scheduler;
    {
        EventLog log(*file.logger, scheduler);
        log.tell(refusal(7));
        auto lines = file.lines();
        REQUIRE(lines.size() == 1);
        CHECK(lines[0].starts_with("level=warning node=node0 event=block_refused block=" +
                                   to_hex(Digest{}) + " height=7 code=proposal_wrong_vote why="));
        log.tell(refusal(8));
        log.tell(refusal(9));
        CHECK(file.lines().empty());
        scheduler.fire();
        lines = file.lines();
        REQUIRE(lines.size() == 1);
        CHECK(lines[0] == "level=warning node=node0 event=faults_left_out count=2");
        log.tell(refusal(10));  // still within a second of the last line
        CHECK(file.lines().empty());
        scheduler.fire();
        CHECK(file.lines().size() == 1);
        scheduler.fire();
        CHECK(file.lines().empty());
        log.tell(refusal(11));
        CHECK(file.lines().size() == 1);
        CHECK(scheduler.waits());
    }
    CHECK_FALSE(scheduler.waits());
}

TEST_CASE("closed connections write at a bounded rate, and what is left out is counted", "[log]") {
    LogFile file;
    ClosedLog log(*file.logger, {"node0", "node1"});
    const Error reason = refuse(codes::tls_without_certificate, "a test").value();
    for (std::uint64_t i = 0; i < 1000; ++i) log.write({}, "10.0.0.9:1", reason, false, 5000 + i);
    // The burst, and those of one second.
    CHECK(file.lines().size() <= k_closed_warnings.burst + k_closed_warnings.per_second);
    log.write(1, "10.0.0.1:1", reason, false, 6000);
    const auto of_node1 = file.lines();
    REQUIRE(of_node1.size() == 1);
    CHECK(of_node1[0].find("peer=node1") != std::string::npos);
    log.tell_left_out();
    CHECK(file.lines() ==
          std::vector<std::string>{
              "level=warning node=node0 event=sessions_closed_unlogged peer=? count=990"});
    log.tell_left_out();
    CHECK(file.lines().empty());
}

TEST_CASE("a log makes room: so much is kept, and the newest stands in node.log", "[log]") {
    LogFile file(4'096);
    for (int i = 0; i < 1'000; ++i) {
        file.logger->write(LogLevel::info, "filling", {{"number", std::to_string(i)}});
    }
    CHECK(file.bytes() <= 4'096 * (k_old_log_files + 1));
    CHECK(file.bytes() > 4'096 * k_old_log_files);
    CHECK(file.has("node.1.log"));
    CHECK_FALSE(file.has("node.4.log"));
    const auto lines = file.lines();
    REQUIRE_FALSE(lines.empty());
    CHECK(lines.back().ends_with("number=999"));
}

}  // namespace
}  // namespace cityledger::io::test
