#include "sim/documents/amounts.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "ledger/contracts/invoice/lines.hpp"

namespace cityledger::documents {
namespace {

constexpr std::int64_t k_basis_points_of_one = 10'000;
/// A product of two amounts needs 80 bits.
using Wide = unsigned __int128;

bool is_digit(char character) { return character >= '0' && character <= '9'; }

bool are_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

/// Four digits as 仟佰拾; zeros between digits become one 零, those at the end nothing.
std::string capital_group(int group) {
    static constexpr std::array<const char*, 10> digits = {"零", "壹", "贰", "叁", "肆",
                                                           "伍", "陆", "柒", "捌", "玖"};
    static constexpr std::array<const char*, 4> units = {"仟", "佰", "拾", ""};
    std::string text;
    bool gap = false;
    int weight = 1'000;
    for (const char* unit : units) {
        const int digit = group / weight % 10;
        weight /= 10;
        if (digit == 0) {
            gap = !text.empty();
            continue;
        }
        if (gap) text += digits[0];
        gap = false;
        text += std::string(digits[static_cast<std::size_t>(digit)]) + unit;
    }
    return text;
}

/// The yuan: groups of four, 万亿, 亿 and 万. A group that does not fill its place has a 零 before
/// it.
std::string capital_yuan(std::int64_t yuan) {
    if (yuan >= 100'000'000) {
        const std::int64_t rest = yuan % 100'000'000;
        const std::string head = capital_yuan(yuan / 100'000'000) + "亿";
        if (rest == 0) return head;
        return head + (rest < 10'000'000 ? "零" : "") + capital_yuan(rest);
    }
    if (yuan >= 10'000) {
        const std::int64_t rest = yuan % 10'000;
        const std::string head = capital_group(static_cast<int>(yuan / 10'000)) + "万";
        if (rest == 0) return head;
        return head + (rest < 1'000 ? "零" : "") + capital_group(static_cast<int>(rest));
    }
    return capital_group(static_cast<int>(yuan));
}

std::string capital_digit(std::int64_t digit) { return capital_group(static_cast<int>(digit)); }

}  // namespace

std::optional<std::int64_t> parse_decimal(std::string_view text, int decimals) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    std::string_view part = point == std::string_view::npos ? "0" : text.substr(point + 1);
    if (whole.empty() || part.empty() || !are_digits(whole) || !are_digits(part)) return {};
    while (part.size() > static_cast<std::size_t>(decimals) && part.ends_with('0')) {
        part.remove_suffix(1);
    }
    if (part.size() > static_cast<std::size_t>(decimals)) return {};
    std::string digits = std::string(whole) + std::string(part);
    digits.append(static_cast<std::size_t>(decimals) - part.size(), '0');
    std::int64_t value = 0;
    for (const char digit : digits) {
        value = value * 10 + (digit - '0');
        if (value > ledger::invoice::k_max_line_fen) return k_too_large;
    }
    return negative ? -value : value;
}

std::string fen_text(std::int64_t fen) {
    const std::int64_t size = fen < 0 ? -fen : fen;
    const std::int64_t part = size % 100;
    return (fen < 0 ? "-" : "") + std::to_string(size / 100) + (part < 10 ? ".0" : ".") +
           std::to_string(part);
}

std::string per_cent_text(std::uint32_t basis_points) {
    std::string text = fen_text(basis_points);
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
    return text;
}

std::string capitals(std::int64_t fen) {
    if (fen < 0) return "负" + capitals(-fen);
    const std::int64_t yuan = fen / 100;
    const std::int64_t jiao = fen / 10 % 10;
    const std::int64_t last = fen % 10;
    if (fen == 0) return "零元整";
    std::string text = yuan == 0 ? "" : capital_yuan(yuan) + "元";
    if (jiao == 0 && last == 0) return text + "整";
    if (jiao != 0) text += capital_digit(jiao) + "角";
    if (jiao == 0 && yuan != 0) text += "零";
    return text + (last == 0 ? "整" : capital_digit(last) + "分");
}

Price split_gross(std::int64_t gross_fen, std::uint32_t basis_points) {
    const std::int64_t divisor = k_basis_points_of_one + basis_points;
    const std::int64_t net = (gross_fen * k_basis_points_of_one + divisor / 2) / divisor;
    return {net, gross_fen - net};
}

std::int64_t tax_on(std::int64_t net_fen, std::uint32_t basis_points) {
    return (net_fen * basis_points + k_basis_points_of_one / 2) / k_basis_points_of_one;
}

std::vector<std::int64_t> spread(std::int64_t total, const std::vector<std::int64_t>& weights) {
    std::vector<std::int64_t> parts(weights.size(), 0);
    const std::int64_t sum = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
    if (sum == 0) return parts;
    std::vector<std::pair<std::int64_t, std::size_t>> remainders;
    std::int64_t left = total;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const Wide product = static_cast<Wide>(total) * static_cast<Wide>(weights[i]);
        parts[i] = static_cast<std::int64_t>(product / static_cast<Wide>(sum));
        remainders.emplace_back(static_cast<std::int64_t>(product % static_cast<Wide>(sum)), i);
        left -= parts[i];
    }
    std::stable_sort(remainders.begin(), remainders.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (std::size_t i = 0; left > 0; ++i, --left) ++parts[remainders.at(i).second];
    return parts;
}

}  // namespace cityledger::documents
