#pragma once
// The secrets of those who know who is who: the tax bureau's register, which gives the tags, and
// the payment platform, which gives the commitments to payments. In a city each has its own; here
// both are derived from one secret.

#include <string>
#include <string_view>

#include "crypto/seal.hpp"

namespace cityledger::sim {

class Register {
public:
    explicit Register(const Digest& secret);

    /// As a network's folder keeps it.
    [[nodiscard]] const Digest& secret() const { return secret_; }

    /// Of an enterprise by its USCC, of a person by its number.
    [[nodiscard]] std::string tag_of(std::string_view kind, std::string_view id) const;
    [[nodiscard]] std::string commitment_to(std::string_view payment_reference) const;

private:
    Digest secret_;
    crypto::SecretKey names_;
    crypto::SecretKey payments_;
};

}  // namespace cityledger::sim
