#include "tests/end_to_end/network.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "crypto/hash.hpp"
#include "ledger/contracts/membership/membership.hpp"
#include "sim/scenario/register.hpp"

namespace cityledger::sim::test {
namespace {

namespace fs = std::filesystem;

constexpr auto k_poll_interval = std::chrono::milliseconds(10);
constexpr std::uint64_t k_receipt_wait_ms = 1'500;
constexpr std::uint64_t k_load_call_timeout_ms = 1'500;

}  // namespace

bool deep() { return std::getenv("CITYLEDGER_DEEP") != nullptr; }

std::uint64_t printed_seed(const std::string& story) {
    const char* wished = std::getenv("CITYLEDGER_SEED");
    const std::uint64_t seed = wished ? std::strtoull(wished, nullptr, 10) : std::random_device{}();
    std::printf("%s: CITYLEDGER_SEED=%llu\n", story.c_str(), static_cast<unsigned long long>(seed));
    return seed;
}

std::uint64_t milliseconds_since(Clock::time_point start) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count());
}

bool holds_within(std::uint64_t timeout_ms, const std::function<bool()>& holds) {
    const auto start = Clock::now();
    while (!holds()) {
        if (milliseconds_since(start) > timeout_ms) return false;
        std::this_thread::sleep_for(k_poll_interval);
    }
    return true;
}

std::string text_of_file(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

CommandResult run_command(const std::string& arguments, const std::string& environment) {
    CommandResult result;
    const std::string line =
        "env -u LC_ALL -u LC_MESSAGES -u LANG " + environment + " " + command_path() + " ";
    FILE* pipe = ::popen((line + arguments + " 2>&1").c_str(), "r");
    REQUIRE(pipe != nullptr);
    char buffer[512];
    while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) result.output += buffer;
    const int status = ::pclose(pipe);
    if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
    return result;
}

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "cityledger-e2e-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

TakenPort::TakenPort(std::uint16_t port)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int yes = 1;
    ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(socket_, 1) == 0);
}

TakenPort::~TakenPort() { ::close(socket_); }

LocalOptions local_options(const std::string& folder, bool lose_unsynced) {
    LocalOptions options;
    options.folder = folder;
    options.network = {default_validity(), {}};
    options.launch.daemon = lose_unsynced ? power_daemon_path() : daemon_path();
    return options;
}

std::unique_ptr<LocalWorld> make_network(const std::string& folder, bool lose_unsynced,
                                         std::size_t validators) {
    auto world = LocalWorld::create(default_plan(validators), local_options(folder, lose_unsynced));
    INFO((world ? "" : world.error().message()));
    REQUIRE(world);
    return *std::move(world);
}

ledger::MemberId tag_of(const std::string& name) {
    return Register(crypto::sha256(as_bytes("these tests"))).tag_of("person", name);
}

ledger::Transaction enrolment(const crypto::PrivateKey& operator_key, const Digest& chain_id,
                              const ledger::MemberId& id, std::uint64_t expires_at_height) {
    ledger::membership::EnrolArguments arguments;
    arguments.id = tag_of(id);
    arguments.name = arguments.id;
    arguments.kind = ledger::membership::MemberKind::person;
    arguments.roles = {ledger::membership::Role::consumer};
    arguments.public_key = crypto::PrivateKey::generate().public_key().bytes();
    ledger::TransactionBody body;
    body.chain_id = chain_id;
    body.sender = "OPERATOR";
    body.sender_key = operator_key.public_key().bytes();
    body.expires_at_height = expires_at_height;
    body.operations = {{"membership", "enrol", ledger::encode(arguments)}};
    return ledger::sign_transaction(std::move(body), operator_key);
}

api::ReceiptView enrol_one(LocalWorld& world, const ledger::MemberId& id) {
    const auto expiry = world.expiry_height();
    REQUIRE(expiry);
    const auto receipt =
        world.submit(enrolment(**world.key_of("OPERATOR"), world.chain_id(), id, *expiry), 20'000);
    INFO((receipt ? "" : receipt.error().message()));
    REQUIRE(receipt);
    REQUIRE(receipt->operations.size() == 1);
    CHECK(receipt->operations[0].code_name == "ok");
    return *receipt;
}

Load::Load(LocalWorld& world, std::string prefix, std::size_t threads)
    : prefix_(std::move(prefix)),
      network_(read_network(world.network_folder()).value()),
      operator_key_(member_key_of(world.network_folder(), "OPERATOR", false).value()),
      expires_at_height_(world.expiry_height().value()) {
    for (std::size_t thread = 0; thread < threads; ++thread) {
        threads_.emplace_back([this, thread] { run(thread); });
    }
}

Load::~Load() { stop(); }

void Load::run(std::size_t thread) {
    std::vector<client::ApiClient> clients;
    for (const NodeAddress& node : network_.nodes) {
        clients.emplace_back(node.address, node.http_port, k_load_call_timeout_ms);
    }
    std::size_t turn = thread;
    for (std::size_t number = 0; !stopping_; ++number) {
        const std::string id =
            prefix_ + "-" + std::to_string(thread) + "-" + std::to_string(number);
        const ledger::Transaction transaction =
            enrolment(operator_key_, network_.chain_id, id, expires_at_height_);
        bool known = false;
        while (!known && !stopping_) {
            const auto answer =
                clients[turn++ % clients.size()].submit(transaction, k_receipt_wait_ms);
            known = answer && answer->receipt;
            if (!known) {
                std::this_thread::sleep_for(k_poll_interval);
                continue;
            }
            const std::lock_guard lock(mutex_);
            acknowledged_.push_back({answer->transaction, answer->receipt->height});
            expires_at_height_ =
                answer->receipt->height + ledger::k_max_transaction_lifetime_heights;
        }
    }
}

std::size_t Load::count() {
    const std::lock_guard lock(mutex_);
    return acknowledged_.size();
}

bool Load::await_more(std::size_t more, std::uint64_t timeout_ms) {
    const std::size_t wished = count() + more;
    return holds_within(timeout_ms, [&] { return count() >= wished; });
}

std::vector<Acknowledged> Load::stop() {
    stopping_ = true;
    for (std::thread& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
    return acknowledged_;
}

bool settles_within(LocalWorld& world, std::uint64_t timeout_ms) {
    return holds_within(timeout_ms, [&] {
        const std::vector<NodeView> views = world.nodes();
        for (const NodeView& view : views) {
            if (!view.status || view.status->executed_height != view.status->final_height ||
                view.status->executed_height != views[0].status->executed_height ||
                view.status->business_root != views[0].status->business_root ||
                view.status->system_root != views[0].status->system_root ||
                view.status->receipts_root != views[0].status->receipts_root) {
                return false;
            }
        }
        return true;
    });
}

std::size_t missing_receipts(LocalWorld& world, const std::vector<Acknowledged>& acknowledged) {
    std::size_t missing = 0;
    const std::size_t nodes = world.nodes().size();
    for (const Acknowledged& one : acknowledged) {
        for (std::size_t node = 0; node < nodes; ++node) {
            const auto receipt = world.node_client(node).receipt(one.transaction);
            if (receipt && receipt->height == one.height) continue;
            ++missing;
            std::printf("node%zu lacks %s of height %llu: %s\n", node,
                        to_hex(one.transaction).c_str(),
                        static_cast<unsigned long long>(one.height),
                        receipt ? "other height" : receipt.error().message().c_str());
        }
    }
    return missing;
}

}  // namespace cityledger::sim::test
