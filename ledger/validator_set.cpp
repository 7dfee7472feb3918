#include "ledger/validator_set.hpp"

#include <set>

namespace cityledger::ledger {
namespace {

/// Nullify names no block, all others do: else one meaning would have many contents.
Status check_content(const VoteContent& content) {
    if ((content.kind == VoteKind::nullify) != content.block.is_zero()) {
        return refuse(codes::vote_wrong_content, "view " + std::to_string(content.view));
    }
    return {};
}

std::string epochs(std::uint64_t found, std::uint64_t expected) {
    return "epoch " + std::to_string(found) + " instead of " + std::to_string(expected);
}

}  // namespace

Result<ValidatorSet> ValidatorSet::create(std::vector<Validator> validators, const ChainId& chain,
                                          std::uint64_t epoch) {
    if (validators.empty() || validators.size() > k_max_validators) {
        return refuse(codes::validators_count, std::to_string(validators.size()) + " validators");
    }
    ValidatorSet set;
    set.chain_ = chain;
    set.epoch_ = epoch;
    std::set<std::string> names;
    std::set<crypto::PublicKeyBytes> known_keys;
    for (const Validator& validator : validators) {
        if (!names.insert(validator.name).second) {
            return refuse(codes::validators_name_taken, validator.name);
        }
        if (!known_keys.insert(validator.public_key).second) {
            return refuse(codes::validators_key_taken, validator.name);
        }
        auto key = crypto::PublicKey::decode(validator.public_key);
        if (!key) return propagate(key);
        set.keys_.push_back(*std::move(key));
    }
    set.validators_ = std::move(validators);
    return set;
}

Result<Verified<Vote>> ValidatorSet::verify(const Vote& vote) const {
    if (vote.content.epoch != epoch_) {
        return refuse(codes::vote_wrong_epoch, epochs(vote.content.epoch, epoch_));
    }
    if (vote.validator >= size()) {
        return refuse(codes::vote_signer_unknown, "validator " + std::to_string(vote.validator));
    }
    const Status content = check_content(vote.content);
    if (!content) return propagate(content);
    if (!keys_[vote.validator].verify(vote_signing_bytes(vote.content, chain_), vote.signature)) {
        return refuse(codes::vote_bad_signature, "validator " + std::to_string(vote.validator));
    }
    return Verified<Vote>::assume(vote);
}

Status ValidatorSet::check_form(const Certificate& certificate) const {
    if (certificate.content.epoch != epoch_) {
        return refuse(codes::certificate_wrong_epoch, epochs(certificate.content.epoch, epoch_));
    }
    const Status content = check_content(certificate.content);
    if (!content) return content;
    if (certificate.signers.size() < quorum()) {
        return refuse(
            codes::certificate_too_few_signers,
            std::to_string(certificate.signers.size()) + " of " + std::to_string(quorum()));
    }
    for (std::size_t i = 0; i < certificate.signers.size(); ++i) {
        const std::uint16_t signer = certificate.signers[i].validator;
        if (signer >= size()) {
            return refuse(codes::certificate_signer_unknown, "validator " + std::to_string(signer));
        }
        if (i > 0 && signer <= certificate.signers[i - 1].validator) {
            return refuse(codes::certificate_signers_unordered,
                          "validator " + std::to_string(signer));
        }
    }
    return {};
}

Result<Verified<Certificate>> ValidatorSet::verify(const Certificate& certificate) const {
    const Status form = check_form(certificate);
    if (!form) return propagate(form);
    const Bytes message = vote_signing_bytes(certificate.content, chain_);
    for (const SignerSignature& signer : certificate.signers) {
        if (!keys_[signer.validator].verify(message, signer.signature)) {
            return refuse(codes::certificate_bad_signature,
                          "validator " + std::to_string(signer.validator));
        }
    }
    return Verified<Certificate>::assume(certificate);
}

}  // namespace cityledger::ledger
