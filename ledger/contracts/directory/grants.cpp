// The live grants of an entry and of a holder, in the order of their last days: what is over is
// passed by without being read.

#include <algorithm>

#include "ledger/contracts/directory/internal.hpp"

namespace cityledger::ledger::directory {
namespace {

/// The last day of grants without an end.
constexpr std::string_view k_no_end = "9999-12-31";

/// "2019-12-31/AF/Q00001".
std::string grant_key(const Request& grant) {
    return grant.until_day.value_or(std::string(k_no_end)) + "/" + grant.id;
}

/// "directory/held/AF/": derived, the live grants of a department.
std::string held_prefix(const MemberId& requester) { return "directory/held/" + requester + "/"; }

GrantSummary summary_of(const Request& grant) {
    return {grant.id,        grant.requester, grant.provider,
            grant.directory, grant.until_day, grant.told_version};
}

/// Grants under this prefix that live today, after the one with the id `after`. A column keeps
/// those of the page that name it.
Result<GrantsResult> read_grants(Context& context, Space space, const std::string& prefix,
                                 const std::optional<std::string>& after,
                                 const std::optional<std::uint32_t>& limit,
                                 const std::optional<std::string>& column = std::nullopt) {
    const auto most = membership::check_page_limit(limit);
    if (!most) return propagate(most);
    std::string from = prefix + calendar::current_day(context).date;
    if (after) {
        const auto last = find_request(context, *after);
        if (!last) return propagate(last);
        from = prefix + grant_key(*last) + '\0';
    }
    GrantsResult result;
    auto entries = context.scan(space, prefix, from, *most + 1);
    const bool more = entries.size() > *most;
    if (more) entries.pop_back();
    for (const auto& [key, value] : entries) {
        const auto grant = find_request(context, Context::decode_record<IdResult>(value).id);
        if (!grant) return propagate(grant);
        if (more) result.next = grant->id;
        const auto& columns = grant->columns;
        if (column && std::find(columns.begin(), columns.end(), *column) == columns.end()) continue;
        result.grants.push_back(summary_of(*grant));
    }
    return result;
}

Result<GrantsResult> query_grants_held(Context& context, const DepartmentPageArguments& arguments) {
    return read_grants(context, Space::derived, held_prefix(arguments.department), arguments.after,
                       arguments.limit);
}

Result<GrantsResult> query_grants_on(Context& context, const GrantsOnArguments& arguments) {
    return read_grants(context, Space::business, live_prefix(arguments.directory), arguments.after,
                       arguments.limit, arguments.column);
}

Result<Entry> query_by_code(Context& context, const ResourceCodeArguments& arguments) {
    if (const auto status = check_resource_code(arguments.resource_code); !status) {
        return propagate(status);
    }
    const auto id = context.load<IdResult>(code_key(arguments.resource_code));
    if (!id) return tl::unexpected(not_found(arguments.resource_code));
    return find_entry(context, id->id);
}

}  // namespace

std::string live_prefix(const std::string& entry) { return "directory/live/" + entry + "/"; }

void enter_live(Context& context, const Request& grant) {
    context.store(live_prefix(grant.directory) + grant_key(grant), IdResult{grant.id});
    context.store(held_prefix(grant.requester) + grant_key(grant), IdResult{grant.id},
                  Space::derived);
}

void leave_live(Context& context, const Request& grant) {
    context.erase(Space::business, live_prefix(grant.directory) + grant_key(grant));
    context.erase(Space::derived, held_prefix(grant.requester) + grant_key(grant));
}

void add_grant_queries(std::vector<Method>& queries) {
    queries.push_back(
        make_method("directory_by_code", "The entry with a resource code.", query_by_code));
    queries.push_back(make_method("grants_held",
                                  "Live grants that a department holds, those that "
                                  "end first in front.",
                                  query_grants_held));
    queries.push_back(make_method("grants_on",
                                  "Live grants on an entry, or those of a page that "
                                  "name a column.",
                                  query_grants_on));
}

}  // namespace cityledger::ledger::directory
