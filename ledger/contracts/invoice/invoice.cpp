#include "ledger/contracts/invoice/invoice.hpp"

#include <algorithm>

#include "crypto/check.hpp"
#include "crypto/hash.hpp"
#include "ledger/contracts/contracts.hpp"
#include "ledger/contracts/invoice/internal.hpp"
#include "ledger/contracts/values/key_text.hpp"
#include "ledger/contracts/values/uscc.hpp"

namespace cityledger::ledger {
namespace invoice {
namespace {

constexpr std::string_view k_content_tag = "cityledger.invoice.content.v1";
constexpr std::string_view k_statistics_key = "invoice/statistics";
constexpr std::size_t k_region_digits = 4;
constexpr std::uint32_t k_max_line_tolerance_fen = 100;
constexpr std::uint32_t k_max_document_tolerance_fen = 10'000;

bool is_region(std::string_view text) {
    return text.size() == k_region_digits &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// 1, region, year, 0 (general industry), 9 (electronic), batch, copy 1, 0 (no amount limit).
std::string code_of(const Series& series) {
    return "1" + series.region + fixed_width(series.year % 100, 2) + "09" +
           std::to_string(series.batch) + "10";
}

Result<Rules> rules_of(const GenesisSection& section) {
    Rules rules;
    rules.tags_only = section.tags_only.value_or(rules.tags_only);
    rules.quota_return = section.quota_return.value_or(rules.quota_return);
    Tolerance& tolerance = rules.tolerance;
    tolerance.line_fen = section.line_tolerance_fen.value_or(tolerance.line_fen);
    tolerance.document_fen = section.document_tolerance_fen.value_or(tolerance.document_fen);
    if (tolerance.line_fen < 1 || tolerance.line_fen > k_max_line_tolerance_fen ||
        tolerance.document_fen < 1 || tolerance.document_fen > k_max_document_tolerance_fen) {
        return refuse(codes::tolerance_out_of_range, std::to_string(tolerance.line_fen) + "/" +
                                                         std::to_string(tolerance.document_fen));
    }
    return rules;
}

Status initialise(Context& context, const boost::json::value& json) {
    GenesisSection section;
    if (!json.is_null()) {
        auto read = from_json<GenesisSection>(json);
        if (!read) return propagate(read);
        section = *std::move(read);
    }
    const auto rules = rules_of(section);
    if (!rules) return propagate(rules);
    Series series;
    series.region = section.region.value_or("4403");
    series.batch = section.first_batch.value_or(1);
    series.next_number = section.first_number.value_or(1);
    if (!is_region(series.region)) return refuse(codes::region_malformed, series.region);
    if (series.batch < 1 || series.batch > k_last_batch || series.next_number < 1 ||
        series.next_number > k_last_number) {
        return refuse(codes::series_start_out_of_range,
                      std::to_string(series.batch) + "/" + std::to_string(series.next_number));
    }
    context.store(k_series_key, series);
    context.store(k_rules_key, *rules);
    context.store(k_statistics_key, Statistics{});
    return {};
}

}  // namespace

std::string check_code_of(const Content& content) {
    const Digest digest = crypto::tagged_hash(k_content_tag, encode(content));
    constexpr std::size_t enough_bytes = (k_check_code_characters + 1) / 2;
    return to_hex(digest.view().first(enough_bytes)).substr(0, k_check_code_characters);
}

bool Statistics::conserved() const {
    return issued_count == red_count + booked_count + outstanding_count &&
           issued_fen == red_fen + booked_fen + outstanding_fen && red_fen >= 0 &&
           booked_fen >= 0 && outstanding_fen >= 0;
}

std::string name_of(const Content& content) { return content.code + "/" + content.number; }

std::string invoice_key(const std::string& code, const std::string& number) {
    return "invoice/record/" + code + "/" + number;
}

std::string admission_key(const MemberId& enterprise) { return "invoice/admission/" + enterprise; }

std::string usage_key(const MemberId& enterprise, const std::string& month) {
    return "invoice/usage/" + enterprise + "/" + month;
}

std::string payment_key(const MemberId& seller, const std::string& reference) {
    return "invoice/payment/" + seller + "/" + reference;
}

std::string sales_prefix(const MemberId& seller) { return "invoice/sales/" + seller + "/"; }

std::string purchases_prefix(const MemberId& buyer) { return "invoice/purchases/" + buyer + "/"; }

Result<Admission> find_admission(Context& context, const MemberId& enterprise) {
    auto admission = context.load<Admission>(admission_key(enterprise));
    if (!admission) return refuse(codes::not_admitted, enterprise);
    return *std::move(admission);
}

Result<Invoice> find_invoice(Context& context, const std::string& code, const std::string& number) {
    auto record = context.load<Invoice>(invoice_key(code, number));
    if (!record) return refuse(codes::invoice_unknown, code + "/" + number);
    return *std::move(record);
}

void store_invoice(Context& context, const Invoice& record) {
    context.store(invoice_key(record.content.code, record.content.number), record);
}

Rules load_rules(Context& context) {
    const auto rules = context.load<Rules>(k_rules_key);
    CHECK_INVARIANT(rules.has_value());
    return *rules;
}

Status check_name_form(const Rules& rules, const std::string& enterprise) {
    if (!rules.tags_only && is_registration_tag(enterprise)) {
        return refuse(codes::tag_refused, enterprise);
    }
    return {};
}

Status assign_number(Context& context, Content& content) {
    const auto date = parse_date(content.date);
    CHECK_INVARIANT(date.has_value());
    auto stored = context.load<Series>(k_series_key);
    CHECK_INVARIANT(stored.has_value());
    Series& series = *stored;
    if (series.year != 0 && series.year != date->year) {
        series.batch = 1;
        series.next_number = 1;
    }
    series.year = date->year;
    if (series.next_number > k_last_number) {
        ++series.batch;
        series.next_number = 1;
    }
    const bool is_kept_for_reds = series.batch == k_last_batch && !content.red_of &&
                                  series.next_number > k_last_number - k_numbers_for_reds;
    if (series.batch > k_last_batch || is_kept_for_reds) {
        return refuse(codes::series_exhausted, content.date);
    }
    content.code = code_of(series);
    content.number = fixed_width(series.next_number, k_number_digits);
    ++series.next_number;
    context.store(k_series_key, series);
    return {};
}

IssueResult record_new(Context& context, Invoice& record) {
    const Content& content = record.content;
    record.check_code = check_code_of(content);
    store_invoice(context, record);
    context.put(Space::derived, sales_prefix(content.seller) + name_of(content), {});
    if (!content.buyer.empty()) {
        context.put(Space::derived, purchases_prefix(content.buyer) + name_of(content), {});
    }
    return {content.code, content.number, record.check_code, content.date};
}

std::int64_t remaining_fen(const Invoice& record) {
    return record.content.total_fen - record.red_total_fen;
}

Status check_issuer(Context& context, const Invoice& record) {
    if (record.content.seller != context.sender()) {
        return refuse(codes::not_issuer, name_of(record.content));
    }
    return {};
}

Status check_buyer(Context& context, const Invoice& record) {
    if (record.content.buyer != context.sender()) {
        return refuse(codes::not_buyer, name_of(record.content));
    }
    return {};
}

tl::unexpected<Error> refuse_status(const Invoice& record) {
    const std::string name = name_of(record.content);
    switch (record.status) {
        case InvoiceStatus::issued:
        case InvoiceStatus::transferred: return refuse(codes::invoice_not_locked, name);
        case InvoiceStatus::locked: return refuse(codes::invoice_locked, name);
        case InvoiceStatus::booked: return refuse(codes::invoice_already_booked, name);
        case InvoiceStatus::red:
        case InvoiceStatus::red_after_book:
        case InvoiceStatus::red_letter: break;
    }
    return refuse(codes::invoice_reversed, name);
}

Statistics load_statistics(Context& context) {
    const auto statistics = context.load<Statistics>(k_statistics_key);
    CHECK_INVARIANT(statistics.has_value());
    return *statistics;
}

void store_statistics(Context& context, const Statistics& statistics) {
    CHECK_INVARIANT(statistics.conserved());
    context.store(k_statistics_key, statistics);
}

}  // namespace invoice

Contract make_invoice_contract() {
    Contract contract;
    contract.name = "invoice";
    contract.codes = {codes::invoice_codes};
    invoice::add_admission_operations(contract.operations);
    invoice::add_issue_operations(contract.operations);
    invoice::add_claim_operations(contract.operations);
    invoice::add_red_operations(contract.operations);
    invoice::add_offer_operations(contract.operations);
    invoice::add_mandate_operations(contract.operations);
    invoice::add_disclosure_operations(contract.operations);
    invoice::add_risk_operations(contract.operations);
    contract.queries = invoice::invoice_queries();
    contract.initialise = invoice::initialise;
    return contract;
}

}  // namespace cityledger::ledger
