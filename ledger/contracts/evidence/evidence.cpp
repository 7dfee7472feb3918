#include "ledger/contracts/evidence/evidence.hpp"

#include "ledger/contracts/calendar/calendar.hpp"
#include "ledger/contracts/membership/membership.hpp"

namespace cityledger::ledger {
namespace evidence {
namespace {

using membership::Role;

std::string notary_key(const MemberId& notary) { return "evidence/notary/" + notary; }

std::string record_key(const Digest& digest) { return "evidence/record/" + to_hex(digest); }

void store(Context& context, const Evidence& record, std::string_view event) {
    context.store(record_key(record.digest), record);
    context.emit(event, record.notary + "/" + to_hex(record.digest));
}

Result<Evidence> find(Context& context, const Digest& digest) {
    auto record = context.load<Evidence>(record_key(digest));
    if (!record) return refuse(codes::evidence_unknown, to_hex(digest));
    return *std::move(record);
}

Status check_category(const std::string& category) {
    constexpr std::string_view k_allowed = "abcdefghijklmnopqrstuvwxyz_";
    if (category.empty() || category.find_first_not_of(k_allowed) != std::string::npos) {
        return refuse(codes::evidence_category_malformed, category);
    }
    return {};
}

Result<Nothing> admit_notary(Context& context, const NotaryArguments& arguments) {
    const auto status = membership::require_role(context, Role::chain_operator);
    if (!status) return propagate(status);
    const auto member = membership::require_member(context, arguments.notary);
    if (!member) return propagate(member);
    const std::string key = notary_key(member->id);
    if (context.get(Space::business, key)) {
        return refuse(codes::notary_admitted_already, member->id);
    }
    context.store(key, Nothing{});
    context.emit("evidence.notary_admitted", member->id);
    return Nothing{};
}

Result<Nothing> deposit(Context& context, const DepositArguments& arguments) {
    if (!context.get(Space::business, notary_key(context.sender()))) {
        return refuse(codes::notary_not_admitted, context.sender());
    }
    if (const auto status = check_category(arguments.category); !status) return propagate(status);
    if (const auto first = context.load<Evidence>(record_key(arguments.digest))) {
        return refuse(codes::evidence_deposited_already,
                      "by " + first->notary + " on " + first->deposited_on);
    }
    const Evidence record{arguments.digest, arguments.category,
                          context.sender(), calendar::current_day(context).date,
                          std::nullopt,     std::nullopt};
    store(context, record, "evidence.deposited");
    return Nothing{};
}

Result<Nothing> withdraw(Context& context, const WithdrawArguments& arguments) {
    auto record = find(context, arguments.digest);
    if (!record) return propagate(record);
    if (record->notary != context.sender()) {
        return refuse(codes::evidence_not_own, "it is of " + record->notary);
    }
    if (record->withdrawn_on) {
        return refuse(codes::evidence_withdrawn_already, "on " + *record->withdrawn_on);
    }
    record->withdrawn_on = calendar::current_day(context).date;
    record->reason = arguments.reason;
    store(context, *record, "evidence.withdrawn");
    return Nothing{};
}

Result<Evidence> query_evidence(Context& context, const DigestArguments& arguments) {
    return find(context, arguments.digest);
}

Result<BeforeResult> query_on_chain_before(Context& context, const BeforeArguments& arguments) {
    if (const auto day = parse_date(arguments.day); !day) return propagate(day);
    const auto record = context.load<Evidence>(record_key(arguments.digest));
    if (!record) return BeforeResult{};
    return BeforeResult{record->deposited_on < arguments.day, record->withdrawn_on.has_value()};
}

}  // namespace
}  // namespace evidence

Contract make_evidence_contract() {
    using namespace evidence;
    Contract contract;
    contract.name = "evidence";
    contract.codes = {codes::evidence_codes};
    contract.operations = {
        make_method("admit_notary", "An operator admits a notary to depositing evidence.",
                    admit_notary),
        make_method("deposit", "A notary deposits the digest of an electronic record, once.",
                    deposit),
        make_method("withdraw", "The notary withdraws its deposit; it stays visible.", withdraw),
    };
    // Whoever has a record can tell its digest; nobody else can ask.
    contract.queries = {
        make_query("evidence", "Who deposited the digest, on which day, and whether it stands.",
                   anybody(), query_evidence),
        make_query("on_chain_before", "Whether the digest was on the chain before a day.",
                   anybody(), query_on_chain_before),
    };
    return contract;
}

}  // namespace cityledger::ledger
