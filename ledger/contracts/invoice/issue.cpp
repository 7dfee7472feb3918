#include <algorithm>

#include "ledger/contracts/invoice/internal.hpp"
#include "ledger/contracts/values/uscc.hpp"

namespace cityledger::ledger::invoice {
namespace {

using membership::Role;

constexpr std::uint32_t k_max_rate_basis_points = 10'000;

bool is_payment_reference(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               c == '-' || c == '_' || c == '.' || c == ':';
    });
}

/// The admission of the sender, if it may issue in this category today.
Result<Admission> usable_admission(Context& context, const std::string& category) {
    if (const auto status = membership::require_role(context, Role::enterprise); !status) {
        return propagate(status);
    }
    auto admission = find_admission(context, context.sender());
    if (!admission) return admission;
    if (const auto status = check_not_frozen(*admission); !status) return propagate(status);
    if (admission->valid_until && *admission->valid_until < calendar::current_day(context).date) {
        return refuse(codes::admission_expired, *admission->valid_until);
    }
    const auto& categories = admission->categories;
    if (std::find(categories.begin(), categories.end(), category) == categories.end()) {
        return refuse(codes::category_not_admitted, category);
    }
    return admission;
}

/// "*catering*": what was sold stands in the sealed body, not here.
bool is_category_name(std::string_view name) {
    return name.size() > 2 && name.front() == '*' && name.find('*', 1) == name.size() - 1;
}

/// The rate of all lines, if it is one.
std::optional<std::uint32_t> common_rate(const std::vector<Line>& lines) {
    const std::uint32_t first = lines.front().rate_basis_points;
    const bool same = std::all_of(lines.begin(), lines.end(), [first](const Line& line) {
        return line.rate_basis_points == first;
    });
    return same ? std::optional(first) : std::nullopt;
}

Status check_line(const Line& line, const std::string& place) {
    if (!is_category_name(line.name)) return refuse(codes::line_name_malformed, place);
    if (line.amount_fen <= 0) return refuse(codes::line_amount_not_positive, place);
    if (line.rate_basis_points > k_max_rate_basis_points) {
        return refuse(codes::tax_rate_out_of_range, place);
    }
    const auto tax = tax_of(line.amount_fen, line.rate_basis_points);
    if (!tax) return propagate(tax);
    if (*tax != line.tax_fen) {
        return refuse(codes::line_tax_wrong, place + " has " + std::to_string(line.tax_fen) +
                                                 " fen, should have " + std::to_string(*tax));
    }
    return {};
}

/// The lines' taxes and the totals.
Status check_totals(const IssueArguments& arguments) {
    if (arguments.lines.empty()) return refuse(codes::invoice_without_lines);
    std::int64_t tax_sum = 0;
    std::int64_t total_sum = 0;
    for (std::size_t i = 0; i < arguments.lines.size(); ++i) {
        const Line& line = arguments.lines[i];
        if (const auto status = check_line(line, "lines[" + std::to_string(i) + "]"); !status) {
            return status;
        }
        const auto with_amount = add_fen(total_sum, line.amount_fen);
        if (!with_amount) return propagate(with_amount);
        const auto with_tax = add_fen(*with_amount, line.tax_fen);
        if (!with_tax) return propagate(with_tax);
        total_sum = *with_tax;
        tax_sum += line.tax_fen;  // at most total_sum, so it cannot overflow
    }
    if (tax_sum != arguments.tax_fen) {
        return refuse(codes::tax_total_wrong, "the lines have " + std::to_string(tax_sum));
    }
    if (total_sum != arguments.total_fen) {
        return refuse(codes::total_wrong, "the lines have " + std::to_string(total_sum));
    }
    return {};
}

/// Who holds the new invoice: the named consumer, else the buyer.
Result<MemberId> first_holder(Context& context, const IssueArguments& arguments) {
    if (!arguments.holder) return arguments.buyer;
    const auto member = membership::require_member(context, *arguments.holder);
    if (!member) return propagate(member);
    if (!member->has_role(Role::consumer)) return refuse(codes::holder_not_consumer, member->id);
    return member->id;
}

Status check_payment(Context& context, const std::string& reference) {
    if (!is_payment_reference(reference)) {
        return refuse(codes::payment_reference_malformed, reference);
    }
    if (const auto live =
            context.load<InvoiceArguments>(payment_key(context.sender(), reference))) {
        return refuse(codes::payment_already_invoiced, live->code + "/" + live->number);
    }
    return {};
}

Status count_issue(Context& context, std::int64_t total_fen) {
    Statistics statistics = load_statistics(context);
    const auto issued = add_fen(statistics.issued_fen, total_fen);
    if (!issued) return propagate(issued);
    statistics.issued_fen = *issued;
    statistics.outstanding_fen += total_fen;  // at most issued_fen
    ++statistics.issued_count;
    ++statistics.outstanding_count;
    store_statistics(context, statistics);
    return {};
}

Result<IssueResult> issue(Context& context, const IssueArguments& arguments) {
    const auto admission = usable_admission(context, arguments.category);
    if (!admission) return propagate(admission);
    if (!arguments.buyer.empty()) {
        if (const auto status = check_enterprise_id(arguments.buyer); !status) {
            return propagate(status);
        }
    }
    if (const auto status = check_totals(arguments); !status) return propagate(status);
    const auto holder = first_holder(context, arguments);
    if (!holder) return propagate(holder);
    if (const auto status = check_payment(context, arguments.payment_reference); !status) {
        return propagate(status);
    }
    Invoice record;
    Content& content = record.content;
    content.buyer = arguments.buyer;
    if (const auto status = assign_number(context, content); !status) return propagate(status);
    content.seller = context.sender();
    content.category = arguments.category;
    content.total_fen = arguments.total_fen;
    content.tax_fen = arguments.tax_fen;
    content.payment_reference = arguments.payment_reference;
    content.content_digest = arguments.content_digest;
    record.holder = *holder;
    record.rate_basis_points = common_rate(arguments.lines);
    if (const auto status = use_quota(context, *admission, content.total_fen, content.date);
        !status) {
        return propagate(status);
    }
    if (const auto status = count_issue(context, content.total_fen); !status) {
        return propagate(status);
    }
    context.store(payment_key(content.seller, content.payment_reference),
                  InvoiceArguments{content.code, content.number});
    context.emit("invoice.issued", name_of(content));
    watch_issue(context, *admission, arguments, record);
    return record_new(context, record);
}

}  // namespace

void add_issue_operations(std::vector<Method>& operations) {
    operations.push_back(make_method(
        "issue", "An admitted enterprise issues an invoice; the chain gives code and number.",
        acting<IssueArguments, IssueResult, issue>));
    operations.back().filled_in = {"content_digest", "sealed_body"};
}

}  // namespace cityledger::ledger::invoice
