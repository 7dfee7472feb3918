#pragma once
// The validators of an epoch, and the check of what they sign.

#include <vector>

#include "crypto/keys.hpp"
#include "ledger/vote.hpp"

namespace cityledger::ledger {

/// A value whose signatures were checked, so that unchecked input cannot enter the consensus core
/// by accident. A ValidatorSet makes it by checking; who has checked otherwise says `assume`.
template <class T>
class Verified {
public:
    [[nodiscard]] const T& value() const { return value_; }
    [[nodiscard]] const T& operator*() const { return value_; }
    [[nodiscard]] const T* operator->() const { return &value_; }

    /// For what the caller signed itself, read back from its own log, or knows to be settled.
    static Verified assume(T value) { return Verified(std::move(value)); }

private:
    explicit Verified(T value) : value_(std::move(value)) {}
    T value_;
};

struct Validator {
    std::string name;  ///< node name, as in its X.509 certificate: "node0"
    crypto::PublicKeyBytes public_key;

    bool operator==(const Validator&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_name_bytes>("name", name), field("public_key", public_key));
    }
};

/// Immutable; keys are decoded once. n = 3f + 1 + r: f = (n - 1) / 3, quorum = n - f.
class ValidatorSet {
public:
    /// Refuses an empty or too long list, duplicate names or keys, and undecodable keys.
    static Result<ValidatorSet> create(std::vector<Validator> validators, const ChainId& chain,
                                       std::uint64_t epoch);

    [[nodiscard]] std::size_t size() const { return validators_.size(); }
    [[nodiscard]] std::size_t max_faulty() const { return (size() - 1) / 3; }
    [[nodiscard]] std::size_t quorum() const { return size() - max_faulty(); }
    [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
    [[nodiscard]] const ChainId& chain_id() const { return chain_; }
    [[nodiscard]] const std::vector<Validator>& validators() const { return validators_; }
    [[nodiscard]] const crypto::PublicKey& key(std::size_t index) const { return keys_.at(index); }

    /// Checks index, epoch and signature of a vote.
    [[nodiscard]] Result<Verified<Vote>> verify(const Vote& vote) const;

    /// Checks epoch, count, order, indexes and every signature of a certificate.
    [[nodiscard]] Result<Verified<Certificate>> verify(const Certificate& certificate) const;

    /// The checks of a certificate except the signatures: cheap, first.
    [[nodiscard]] Status check_form(const Certificate& certificate) const;

private:
    std::vector<Validator> validators_;
    std::vector<crypto::PublicKey> keys_;
    ChainId chain_;
    std::uint64_t epoch_ = 0;
};

}  // namespace cityledger::ledger
