#include "ledger/vote.hpp"

namespace cityledger::ledger {

Bytes vote_signing_bytes(const VoteContent& content, const ChainId& chain) {
    return signing_bytes(tags::vote, chain, content);
}

Status check_certificate_block(const Certificate& certificate, const Digest& block) {
    if (certificate.content.block != block) {
        return refuse(codes::certificate_wrong_block,
                      to_hex(certificate.content.block) + " instead of " + to_hex(block));
    }
    return {};
}

}  // namespace cityledger::ledger
