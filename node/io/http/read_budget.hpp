#pragma once
// How much each client address may read: a bucket of bytes that fills again with time.

#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>

#include "crypto/result.hpp"
#include "node/io/http/http_limits.hpp"

namespace cityledger::io {

class ReadBudget {
public:
    /// Takes the price of one request. False while the bucket of the address does not hold it.
    [[nodiscard]] bool admit(const std::string& address, std::uint64_t now_ms);
    /// Takes what a request turned out to cost, even if the bucket then owes.
    void charge(const std::string& address, std::uint64_t bytes, std::uint64_t now_ms);
    /// In how many seconds the address is admitted again; at least 1.
    [[nodiscard]] std::uint64_t retry_after_s(const std::string& address, std::uint64_t now_ms);

    [[nodiscard]] std::uint64_t refused() const { return refused_; }
    [[nodiscard]] std::size_t size() const { return buckets_.size(); }

private:
    struct Bucket {
        std::string name;
        std::int64_t bytes = 0;  ///< negative: it owes
        std::uint64_t filled_ms = 0;
    };

    /// The bucket as it is now. The least recently used one is forgotten for a new one.
    Bucket& bucket_of(const std::string& address, std::uint64_t now_ms);

    std::list<Bucket> buckets_;  ///< most recently used first
    std::unordered_map<std::string, std::list<Bucket>::iterator> by_name_;
    std::uint64_t refused_ = 0;
};

/// The address without what one client may choose freely: the lower half of an IPv6 address. An
/// IPv4 address that is written as IPv6 is the IPv4 address.
[[nodiscard]] std::string budget_name(const std::string& address);

}  // namespace cityledger::io
