#include "node/io/daemon/daemon_home.hpp"

#include <ctime>
#include <filesystem>

#include "crypto/certificate_renewal.hpp"
#include "crypto/x509_identity.hpp"
#include "node/io/config_files.hpp"
#include "node/io/io_codes.hpp"

namespace cityledger::io {
namespace {

Result<ledger::Genesis> read_genesis(const NodeHome& home) {
    const auto text = read_text_file(home.genesis());
    if (!text) return propagate(text);
    auto genesis = ledger::genesis_from_text(*text);
    if (!genesis) return genesis;
    if (genesis->suite == ledger::SuiteName::simulation) {
        return refuse(codes::genesis_of_simulation, home.genesis());
    }
    return genesis;
}

Result<std::uint16_t> find_own_index(const ledger::Genesis& genesis, const std::string& name) {
    for (std::size_t i = 0; i < genesis.validators.size(); ++i) {
        if (genesis.validators[i].name == name) return static_cast<std::uint16_t>(i);
    }
    return tl::unexpected<Error>(
        invalid_config("name: the genesis has no validator '" + name + "'"));
}

Result<crypto::PrivateKey> read_validator_key(const NodeHome& home,
                                              const ledger::Validator& validator) {
    const auto text = read_key_file(home.validator_key());
    if (!text) return propagate(text);
    auto key = crypto::PrivateKey::from_pem(*text);
    if (!key) return key;
    if (key->public_key().bytes() != validator.public_key) {
        return refuse(codes::genesis_other_key, validator.name);
    }
    return key;
}

}  // namespace

Result<TlsIdentity> read_identity(const NodeHome& home) {
    const auto certificate = read_text_file(home.certificate());
    if (!certificate) return propagate(certificate);
    const auto key = read_key_file(home.certificate_key());
    if (!key) return propagate(key);
    const auto authority = read_text_file(home.authority());
    if (!authority) return propagate(authority);
    return TlsIdentity{*certificate, *key, *authority};
}

Result<Trust> read_trust(const NodeHome& home, const ledger::Genesis& genesis) {
    auto authority = read_text_file(home.authority());
    if (!authority) return propagate(authority);
    const auto digest = crypto::certificate_digest(*authority);
    if (!digest) return propagate(digest);
    if (*digest != genesis.authority) {
        return refuse(codes::genesis_other_authority, home.authority());
    }
    if (const Status succession = crypto::check_authorities(*authority); !succession) {
        return propagate(succession);
    }
    std::error_code ignored;
    if (!std::filesystem::exists(home.revocations(), ignored)) return Trust{*authority, {}};
    const auto text = read_text_file(home.revocations());
    if (!text) return propagate(text);
    const auto list = crypto::RevocationList::read(*text, *authority);
    if (!list) return propagate(list);
    return Trust{*std::move(authority), *list};
}

Result<HomeContents> read_home(const NodeHome& home) {
    const auto config = read_node_config(home.config());
    if (!config) return propagate(config);
    const auto identity = read_identity(home);
    if (!identity) return propagate(identity);
    const auto genesis = read_genesis(home);
    if (!genesis) return propagate(genesis);
    const auto trust = read_trust(home, *genesis);
    if (!trust) return propagate(trust);
    const auto own_index = find_own_index(*genesis, config->name);
    if (!own_index) return propagate(own_index);
    auto key = read_validator_key(home, genesis->validators[*own_index]);
    if (!key) return propagate(key);
    const Digest chain_id = ledger::chain_id_of(*genesis);
    auto validators = ledger::ValidatorSet::create(genesis->validators, chain_id, 0);
    if (!validators) return propagate(validators);
    Status own_certificate = crypto::check_node_certificate(
        identity->certificate_pem, identity->authority_pem, {to_hex(chain_id), config->name},
        static_cast<std::int64_t>(std::time(nullptr)));
    if (own_certificate) own_certificate = trust->revocations.check(identity->certificate_pem);
    return HomeContents{*config,        *genesis,  chain_id,           *std::move(validators),
                        *own_index,     *identity, trust->revocations, *std::move(key),
                        own_certificate};
}

Result<FileLock> lock_home(const NodeHome& home) {
    auto lock = FileLock::try_acquire(home.process_id());
    if (!lock) return propagate(lock);
    if (!*lock) {
        const auto folder = std::filesystem::absolute(home.folder).lexically_normal();
        return refuse(codes::home_in_use,
                      folder.string() + " by " + FileLock::holder_in_words(home.process_id()));
    }
    return **std::move(lock);
}

}  // namespace cityledger::io
