#include "node/io/http/body_budget.hpp"

#include "crypto/check.hpp"
#include "node/io/io_codes.hpp"

namespace cityledger::io {

Status BodyBudget::take(const std::string& address, std::size_t bytes) {
    if (bytes == 0) return {};
    const auto found = by_address_.find(address);
    const std::size_t of_address = found == by_address_.end() ? 0 : found->second;
    const bool full = bytes > k_max_http_bodies_bytes - held_;
    if (full || bytes > k_max_http_bodies_bytes_per_address - of_address) {
        ++refused_;
        return refuse(codes::http_bodies_full,
                      full ? "of all clients " + std::to_string(held_) + " bytes are held"
                           : "of this address " + std::to_string(of_address) + " bytes are held");
    }
    by_address_[address] += bytes;
    held_ += bytes;
    return {};
}

void BodyBudget::give_back(const std::string& address, std::size_t bytes) {
    if (bytes == 0) return;
    const auto found = by_address_.find(address);
    CHECK_INVARIANT(found != by_address_.end() && found->second >= bytes);
    found->second -= bytes;
    held_ -= bytes;
    if (found->second == 0) by_address_.erase(found);
}

}  // namespace cityledger::io
