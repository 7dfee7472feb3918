#include "ledger/read_pass.hpp"

namespace cityledger::ledger {
namespace {

/// What is signed: the pass without its signature, then the question.
struct ReadStatement {
    ReadPass pass;
    ReadQuestion question;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_name_bytes>("node", pass.node),
                limited<k_max_member_id_bytes>("member", pass.member),
                field("expires", pass.expires), field("nonce", pass.nonce),
                limited<k_max_name_bytes>("contract", question.contract),
                limited<k_max_name_bytes>("method", question.method),
                limited<k_max_arguments_bytes>("arguments", question.arguments));
    }
};

Bytes statement_of(const ChainId& chain, const ReadQuestion& question, const ReadPass& pass) {
    return signing_bytes(tags::read, chain, ReadStatement{pass, question});
}

}  // namespace

ReadPass sign_read_pass(const ChainId& chain, const ReadQuestion& question, ReadPass pass,
                        const crypto::PrivateKey& key) {
    pass.signature = key.sign(statement_of(chain, question, pass));
    return pass;
}

Status check_read_pass(const StateReader& state, const ChainId& chain, const ReadQuestion& question,
                       const ReadPass& pass) {
    const auto bytes = member_key(state, pass.member);
    if (!bytes) return refuse(codes::read_asker_unknown, pass.member);
    const auto key = crypto::PublicKey::decode(*bytes);
    if (!key) return propagate(key);
    if (!key->verify(statement_of(chain, question, pass), pass.signature)) {
        return refuse(codes::read_signature_wrong,
                      pass.member + " for " + question.contract + "." + question.method);
    }
    return {};
}

}  // namespace cityledger::ledger
