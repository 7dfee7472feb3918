#include "node/io/http/verification_budget.hpp"

#include "node/io/http/verification_codes.hpp"

namespace cityledger::io {
namespace {

constexpr std::uint64_t k_minute_ms = 60'000;
constexpr std::uint64_t k_hour_ms = 3'600'000;
constexpr std::size_t k_max_shown_bytes = 64;

}  // namespace

void UseCounter::forget_oldest() {
    windows_.erase(by_age_.front());
    by_age_.pop_front();
}

bool UseCounter::use(const std::string& name, std::uint64_t now_ms) {
    while (!by_age_.empty() && now_ms - windows_.at(by_age_.front()).begin_ms >= window_ms_) {
        forget_oldest();
    }
    const auto found = windows_.find(name);
    if (found != windows_.end()) return ++found->second.uses <= limit_;
    if (windows_.size() >= places_) forget_oldest();
    windows_.emplace(name, Window{now_ms, 1});
    by_age_.push_back(name);
    return true;
}

VerifyLimits::VerifyLimits()
    : callers_(k_max_verifications_per_caller_minute, k_minute_ms, k_max_verify_windows),
      invoices_(k_max_verifications_per_invoice_hour, k_hour_ms, k_max_verify_windows) {}

Status VerifyLimits::admit(const std::string& caller, const std::string& invoice,
                           std::uint64_t now_ms) {
    if (!callers_.use(caller, now_ms)) return refuse(codes::verify_caller_limited, caller);
    const std::string shown = invoice.substr(0, k_max_shown_bytes);
    if (!invoices_.use(shown, now_ms)) return refuse(codes::verify_invoice_limited, shown);
    return {};
}

}  // namespace cityledger::io
