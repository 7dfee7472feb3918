// For scripts/engine-test: a genesis of suite `standard` with one member, and transactions of that
// member as hexadecimal text. Each replaces the key that signed it, so their order matters.
//   make_engine_network FOLDER COUNT

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "ledger/contracts/membership/membership.hpp"
#include "ledger/genesis.hpp"

using namespace cityledger;

namespace {

constexpr const char* k_member = "AA";

void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

std::string next_transaction(const ledger::ChainId& chain, const crypto::PrivateKey& key,
                             const crypto::PrivateKey& next, std::uint8_t number) {
    ledger::TransactionBody body;
    body.chain_id = chain;
    body.sender = k_member;
    body.sender_key = key.public_key().bytes();
    body.nonce.bytes[0] = number;
    body.expires_at_height = 5'000;
    const ledger::membership::RotateKeyArguments arguments{next.public_key().bytes()};
    body.operations = {{"membership", "rotate_key", ledger::encode(arguments)}};
    return to_hex(ledger::encode(ledger::sign_transaction(std::move(body), key)));
}

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count != 3) return 2;
    const std::string folder = arguments[1];
    auto key = crypto::PrivateKey::generate();
    ledger::Genesis genesis;
    genesis.name = "engine-test";
    genesis.salt.bytes[0] = 1;
    const auto validator = crypto::PrivateKey::generate();
    genesis.validators = {{"node0", validator.public_key().bytes()}};
    genesis.keys = {{k_member, key.public_key().bytes()}};
    genesis.business =
        R"({"membership":{"members":[{"id":"AA","kind":"department","name":"Office",)"
        R"("roles":["auditor"]}]}})";
    if (const Status checked = ledger::check_genesis(genesis); !checked) {
        std::fprintf(stderr, "%s\n", checked.error().message().c_str());
        return 1;
    }
    write(folder + "/genesis.json", ledger::genesis_to_text(genesis));
    const ledger::ChainId chain = ledger::chain_id_of(genesis);
    const int count = std::atoi(arguments[2]);
    for (int i = 0; i < count; ++i) {
        auto next = crypto::PrivateKey::generate();
        write(folder + "/tx-" + std::to_string(i),
              next_transaction(chain, key, next, static_cast<std::uint8_t>(i)));
        key = std::move(next);
    }
    return 0;
}
