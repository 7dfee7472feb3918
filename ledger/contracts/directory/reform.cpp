// The duties of a department pass to its successor, some records with each operation.
//
// The lists of what a department owns are the memory of how far a reform has come: what is passed
// on leaves the list of the one and enters that of the other. While something is left, the
// department does nothing, and the successor makes no requests: one under a responsibility that it
// has just got could be the same as an open one that is still to come.

#include "ledger/contracts/directory/reform.hpp"

#include "crypto/check.hpp"
#include "ledger/contracts/directory/internal.hpp"

namespace cityledger::ledger::directory {
namespace {

using membership::require_role;
using membership::Role;

constexpr std::string_view k_reform_prefix = "directory/reform/";

std::string reform_key(const MemberId& department) {
    return std::string(k_reform_prefix) + department;
}

/// "directory/succeeding/AL/": the departments whose duties are passing to AL.
std::string succeeding_prefix(const MemberId& successor) {
    return "directory/succeeding/" + successor + "/";
}

std::string succeeding_key(const Reform& reform) {
    return succeeding_prefix(reform.successor) + reform.department;
}

template <class Record>
Record load_record(Context& context, Kind kind, const std::string& id) {
    auto record = context.load<Record>(record_key(kind, id));
    CHECK_INVARIANT(record.has_value());  // the lists of a department name records
    return *std::move(record);
}

template <class Record>
void pass_owned(Context& context, Kind kind, const std::string& id, const Reform& reform) {
    auto record = load_record<Record>(context, kind, id);
    record.department = reform.successor;
    context.store(record_key(kind, id), record);
}

/// What the two sides had asked of each other ends: nobody provides for itself.
void end_between(Context& context, Request& record, const Reform& reform) {
    if (record.status == RequestStatus::pending) {
        leave_open(context, record);
        record.status = RequestStatus::closed;
        context.emit("directory.closed", record.id);
    } else if (record.status == RequestStatus::approved) {
        leave_live(context, record);
        record.status = RequestStatus::revoked;
        context.emit("directory.revoked", record.id);
    } else {
        return;
    }
    record.reason = reform.reason;
}

void pass_made_request(Context& context, const std::string& id, const Reform& reform) {
    auto record = load_record<Request>(context, Kind::request, id);
    if (record.provider == reform.successor) end_between(context, record, reform);
    const bool is_open = record.status == RequestStatus::pending;
    const bool is_grant = record.status == RequestStatus::approved;
    if (is_open) context.erase(Space::business, open_key(record));
    if (is_grant) leave_live(context, record);
    record.requester = reform.successor;
    if (is_open) context.store(open_key(record), IdResult{record.id});
    if (is_grant) enter_live(context, record);
    context.store(record_key(Kind::request, id), record);
}

void pass_received_request(Context& context, const std::string& id, const Reform& reform) {
    auto record = load_record<Request>(context, Kind::request, id);
    if (record.requester == reform.successor) end_between(context, record, reform);
    if (record.status == RequestStatus::pending) {
        pass_waiting(context, waiting_for(record), reform.successor, record.deadline);
    }
    record.provider = reform.successor;
    context.store(record_key(Kind::request, id), record);
}

void end_between(Context& context, Objection& record, const Reform& reform) {
    if (record.status != ObjectionStatus::open) return;
    record.answer = reform.reason;
    end_objection(context, record, ObjectionStatus::withdrawn, "directory.objection_withdrawn");
}

void pass_made_objection(Context& context, const std::string& id, const Reform& reform) {
    auto record = load_record<Objection>(context, Kind::objection, id);
    if (record.provider == reform.successor) end_between(context, record, reform);
    record.requester = reform.successor;
    context.store(record_key(Kind::objection, id), record);
}

void pass_received_objection(Context& context, const std::string& id, const Reform& reform) {
    auto record = load_record<Objection>(context, Kind::objection, id);
    if (record.requester == reform.successor) end_between(context, record, reform);
    if (record.status == ObjectionStatus::open) {
        pass_waiting(context, waiting_for(record), reform.successor, record.deadline);
    }
    record.provider = reform.successor;
    context.store(record_key(Kind::objection, id), record);
}

/// One list of what a department owns, and what passing on one of its records does.
struct OwnedList {
    std::string (*prefix)(const MemberId& department);
    void (*pass)(Context&, const std::string& id, const Reform&);
};

/// What roots something passes before what rests on it.
constexpr OwnedList k_lists[] = {
    {[](const MemberId& id) { return owned_prefix(Kind::responsibility, id); },
     [](Context& context, const std::string& id, const Reform& reform) {
         pass_owned<Responsibility>(context, Kind::responsibility, id, reform);
     }},
    {[](const MemberId& id) { return owned_prefix(Kind::entry, id); },
     [](Context& context, const std::string& id, const Reform& reform) {
         pass_owned<Entry>(context, Kind::entry, id, reform);
     }},
    {[](const MemberId& id) { return owned_prefix(Kind::system, id); },
     [](Context& context, const std::string& id, const Reform& reform) {
         pass_owned<System>(context, Kind::system, id, reform);
     }},
    {[](const MemberId& id) { return owned_prefix(Kind::table, id); },
     [](Context& context, const std::string& id, const Reform& reform) {
         pass_owned<Table>(context, Kind::table, id, reform);
     }},
    {[](const MemberId& id) { return owned_prefix(Kind::request, id); }, pass_made_request},
    {inbox_prefix, pass_received_request},
    {[](const MemberId& id) { return owned_prefix(Kind::objection, id); }, pass_made_objection},
    {objections_received_prefix, pass_received_objection},
};

std::uint32_t pass_some(Context& context, const Reform& reform) {
    std::uint32_t passed = 0;
    for (const OwnedList& list : k_lists) {
        const std::string prefix = list.prefix(reform.department);
        for (const auto& [key, value] :
             context.scan(Space::business, prefix, prefix, k_max_passed_per_operation - passed)) {
            const std::string id = key.substr(prefix.size());
            list.pass(context, id, reform);
            context.erase(Space::business, key);
            context.put(Space::business, list.prefix(reform.successor) + id, {});
            ++passed;
        }
    }
    return passed;
}

std::uint32_t count_left(Context& context, const MemberId& department) {
    std::size_t left = 0;
    for (const OwnedList& list : k_lists) {
        const std::string prefix = list.prefix(department);
        left += context.scan(Space::business, prefix, prefix, k_max_left_counted - left).size();
    }
    return static_cast<std::uint32_t>(left);
}

ReformResult go_on(Context& context, Reform& reform) {
    ReformResult result;
    result.passed = pass_some(context, reform);
    result.left = count_left(context, reform.department);
    reform.passed += result.passed;
    if (result.left == 0 && reform.finished_on.empty()) {
        reform.finished_on = calendar::current_day(context).date;
        context.erase(Space::business, succeeding_key(reform));
        context.emit("directory.reform_finished", reform.department);
    }
    context.store(reform_key(reform.department), reform);
    return result;
}

/// The department is to pass on nothing else, and to nobody who passes on, too.
Status check_sides(Context& context, const DecideReformArguments& arguments) {
    const MemberId& sender = context.sender();
    if (arguments.department == arguments.successor) {
        return refuse(codes::reform_to_itself, arguments.department);
    }
    if (sender == arguments.department || sender == arguments.successor) {
        return refuse(codes::reform_same_department, sender);
    }
    const auto member = membership::recorded_member(context, arguments.department);
    if (!member) return propagate(member);
    if (!member->has_role(Role::department)) {
        return refuse(codes::reform_of_no_department, member->id);
    }
    if (const auto status = check_not_succeeding(context, arguments.department); !status) {
        return status;
    }
    if (const auto status = check_department(context, arguments.successor); !status) return status;
    return check_not_reformed(context, arguments.successor);
}

Status check_reasons(const DecideReformArguments& arguments) {
    if (is_blank(arguments.reason)) {
        return refuse(codes::reform_reason_missing, arguments.department);
    }
    if (is_blank(arguments.legal_basis)) {
        return refuse(codes::reform_basis_missing, arguments.department);
    }
    return {};
}

Result<ReformResult> decide_reform(Context& context, const DecideReformArguments& arguments) {
    if (const auto status = require_role(context, Role::staffing_office); !status) {
        return propagate(status);
    }
    if (const auto status = check_sides(context, arguments); !status) return propagate(status);
    if (const auto status = check_reasons(arguments); !status) return propagate(status);
    Reform reform{arguments.department,
                  arguments.successor,
                  arguments.reason,
                  arguments.legal_basis,
                  context.sender(),
                  calendar::current_day(context).date,
                  "",
                  0};
    if (const auto earlier = context.load<Reform>(reform_key(arguments.department))) {
        if (!earlier->finished_on.empty() || check_department(context, earlier->successor)) {
            return refuse(codes::reform_decided, earlier->department + " to " + earlier->successor);
        }
        context.erase(Space::business, succeeding_key(*earlier));
        reform.passed = earlier->passed;
    }
    context.put(Space::business, succeeding_key(reform), {});
    enter_scores(context, reform.successor);
    context.emit("directory.reform_decided", reform.department);
    return go_on(context, reform);
}

Result<Reform> find_reform(Context& context, const MemberId& department) {
    auto reform = context.load<Reform>(reform_key(department));
    if (!reform) return refuse(codes::reform_unknown, department);
    return *std::move(reform);
}

Result<ReformResult> continue_reform(Context& context, const ReformArguments& arguments) {
    const auto sender = membership::require_member(context, context.sender());
    if (!sender) return propagate(sender);
    auto reform = find_reform(context, arguments.department);
    if (!reform) return propagate(reform);
    if (!reform->finished_on.empty()) return ReformResult{};
    if (const auto status = check_department(context, reform->successor); !status) {
        return propagate(status);
    }
    return go_on(context, *reform);
}

Result<Reform> query_reform(Context& context, const ReformArguments& arguments) {
    return find_reform(context, arguments.department);
}

Result<ReformsResult> query_reforms(Context& context, const ReformsArguments& arguments) {
    const auto page = read_page(context, Space::business, std::string(k_reform_prefix), "",
                                arguments.after, arguments.limit);
    if (!page) return propagate(page);
    ReformsResult result{{}, page->next};
    for (const auto& [id, value] : page->entries) {
        result.reforms.push_back(Context::decode_record<Reform>(value));
    }
    return result;
}

}  // namespace

std::string owned_prefix(Kind kind, const MemberId& department) {
    return std::string("directory/of/") + static_cast<char>(kind) + "/" + department + "/";
}

Status check_not_reformed(Context& context, const MemberId& department) {
    const auto reform = context.load<Reform>(reform_key(department));
    if (reform) {
        return refuse(codes::department_reformed, department + ": see " + reform->successor);
    }
    return {};
}

Status check_not_succeeding(Context& context, const MemberId& department) {
    const std::string prefix = succeeding_prefix(department);
    const auto first = context.scan(Space::business, prefix, prefix, 1);
    if (first.empty()) return {};
    return refuse(codes::reform_unfinished,
                  first[0].first.substr(prefix.size()) + " to " + department);
}

Status require_department(Context& context) {
    if (const auto status = require_role(context, Role::department); !status) return status;
    return check_not_reformed(context, context.sender());
}

void add_reform_operations(std::vector<Method>& operations) {
    operations.push_back(make_method(
        "decide_reform",
        "The staffing office lets a department's duties pass to a successor; the first ten records "
        "pass at once.",
        decide_reform));
    operations.push_back(make_method("continue_reform",
                                     "Any member has the next ten records of a reform passed on.",
                                     continue_reform));
}

void add_reform_queries(std::vector<Method>& queries) {
    queries.push_back(
        make_method("reform", "To whom a department's duties passed, and how far.", query_reform));
    queries.push_back(make_method("reforms", "All reforms, by department.", query_reforms));
}

}  // namespace cityledger::ledger::directory
