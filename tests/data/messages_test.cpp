#include <random>

#include "tests/data/department_fixture.hpp"

namespace cityledger::data {
namespace {

using testing::Departments;

TEST_CASE("rows are read as they were written, and no byte beside", "[data]") {
    const Row row = {std::monostate{}, std::int64_t{-5}, "北京", Bytes{1, 2}};
    const auto bytes = write_row(row);
    REQUIRE(bytes);
    CHECK(read_row(*bytes, row.size()).value() == row);
    CHECK(read_row(*bytes, row.size() + 1).error().code == codes::delivery_damaged);
    CHECK(read_row(*bytes, row.size() - 1).error().code == codes::delivery_damaged);
    CHECK(write_row({std::string(k_max_cell_bytes + 1, 'x')}).error().code ==
          codes::cell_too_large);
    CHECK(write_row({"\xff"}).error().code == codes::cell_too_large);
    CHECK(read_row(Bytes{9}, 1).error().code == codes::delivery_damaged);
}

TEST_CASE("sealed rows open under their key, delivery and number alone", "[data]") {
    const auto key = crypto::SecretKey::generate();
    const DeliveryId id = crypto::sha256(as_bytes("delivery"));
    const Bytes rows = {1, 2, 3};
    Bytes sealed = seal_rows(key, id, 4, rows);
    CHECK(open_rows(key, id, 4, sealed).value() == rows);
    CHECK(open_rows(key, id, 5, sealed).error().code == codes::delivery_damaged);
    CHECK(open_rows(key, Digest{}, 4, sealed).error().code == codes::delivery_damaged);
    CHECK_FALSE(open_rows(crypto::SecretKey::generate(), id, 4, sealed));
    sealed.back() ^= 1;
    CHECK_FALSE(open_rows(key, id, 4, sealed));
}

/// Sends raw bytes as messages of a member's connection, and says what comes back.
std::string answer_to(Departments& departments, const Bytes& message) {
    const auto channel = departments.connect_as("AF")();
    REQUIRE(channel);
    REQUIRE((*channel)->send(message));
    const auto answer = (*channel)->receive();
    if (!answer) return std::string(answer.error().code.name);
    const auto read = read_message<Offer>(*answer);
    return read ? "offer" : std::string(read.error().code.name);
}

TEST_CASE("what is no message is refused, and the port serves on", "[data]") {
    Departments departments(3);
    CHECK(answer_to(departments, {}) == codes::exchange_malformed.name);
    CHECK(answer_to(departments, {99}) == codes::exchange_malformed.name);
    CHECK(answer_to(departments, write_message(Held{})) == codes::exchange_malformed.name);
    Bytes fetch = write_message(Fetch{"AF", departments.request, {}});
    CHECK(answer_to(departments, fetch) == "offer");
    fetch.push_back(0);
    CHECK(answer_to(departments, fetch) == codes::exchange_malformed.name);
    const auto unknown = write_message(Resume{"AF", crypto::sha256(as_bytes("none"))});
    CHECK(answer_to(departments, unknown) == codes::fetch_void.name);
    const unsigned seed = std::random_device()();
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int i = 0; i < 50; ++i) {
        Bytes bytes = write_message(Fetch{"AF", departments.request, {"amount"}});
        bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
        answer_to(departments, bytes);
    }
    CHECK(departments.fetch());
}

TEST_CASE("a message above the limit is not read", "[data]") {
    Departments departments(3);
    const auto channel = departments.connect_as("AF")();
    REQUIRE(channel);
    CHECK((*channel)->send(Bytes(k_max_message_bytes + 1)).error().code ==
          codes::exchange_too_large);
}

TEST_CASE("connections that say nothing end, and do not keep others out for ever", "[data]") {
    io::DataLimits limits;
    limits.first_message_ms = 300;
    limits.sessions = 2;
    limits.sessions_per_address = 2;
    Departments departments(3, limits);
    std::vector<std::unique_ptr<Channel>> silent;
    for (int i = 0; i < 2; ++i) silent.push_back(departments.connect_as("AF")().value());
    CHECK(departments.fetch().error().code == codes::exchange_busy);
    // Their time runs from their own start, so a wait for the answer is a wait for their end.
    for (const auto& channel : silent) CHECK_FALSE(channel->receive());
    CHECK(departments.fetch());
}

}  // namespace
}  // namespace cityledger::data
