#include "client/comet_client.hpp"

#include <boost/json/object.hpp>
#include <charconv>

#include "client/client_codes.hpp"
#include "client/http_connection.hpp"
#include "crypto/base64.hpp"
#include "ledger/codec/json.hpp"
#include "node/api/answers.hpp"

namespace cityledger::client {
namespace {

namespace json = boost::json;

/// How CometBFT says that its mempool has these bytes, or had them a short time ago.
constexpr std::string_view k_known_already = "tx already exists in cache";

tl::unexpected<Error> malformed(std::string detail) {
    return tl::unexpected<Error>(malformed_answer(std::move(detail)));
}

const json::value* member(const json::value& value, std::string_view name) {
    return value.is_object() ? value.get_object().if_contains(name) : nullptr;
}

std::string_view text(const json::value& value, std::string_view name) {
    const json::value* found = member(value, name);
    return found != nullptr && found->is_string() ? std::string_view(found->get_string())
                                                  : std::string_view();
}

Result<std::uint64_t> number(const json::value& value, std::string_view name) {
    const json::value* found = member(value, name);
    if (found != nullptr && found->is_int64() && found->get_int64() >= 0) {
        return static_cast<std::uint64_t>(found->get_int64());
    }
    if (found != nullptr && found->is_uint64()) return found->get_uint64();
    const std::string_view digits = text(value, name);  // numbers of 64 bits are texts there
    std::uint64_t read = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), read);
    const bool whole =
        !digits.empty() && parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size();
    if (!whole) return malformed("no number '" + std::string(name) + "'");
    return read;
}

/// The refusal as the application meant it: `log` is its message(), of which the detail is kept.
Error application_error(std::uint64_t number, std::string_view log) {
    const Code* code =
        number <= 0xffff ? api::find_code(static_cast<std::uint16_t>(number)) : nullptr;
    if (code == nullptr) {
        return malformed_answer("code " + std::to_string(number) + ": " + std::string(log));
    }
    const std::string begin = std::string(code->name) + " (" + std::to_string(number) +
                              "): " + std::string(code->meaning) + ". ";
    const std::string end = "Next: " + std::string(code->remedy);
    if (log.starts_with(begin)) log.remove_prefix(begin.size());
    if (log.ends_with(end)) log.remove_suffix(end.size());
    if (log.ends_with(". ")) log.remove_suffix(2);
    return Error{*code, std::string(log)};
}

Status application_outcome(const json::value& answer) {
    const auto code = number(answer, "code");
    if (!code) return propagate(code);
    if (*code == 0) return {};
    return tl::unexpected<Error>(application_error(*code, text(answer, "log")));
}

template <class T>
Result<T> decoded(const Result<Bytes>& bytes) {
    if (!bytes) return propagate(bytes);
    auto value = ledger::decode<T>(*bytes);
    if (!value) return malformed(value.error().message());
    return value;
}

}  // namespace

Result<json::value> rpc_result(std::string_view body) {
    const auto answer = ledger::parse_json(body);
    if (!answer) return malformed(answer.error().message());
    if (const json::value* error = member(*answer, "error")) {
        return refuse(codes::rpc_refused, std::string(text(*error, "message")) + ": " +
                                              std::string(text(*error, "data")));
    }
    const json::value* result = member(*answer, "result");
    if (result == nullptr) return malformed("neither result nor error");
    return *result;
}

Result<CometStatus> comet_status(const json::value& result) {
    const json::value* sync = member(result, "sync_info");
    if (sync == nullptr) return malformed("no sync_info");
    const auto height = number(*sync, "latest_block_height");
    if (!height) return propagate(height);
    CometStatus status;
    status.height = *height;
    std::string digits(text(*sync, "latest_block_hash"));
    for (char& c : digits) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    if (!digits.empty()) {
        const auto block = ledger::from_json<Digest>(json::value(digits));
        if (!block) return malformed("latest_block_hash: " + block.error().message());
        status.block = *block;
    }
    const json::value* catching_up = member(*sync, "catching_up");
    status.catching_up =
        catching_up == nullptr || !catching_up->is_bool() || catching_up->get_bool();
    return status;
}

Status check_tx_outcome(const json::value& result) { return application_outcome(result); }

Result<Bytes> query_value(const json::value& result) {
    const json::value* answer = member(result, "response");
    if (answer == nullptr) return malformed("no response");
    if (const Status taken = application_outcome(*answer); !taken) return propagate(taken);
    auto bytes = decode_base64(text(*answer, "value"));  // null if it is empty
    if (!bytes) return malformed("value is no base64");
    return *std::move(bytes);
}

CometClient::CometClient(std::string address, std::uint16_t port, std::uint64_t timeout_ms)
    : connection_(std::make_unique<HttpConnection>(std::move(address), port)),
      timeout_ms_(timeout_ms) {}
CometClient::~CometClient() = default;
CometClient::CometClient(CometClient&&) noexcept = default;
CometClient& CometClient::operator=(CometClient&&) noexcept = default;

Result<json::value> CometClient::call(const std::string& method, json::object parameters) {
    const json::object request = {
        {"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", std::move(parameters)}};
    const auto answer = connection_->perform(
        {"POST", "/", "application/json", ledger::compact_json(request), timeout_ms_});
    if (!answer) return propagate(answer);
    return rpc_result(answer->body);
}

Result<CometStatus> CometClient::status() {
    const auto result = call("status", {});
    if (!result) return propagate(result);
    return comet_status(*result);
}

Status CometClient::broadcast(const ledger::Transaction& transaction) {
    const auto result =
        call("broadcast_tx_sync", {{"tx", encode_base64(ledger::encode(transaction))}});
    if (result) return check_tx_outcome(*result);
    const bool known = result.error().detail.find(k_known_already) != std::string::npos;
    return known ? Status{} : propagate(result);
}

Result<Bytes> CometClient::query(const std::string& path, ByteView data) {
    const auto result = call("abci_query", {{"path", path}, {"data", to_hex(data)}});
    if (!result) return propagate(result);
    return query_value(*result);
}

Result<ledger::ExecutedState> CometClient::state() {
    return decoded<ledger::ExecutedState>(query("/state", {}));
}

Result<ledger::StoredReceipt> CometClient::receipt(const Digest& transaction) {
    return decoded<ledger::StoredReceipt>(query("/receipt", ledger::encode(transaction)));
}

}  // namespace cityledger::client
