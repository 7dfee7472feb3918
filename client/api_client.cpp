#include "client/api_client.hpp"

#include <chrono>

#include "client/client_codes.hpp"
#include "client/http_connection.hpp"
#include "node/api/receipt_questions.hpp"

namespace cityledger::client {
namespace {

constexpr std::string_view k_octets = "application/octet-stream";
constexpr std::string_view k_json = "application/json";

/// The node's error, as the node meant it.
Error error_of(const HttpAnswer& answer) {
    const auto json = ledger::parse_json(answer.body);
    const auto view =
        json ? ledger::from_json<api::ErrorView>(*json) : Result<api::ErrorView>(propagate(json));
    if (!view) {
        return malformed_answer("HTTP status " + std::to_string(answer.status));
    }
    const Code* code = api::find_code(view->code);
    if (code != nullptr) return Error{*code, view->detail};
    return refuse(codes::answer_unknown_code,
                  view->name + ": " + view->message + ". " + view->detail + ". " + view->remedy)
        .value();
}

template <class T>
Result<T> read_as(const Result<boost::json::value>& json) {
    if (!json) return propagate(json);
    auto value = ledger::from_json<T>(*json);
    if (!value) return tl::unexpected<Error>(malformed_answer(value.error().message()));
    return value;
}

/// Half of what a node takes (docs/api.md), for clocks that differ.
constexpr std::uint64_t k_pass_lifetime_ms = 15'000;

std::string with_wait(const std::string& path, std::uint64_t wait_ms) {
    return wait_ms == 0 ? path : path + "?wait=" + std::to_string(wait_ms);
}

}  // namespace

class ApiClient::Connection : public HttpConnection {
public:
    using HttpConnection::HttpConnection;
};

struct ApiClient::Call : HttpCall {};

ApiClient::ApiClient(std::string address, std::uint16_t port, std::uint64_t timeout_ms)
    : connection_(std::make_unique<Connection>(std::move(address), port)),
      timeout_ms_(timeout_ms) {}
ApiClient::~ApiClient() = default;
ApiClient::ApiClient(ApiClient&&) noexcept = default;
ApiClient& ApiClient::operator=(ApiClient&&) noexcept = default;

Result<std::string> ApiClient::perform(const Call& call) {
    HttpCall timed = call;
    timed.timeout_ms += timeout_ms_;
    auto answer = connection_->perform(timed);
    if (!answer) return propagate(answer);
    executed_height_ = answer->executed_height;
    if (answer->status != 200) return tl::unexpected<Error>(error_of(*answer));
    return std::move(answer->body);
}

Result<boost::json::value> ApiClient::perform_json(const Call& call) {
    const auto text = perform(call);
    if (!text) return propagate(text);
    auto json = ledger::parse_json(*text);
    if (!json) return tl::unexpected<Error>(malformed_answer(json.error().message()));
    return json;
}

Result<std::string> ApiClient::get(const std::string& path) {
    return perform({{"GET", path, "", "", 0}});
}

Result<api::StatusView> ApiClient::status() {
    return read_as<api::StatusView>(perform_json({{"GET", "/status", "", "", 0}}));
}

Status ApiClient::ready() {
    const auto answer = get("/ready");
    if (!answer) return propagate(answer);
    return {};
}

Result<ledger::Genesis> ApiClient::genesis() {
    const auto text = get("/genesis");
    if (!text) return propagate(text);
    return ledger::genesis_from_text(*text);
}

Result<boost::json::value> ApiClient::contracts() {
    return perform_json({{"GET", "/contracts", "", "", 0}});
}

Result<std::string> ApiClient::metrics() { return get("/metrics"); }

Result<api::SubmitView> ApiClient::submit(const ledger::Transaction& transaction,
                                          std::uint64_t wait_ms) {
    const Bytes bytes = ledger::encode(transaction);
    return read_as<api::SubmitView>(
        perform_json({{"POST", with_wait("/transactions", wait_ms), std::string(k_octets),
                       std::string(as_text(bytes)), wait_ms}}));
}

Result<api::BatchSubmitView> ApiClient::submit_batch(const std::vector<Bytes>& transactions,
                                                     std::uint64_t wait_ms) {
    std::string body;
    for (const Bytes& bytes : transactions) {
        const auto size = static_cast<std::uint32_t>(bytes.size());
        for (int shift = 0; shift < 32; shift += 8) body += static_cast<char>(size >> shift);
        body += as_text(bytes);
    }
    return read_as<api::BatchSubmitView>(
        perform_json({{"POST", with_wait("/batch-transactions", wait_ms), std::string(k_octets),
                       std::move(body), wait_ms}}));
}

Result<api::ReceiptView> ApiClient::receipt(const Digest& transaction) {
    return read_as<api::ReceiptView>(
        perform_json({{"GET", "/transactions/" + to_hex(transaction), "", "", 0}}));
}

Result<api::ReceiptView> ApiClient::receipt_as(const Asker& asker, const Digest& transaction) {
    const auto pass = pass_of(asker, api::receipt_question(transaction));
    if (!pass) return propagate(pass);
    return read_as<api::ReceiptView>(
        perform_json({{"GET", "/transactions/" + to_hex(transaction), "", "", 0, *pass}}));
}

Result<api::ReceiptsView> ApiClient::receipts(std::uint64_t from_height, std::uint64_t wait_ms) {
    std::string path = "/receipts?from=" + std::to_string(from_height);
    if (wait_ms > 0) path += "&wait=" + std::to_string(wait_ms);
    return read_as<api::ReceiptsView>(perform_json({{"GET", path, "", "", wait_ms}}));
}

Result<api::BlockView> ApiClient::block(std::uint64_t height) {
    return read_as<api::BlockView>(
        perform_json({{"GET", "/blocks/" + std::to_string(height), "", "", 0}}));
}

Result<boost::json::value> ApiClient::query(const std::string& contract, const std::string& method,
                                            const boost::json::value& arguments) {
    const std::string path = "/query/" + percent_encode(contract) + "/" + percent_encode(method);
    return perform_json({{"POST", path, std::string(k_json), ledger::compact_json(arguments), 0}});
}

Result<std::string> ApiClient::pass_of(const Asker& asker, const ledger::ReadQuestion& question) {
    if (!identity_) {
        const auto told = status();
        if (!told) return propagate(told);
        identity_ = Identity{told->node, told->chain_id};
    }
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    ledger::ReadPass pass;
    pass.node = identity_->node;
    pass.member = asker.member;
    pass.expires = static_cast<std::uint64_t>(now_ms) + k_pass_lifetime_ms;
    pass.nonce = asker.nonce;
    pass = ledger::sign_read_pass(identity_->chain_id, question, std::move(pass), *asker.key);
    return "CityLedger " + to_hex(ledger::encode(pass));
}

Result<boost::json::value> ApiClient::query_as(const Asker& asker, const std::string& contract,
                                               const std::string& method,
                                               const boost::json::value& arguments,
                                               Bytes canonical_arguments) {
    const auto pass = pass_of(asker, {contract, method, std::move(canonical_arguments)});
    if (!pass) return propagate(pass);
    const std::string path = "/query/" + percent_encode(contract) + "/" + percent_encode(method);
    return perform_json(
        {{"POST", path, std::string(k_json), ledger::compact_json(arguments), 0, *pass}});
}

Result<std::string> ApiClient::get_as(const Asker& asker, const std::string& path,
                                      const ledger::ReadQuestion& question) {
    const auto pass = pass_of(asker, question);
    if (!pass) return propagate(pass);
    return perform({{"GET", path, "", "", 0, *pass}});
}

Status ApiClient::control_links(const std::string& token, const std::vector<std::string>& blocked) {
    const api::LinksControl control{blocked};
    const auto answer =
        perform({{"POST", "/control/links", std::string(k_json),
                  ledger::compact_json(ledger::to_json(control)), 0, "Bearer " + token}});
    if (!answer) return propagate(answer);
    return {};
}

std::uint64_t ApiClient::executed_height() const { return executed_height_; }
std::string ApiClient::target() const { return connection_->target(); }

}  // namespace cityledger::client
