#include "node/io/http/api_json.hpp"

#include "crypto/seal.hpp"
#include "ledger/executor.hpp"
#include "node/io/http/api_arguments.hpp"

namespace cityledger::io {
namespace {

/// The key that the chain has for the sender.
Result<crypto::PublicKeyBytes> sender_key(const ledger::StateReader& state,
                                          const ledger::MemberId& sender) {
    const auto stored = state.get(ledger::Space::system, ledger::member_key_key(sender));
    if (!stored) {
        return tl::unexpected<Error>(wrong_parameter("sender: the chain has no key of " + sender));
    }
    return ledger::decode<crypto::PublicKeyBytes>(*stored);
}

/// The arguments of each operation, whose shape the contract knows; the rest of the request stays.
std::vector<boost::json::value> take_arguments(boost::json::value& request) {
    std::vector<boost::json::value> taken;
    auto* object = request.if_object();
    auto* operations = object != nullptr ? object->if_contains("operations") : nullptr;
    if (operations == nullptr || !operations->is_array()) return taken;
    for (boost::json::value& operation : operations->get_array()) {
        taken.emplace_back(boost::json::object{});
        auto* fields = operation.if_object();
        auto* arguments = fields != nullptr ? fields->if_contains("arguments") : nullptr;
        if (arguments == nullptr) continue;
        taken.back() = std::move(*arguments);
        fields->erase("arguments");
    }
    return taken;
}

ledger::Nonce random_nonce() {
    const crypto::SecretKey random = crypto::SecretKey::generate();
    ledger::Nonce nonce;
    std::copy_n(random.view().begin(), nonce.bytes.size(), nonce.bytes.begin());
    return nonce;
}

}  // namespace

Result<api::EncodeView> encode_transaction(ApiBackend& backend,
                                           const ledger::ContractRegistry& contracts,
                                           const ledger::ChainId& chain, std::string_view body) {
    auto json = ledger::parse_json(body);
    if (!json) return propagate(json);
    const auto arguments = take_arguments(*json);
    const auto request = ledger::from_json<api::EncodeRequest>(*json);
    if (!request) return propagate(request);
    ledger::TransactionBody transaction;
    transaction.chain_id = chain;
    transaction.sender = request->sender;
    const auto key = sender_key(backend.state(), request->sender);
    if (!key) return propagate(key);
    transaction.sender_key = *key;
    transaction.nonce = request->nonce.value_or(random_nonce());
    transaction.expires_at_height = request->expires_at_height.value_or(
        backend.executed_height() + ledger::k_max_transaction_lifetime_heights);
    for (std::size_t i = 0; i < request->operations.size(); ++i) {
        const auto& [contract, name] = request->operations[i];
        const auto method = contracts.operation(contract, name);
        if (!method) return propagate(method);
        auto encoded = (*method)->arguments_from_json(arguments[i]);
        if (!encoded) return propagate(encoded);
        transaction.operations.push_back({contract, name, *std::move(encoded)});
    }
    auto bytes = ledger::try_encode(transaction);
    if (!bytes) return propagate(bytes);
    api::EncodeView view;
    view.transaction = ledger::transaction_id(transaction);
    view.expires_at_height = transaction.expires_at_height;
    view.to_sign =
        ledger::signing_bytes(ledger::tags::transaction, transaction.chain_id, transaction);
    view.body = *std::move(bytes);
    return view;
}

Result<std::string> transaction_bytes(std::string_view body) {
    const auto json = ledger::parse_json(body);
    if (!json) return propagate(json);
    const auto parts = ledger::from_json<api::SignedBody>(*json);
    if (!parts) return propagate(parts);
    std::string bytes(as_text(parts->body));
    bytes += as_text(parts->signature.bytes);
    return bytes;
}

}  // namespace cityledger::io
