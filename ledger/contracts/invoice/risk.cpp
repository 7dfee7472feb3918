#include <algorithm>

#include "crypto/check.hpp"
#include "ledger/contracts/invoice/internal.hpp"

namespace cityledger::ledger::invoice {
namespace {

using membership::require_role;
using membership::Role;

constexpr std::size_t k_headers_to_signal = 4;
constexpr std::uint32_t k_near_cap_to_signal = 5;
constexpr std::uint32_t k_red_soon_days = 3;
constexpr std::size_t k_max_trades_per_look = 200;
constexpr std::uint32_t k_circle_days = 92;  ///< a quarter
constexpr std::uint32_t k_max_circle_firms = 5;
constexpr std::size_t k_max_invoices_per_step = 100;
constexpr std::size_t k_max_warnings_per_step = 12;

/// The buyers that one holder's invoices of a month name; as many as decide.
struct Headers {
    std::vector<std::string> buyers;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_headers_to_signal>("buyers", buyers));
    }
};

std::string risks_prefix(const std::string& date) { return "invoice/risk/" + date + "/"; }

void raise(Context& context, std::string_view kind, const std::string& subject,
           const std::string& date) {
    context.emit(kind, subject);
    context.put(Space::derived, risks_prefix(date) + std::string(kind) + "/" + subject, {});
}

/// The day on which a seller's sale to a buyer was booked last.
struct Trade {
    std::uint32_t day = 0;  ///< day_number
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("day", day));
    }
};

std::string trade_key(const MemberId& seller, const MemberId& buyer) {
    return "invoice/trade/" + seller + "/" + buyer;
}

/// The booked seller sells to the buyer: does the buyer sell back to the seller, over partners that
/// traded within the window? Looks breadth first at a bounded number of trades, in their order.
bool closes_circle(Context& context, std::uint32_t today, const MemberId& seller,
                   const MemberId& buyer) {
    std::vector<std::pair<MemberId, std::uint32_t>> reached = {{buyer, 2}};  // firms so far
    std::size_t looks = 0;
    for (std::size_t i = 0; i < reached.size(); ++i) {
        const auto [firm, firms] = reached[i];
        const std::string prefix = trade_key(firm, "");
        for (const auto& [key, value] :
             context.scan(Space::business, prefix, prefix, k_max_trades_per_look)) {
            if (++looks > k_max_trades_per_look) return false;
            if (Context::decode_record<Trade>(value).day + k_circle_days < today) continue;
            const MemberId partner = key.substr(prefix.size());
            if (partner == seller && firms > 2) return true;  // two firms: mutual trade
            const bool is_known =
                std::any_of(reached.begin(), reached.end(),
                            [&partner](const auto& known) { return known.first == partner; });
            if (partner != seller && !is_known && firms < k_max_circle_firms) {
                reached.emplace_back(partner, firms + 1);
            }
        }
    }
    return false;
}

void watch_headers(Context& context, const Invoice& record) {
    const Content& content = record.content;
    if (content.buyer.empty() || record.holder.empty() || record.holder == content.buyer) return;
    const std::string key = "invoice/headers/" + month_key(content.date) + "/" + record.holder;
    Headers headers = context.load<Headers>(key).value_or(Headers{});
    auto& buyers = headers.buyers;
    if (buyers.size() >= k_headers_to_signal ||
        std::find(buyers.begin(), buyers.end(), content.buyer) != buyers.end()) {
        return;
    }
    buyers.push_back(content.buyer);
    context.store(key, headers);
    if (buyers.size() == k_headers_to_signal) {
        raise(context, "risk.many_headers", record.holder, content.date);
    }
}

void watch_scope(Context& context, const Admission& admission, const std::vector<Line>& lines,
                 const Content& content) {
    const auto& scope = admission.categories;
    const bool inside = std::all_of(lines.begin(), lines.end(), [&](const Line& line) {
        const std::string category = line.name.substr(1, line.name.size() - 2);  // *category*
        return std::find(scope.begin(), scope.end(), category) != scope.end();
    });
    if (!inside) raise(context, "risk.outside_scope", name_of(content), content.date);
}

/// The day of the month of a date.
std::uint32_t day_of(const std::string& date) {
    const auto parsed = parse_date(date);
    CHECK_INVARIANT(parsed.has_value());
    return parsed->day;
}

bool is_within_days(const std::string& from, const std::string& today, std::uint32_t days) {
    const auto first = parse_date(from);
    CHECK_INVARIANT(first.has_value());
    CivilDate last = *first;
    for (std::uint32_t i = 0; i < days; ++i) last = next_day(last);
    return today <= to_text(last);
}

Result<WarnBookersResult> warn_bookers(Context& context, const WarnBookersArguments& arguments) {
    if (const auto status = require_role(context, Role::tax_bureau); !status) {
        return propagate(status);
    }
    const auto admission = find_admission(context, arguments.enterprise);
    if (!admission) return propagate(admission);
    if (!admission->abnormal) {
        return refuse(codes::enterprise_not_abnormal, admission->enterprise);
    }
    const std::string today = calendar::current_day(context).date;
    const std::string prefix = sales_prefix(admission->enterprise);
    std::string from = prefix;
    if (arguments.after) from += *arguments.after + '\0';
    const auto entries = context.scan(Space::derived, prefix, from, k_max_invoices_per_step + 1);
    WarnBookersResult result;
    std::string last;
    std::size_t looked_at = 0;
    for (const auto& [key, value] : entries) {
        if (looked_at == k_max_invoices_per_step || result.warned == k_max_warnings_per_step) {
            result.next = last;
            break;
        }
        ++looked_at;
        last = key.substr(prefix.size());
        const auto record =
            find_invoice(context, last.substr(0, k_code_digits), last.substr(k_code_digits + 1));
        if (!record) return propagate(record);
        if (record->status != InvoiceStatus::booked) continue;
        raise(context, "risk.abnormal_seller", record->content.buyer + "/" + last, today);
        ++result.warned;
    }
    return result;
}

}  // namespace

void watch_issue(Context& context, const Admission& admission, const IssueArguments& arguments,
                 const Invoice& record) {
    watch_scope(context, admission, arguments.lines, record.content);
    watch_headers(context, record);
    const Content& content = record.content;
    if (content.buyer == content.seller) {
        raise(context, "risk.self_dealing", name_of(content), content.date);
    }
}

void watch_quota(Context& context, const Admission& admission, std::int64_t total_fen,
                 const std::string& date, bool warned, Usage& usage) {
    if (warned && admission.admitted_on == date) {
        raise(context, "risk.cap_on_first_day", admission.enterprise, date);
    }
    const std::int64_t cap = admission.quota.per_invoice_fen;
    if (total_fen <= cap - cap / 20) return;
    const std::uint32_t today = day_of(date);
    if (usage.near_cap_day != today) usage.near_cap_count = 0;
    usage.near_cap_day = today;
    if (++usage.near_cap_count == k_near_cap_to_signal) {
        raise(context, "risk.burst_under_cap", admission.enterprise, date);
    }
}

void watch_booking(Context& context, const Invoice& record) {
    const Content& content = record.content;
    const std::string today = calendar::current_day(context).date;
    if (is_abnormal(context, content.seller)) {
        raise(context, "risk.abnormal_seller", content.buyer + "/" + name_of(content), today);
    }
    if (content.seller == content.buyer) return;
    const auto date = parse_date(today);
    CHECK_INVARIANT(date.has_value());
    const std::uint32_t day = day_number(*date);
    const std::string key = trade_key(content.seller, content.buyer);
    const auto before = context.load<Trade>(key);
    context.store(key, Trade{day});
    const bool is_new = !before || before->day + k_circle_days < day;
    if (is_new && closes_circle(context, day, content.seller, content.buyer)) {
        raise(context, "risk.circular_trade", name_of(content), today);
    }
}

void watch_red(Context& context, const Invoice& blue, const std::string& today) {
    if (!blue.booked_on || !is_within_days(*blue.booked_on, today, k_red_soon_days)) return;
    raise(context, "risk.red_after_booking", name_of(blue.content), today);
}

Result<RisksResult> query_risks(Context& context, const RisksArguments& arguments) {
    if (const auto date = parse_date(arguments.date); !date) return propagate(date);
    const std::string day = risks_prefix(arguments.date);
    const std::string prefix = arguments.kind ? day + *arguments.kind + "/" : day;
    const std::string from = arguments.after ? day + *arguments.after + '\0' : prefix;
    RisksResult result;
    std::string last;
    for (const auto& [key, value] :
         context.scan(Space::derived, prefix, from, k_max_risks_per_page + 1)) {
        if (result.signals.size() == k_max_risks_per_page) {
            result.next = last;
            break;
        }
        const std::string name = key.substr(day.size());
        last = name;
        const std::size_t slash = name.find('/');
        result.signals.push_back({name.substr(0, slash), name.substr(slash + 1)});
    }
    return result;
}

void add_risk_operations(std::vector<Method>& operations) {
    operations.push_back(make_closed_method(
        "warn_bookers", "The tax bureau warns those who booked invoices of an abnormal enterprise.",
        warn_bookers));
}

}  // namespace cityledger::ledger::invoice
