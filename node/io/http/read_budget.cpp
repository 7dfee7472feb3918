#include "node/io/http/read_budget.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace cityledger::io {
namespace {

constexpr std::int64_t k_full = k_read_budget_bytes;
constexpr std::int64_t k_rate = k_read_budget_bytes_per_second;
constexpr std::int64_t k_price = k_read_request_bytes;
constexpr std::int64_t k_second_ms = 1000;

}  // namespace

std::string budget_name(const std::string& address) {
    namespace ip = boost::asio::ip;
    boost::system::error_code error;
    const ip::address parsed = ip::make_address(address, error);
    if (error || parsed.is_v4()) return address;
    const ip::address_v6 whole = parsed.to_v6();
    if (whole.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, whole).to_string();
    ip::address_v6::bytes_type bytes = whole.to_bytes();
    std::fill(bytes.begin() + bytes.size() / 2, bytes.end(), 0);
    return ip::address_v6(bytes).to_string() + "/64";
}

ReadBudget::Bucket& ReadBudget::bucket_of(const std::string& address, std::uint64_t now_ms) {
    const std::string name = budget_name(address);
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) {
        if (buckets_.size() >= k_max_read_budgets) {
            by_name_.erase(buckets_.back().name);
            buckets_.pop_back();
        }
        buckets_.push_front({name, k_full, now_ms});
        by_name_[name] = buckets_.begin();
        return buckets_.front();
    }
    buckets_.splice(buckets_.begin(), buckets_, found->second);
    Bucket& bucket = buckets_.front();
    // No more than what fills any bucket, so that the product stays small.
    constexpr std::uint64_t k_longest_ms = 3'600'000;
    const auto passed_ms = std::min(now_ms - bucket.filled_ms, k_longest_ms);
    bucket.bytes = std::min(
        k_full, bucket.bytes + static_cast<std::int64_t>(passed_ms) * k_rate / k_second_ms);
    bucket.filled_ms = now_ms;
    return bucket;
}

bool ReadBudget::admit(const std::string& address, std::uint64_t now_ms) {
    Bucket& bucket = bucket_of(address, now_ms);
    if (bucket.bytes < k_price) {
        ++refused_;
        return false;
    }
    bucket.bytes -= k_price;
    return true;
}

void ReadBudget::charge(const std::string& address, std::uint64_t bytes, std::uint64_t now_ms) {
    bucket_of(address, now_ms).bytes -= static_cast<std::int64_t>(bytes);
}

std::uint64_t ReadBudget::retry_after_s(const std::string& address, std::uint64_t now_ms) {
    const std::int64_t lacking = k_price - bucket_of(address, now_ms).bytes;
    return static_cast<std::uint64_t>(std::max<std::int64_t>(1, (lacking + k_rate - 1) / k_rate));
}

}  // namespace cityledger::io
