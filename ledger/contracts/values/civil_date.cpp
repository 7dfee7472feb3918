#include "ledger/contracts/values/civil_date.hpp"

#include <chrono>
#include <optional>

#include "ledger/contracts/values/key_text.hpp"

namespace cityledger::ledger {
namespace {

std::chrono::year_month_day to_chrono(const CivilDate& date) {
    return std::chrono::year(static_cast<int>(date.year)) / std::chrono::month(date.month) /
           std::chrono::day(date.day);
}

/// The number that these digits write; nothing if one is no digit.
std::optional<std::uint32_t> read_digits(std::string_view text) {
    std::uint32_t number = 0;
    for (const char character : text) {
        if (character < '0' || character > '9') return std::nullopt;
        number = number * 10 + static_cast<std::uint32_t>(character - '0');
    }
    return number;
}

std::optional<CivilDate> read_date(std::string_view text) {
    if (text.size() != k_date_bytes || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = read_digits(text.substr(0, 4));
    const auto month = read_digits(text.substr(5, 2));
    const auto day = read_digits(text.substr(8, 2));
    if (!year || !month || !day || *year == 0) return std::nullopt;
    const CivilDate date{*year, *month, *day};
    if (!to_chrono(date).ok()) return std::nullopt;
    return date;
}

}  // namespace

Result<CivilDate> parse_date(std::string_view text) {
    const auto date = read_date(text);
    if (!date) return refuse(codes::date_malformed, std::string(text));
    return *date;
}

std::string to_text(const CivilDate& date) {
    return fixed_width(date.year, 4) + "-" + fixed_width(date.month, 2) + "-" +
           fixed_width(date.day, 2);
}

std::string month_key(std::string_view date) {
    return std::string(date.substr(0, 4)) + std::string(date.substr(5, 2));
}

CivilDate next_day(const CivilDate& date) {
    const std::chrono::year_month_day next =
        std::chrono::sys_days(to_chrono(date)) + std::chrono::days(1);
    return {static_cast<std::uint32_t>(static_cast<int>(next.year())),
            static_cast<std::uint32_t>(static_cast<unsigned>(next.month())),
            static_cast<std::uint32_t>(static_cast<unsigned>(next.day()))};
}

std::uint32_t day_number(const CivilDate& date) {
    const auto days = std::chrono::sys_days(to_chrono(date)) -
                      std::chrono::sys_days(to_chrono(CivilDate{1, 1, 1}));
    return static_cast<std::uint32_t>(days.count());
}

bool is_weekend(const CivilDate& date) {
    const std::chrono::weekday weekday{std::chrono::sys_days(to_chrono(date))};
    return weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
}

}  // namespace cityledger::ledger
