#include "ledger/proof.hpp"

#include "crypto/merkle.hpp"

namespace cityledger::ledger {
namespace {

constexpr std::uint64_t k_genesis_epoch = 0;

Status check_origin(const Proof& proof, const ChainId& chain) {
    if (proof.version != k_proof_version) {
        return refuse(codes::proof_wrong_version, "version " + std::to_string(proof.version));
    }
    if (proof.chain_id != chain) {
        return refuse(codes::proof_other_chain,
                      to_hex(proof.chain_id) + " instead of " + to_hex(chain));
    }
    const bool one_claim = proof.state.has_value() != proof.receipt.has_value();
    const bool hashed = !proof.state || proof.state->entry.space != Space::derived;
    if (!one_claim || !hashed) return refuse(codes::proof_wrong_claim);
    return {};
}

/// The first header to the last: each the parent of the next, all under the genesis' validators.
Status check_headers(const std::vector<BlockHeader>& headers, const ChainId& chain) {
    if (headers.empty()) return refuse(codes::proof_no_header);
    for (std::size_t i = 0; i < headers.size(); ++i) {
        const BlockHeader& header = headers[i];
        if (header.epoch != k_genesis_epoch || header.next_validators) {
            return refuse(codes::proof_other_epoch, "block " + std::to_string(header.height));
        }
        if (i == 0) continue;
        const bool follows = header.height > 0 && header.height - 1 == headers[i - 1].height &&
                             header.parent == block_digest(headers[i - 1], chain);
        if (!follows) {
            return refuse(codes::proof_broken_link, "block " + std::to_string(header.height));
        }
    }
    return {};
}

Status check_state(const StateClaim& claim, const ExecutedState& named) {
    const auto& [space, key, value] = claim.entry;
    const Digest& root = space == Space::system ? named.system_root : named.business_root;
    switch (judge_state_path(space, root, key, value, claim.path)) {
        case StatePathVerdict::holds: return {};
        case StatePathVerdict::malformed: return refuse(codes::proof_path_malformed, key);
        case StatePathVerdict::absence_not_shown:
            return refuse(codes::proof_absence_not_shown, key);
        case StatePathVerdict::other_root: break;
    }
    return refuse(codes::proof_state_root_differs, "height " + std::to_string(named.height));
}

Status check_receipt(const ReceiptClaim& claim, const ExecutedState& named) {
    const Receipt& receipt = claim.receipt;
    if (receipt.height == 0 || receipt.height > named.height ||
        named.height - receipt.height != claim.later_list_roots.size()) {
        return refuse(codes::proof_receipt_height,
                      std::to_string(receipt.height) + " under " + std::to_string(named.height));
    }
    if (claim.transaction && transaction_id(*claim.transaction) != receipt.transaction) {
        return refuse(codes::proof_other_transaction, to_hex(receipt.transaction));
    }
    const auto list_root = crypto::merkle_path_root(tags::receipts, encode(receipt),
                                                    {receipt.index, claim.count, claim.siblings});
    if (!list_root) return refuse(codes::proof_receipt_path, std::to_string(receipt.index));
    Digest root = chain_receipts_root(claim.root_before, *list_root);
    for (const Digest& later : claim.later_list_roots) root = chain_receipts_root(root, later);
    if (root != named.receipts_root) {
        return refuse(codes::proof_receipts_root_differs, "height " + std::to_string(named.height));
    }
    return {};
}

Status check_final(const Proof& proof, const Genesis& genesis, const ChainId& chain) {
    const Certificate& certificate = proof.certificate;
    if (certificate.content.kind != VoteKind::finalize) return refuse(codes::proof_not_final);
    const Digest last = block_digest(proof.headers.back(), chain);
    if (Status named = check_certificate_block(certificate, last); !named) return named;
    const auto validators = ValidatorSet::create(genesis.validators, chain, k_genesis_epoch);
    if (!validators) return propagate(validators);
    const auto verified = validators->verify(certificate);
    if (!verified) return propagate(verified);
    return {};
}

}  // namespace

ReceiptClaim claim_receipt(const std::vector<Receipt>& receipts, std::uint32_t index,
                           const Digest& root_before, std::vector<Digest> later_list_roots) {
    std::vector<Bytes> leaves;
    leaves.reserve(receipts.size());
    for (const Receipt& receipt : receipts) leaves.push_back(encode(receipt));
    auto path = crypto::merkle_path(tags::receipts, leaves, index);
    return {std::nullopt, receipts[index],
            path.count,   std::move(path.siblings),
            root_before,  std::move(later_list_roots)};
}

Result<Statement> verify_proof(const Proof& proof, const Genesis& genesis) {
    const ChainId chain = chain_id_of(genesis);
    if (const Status origin = check_origin(proof, chain); !origin) return propagate(origin);
    if (const Status linked = check_headers(proof.headers, chain); !linked) {
        return propagate(linked);
    }
    const ExecutedState& named = proof.headers.front().executed;
    const Status claimed =
        proof.state ? check_state(*proof.state, named) : check_receipt(*proof.receipt, named);
    if (!claimed) return propagate(claimed);
    if (const Status final = check_final(proof, genesis, chain); !final) return propagate(final);
    if (proof.state) return Statement{named.height, proof.state->entry, {}, {}};
    const Receipt& receipt = proof.receipt->receipt;
    return Statement{receipt.height, std::nullopt, receipt, proof.receipt->transaction};
}

Result<Proof> read_proof(std::string_view file) {
    // The encoding begins with the version, so no proof in binary form begins with a brace.
    if (!file.starts_with('{')) return decode<Proof>(as_bytes(file));
    const auto json = parse_json(file);
    if (!json) return propagate(json);
    return from_json<Proof>(*json);
}

}  // namespace cityledger::ledger
