#include "crypto/check.hpp"
#include "ledger/contracts/directory/internal.hpp"

namespace cityledger::ledger::directory {
namespace {

Result<Responsibility> query_responsibility(Context& context, const IdArguments& arguments) {
    return find_responsibility(context, arguments.id);
}

Result<Entry> query_directory(Context& context, const IdArguments& arguments) {
    return find_entry(context, arguments.id);
}

Result<Request> query_request(Context& context, const IdArguments& arguments) {
    return find_request(context, arguments.id);
}

Result<ResponsibilitiesResult> query_responsibilities(Context& context,
                                                      const DepartmentPageArguments& arguments) {
    const auto page = read_records(context, Kind::responsibility, arguments);
    if (!page) return propagate(page);
    ResponsibilitiesResult result{{}, page->next};
    for (const auto& [id, value] : page->entries) {
        const auto record = Context::decode_record<Responsibility>(value);
        result.responsibilities.push_back({id, record.text, record.status});
    }
    return result;
}

Result<DirectoriesResult> query_directories(Context& context,
                                            const DepartmentPageArguments& arguments) {
    const auto page = read_records(context, Kind::entry, arguments);
    if (!page) return propagate(page);
    DirectoriesResult result{{}, page->next};
    for (const auto& [id, value] : page->entries) {
        const auto record = Context::decode_record<Entry>(value);
        result.directories.push_back(
            {id, record.metadata.name, record.metadata.sharing, record.status});
    }
    return result;
}

RequestSummary summary_of(const Request& record) {
    return {record.id,        record.requester, record.provider,
            record.directory, record.status,    record.deadline.due_ordinal,
            record.late};
}

Result<RequestsResult> query_requests(Context& context, const DepartmentPageArguments& arguments) {
    const auto page = read_records(context, Kind::request, arguments);
    if (!page) return propagate(page);
    RequestsResult result{{}, page->next};
    for (const auto& [id, value] : page->entries) {
        result.requests.push_back(
            summary_of(as_of_today(context, Context::decode_record<Request>(value))));
    }
    return result;
}

Result<RequestsResult> query_inbox(Context& context, const DepartmentPageArguments& arguments) {
    const auto page = read_page(context, Space::business, inbox_prefix(arguments.department), "",
                                arguments.after, arguments.limit);
    if (!page) return propagate(page);
    RequestsResult result{{}, page->next};
    for (const auto& [id, value] : page->entries) {
        const auto record = find_request(context, id);
        if (!record) return propagate(record);
        result.requests.push_back(summary_of(*record));
    }
    return result;
}

Result<DeliveriesResult> query_deliveries(Context& context, const DeliveriesArguments& arguments) {
    const auto limit = membership::check_page_limit(arguments.limit);
    if (!limit) return propagate(limit);
    const auto record = find_request(context, arguments.request);
    if (!record) return propagate(record);
    const std::uint32_t after = arguments.after.value_or(0);
    DeliveriesResult result;
    const auto entries = context.scan(Space::business, delivery_prefix(record->id),
                                      delivery_key(record->id, after) + '\0', *limit + 1);
    for (const auto& [key, value] : entries) {
        if (result.deliveries.size() == *limit) {
            result.next = result.deliveries.back().sequence;
            break;
        }
        result.deliveries.push_back(Context::decode_record<Delivery>(value));
    }
    return result;
}

Result<Standing> query_standing(Context& context, const StandingArguments& arguments) {
    const auto member = membership::find_member(context, arguments.department);
    if (!member) return tl::unexpected(not_found(arguments.department));
    return standing_of(context, arguments.department);
}

}  // namespace

Result<Page> read_page(Context& context, Space space, const std::string& prefix,
                       const std::string& narrow, const std::optional<std::string>& after,
                       const std::optional<std::uint32_t>& limit) {
    const auto most = membership::check_page_limit(limit);
    if (!most) return propagate(most);
    std::string from = prefix + narrow;
    if (after) from = prefix + *after + '\0';
    Page page;
    page.entries = context.scan(space, prefix + narrow, from, *most + 1);
    const bool more = page.entries.size() > *most;
    if (more) page.entries.pop_back();
    for (auto& [key, value] : page.entries) key.erase(0, prefix.size());
    if (more) page.next = page.entries.back().first;
    return page;
}

Result<Page> read_records(Context& context, Kind kind, const DepartmentPageArguments& arguments) {
    auto page = read_page(context, Space::business, owned_prefix(kind, arguments.department), "",
                          arguments.after, arguments.limit);
    if (!page) return page;
    for (auto& [id, value] : page->entries) {
        auto record = context.get(Space::business, record_key(kind, id));
        CHECK_INVARIANT(record.has_value());  // the lists of a department name records
        value = *std::move(record);
    }
    return page;
}

std::vector<Method> directory_queries() {
    return {
        make_method("responsibility", "A responsibility by its id.", query_responsibility),
        make_method("directory", "A directory entry by its id.", query_directory),
        make_method("request", "A request by its id.", query_request),
        make_method("responsibilities", "Responsibilities of a department.",
                    query_responsibilities),
        make_method("directories", "Directory entries of a department.", query_directories),
        make_method("requests", "Requests that a department made.", query_requests),
        make_method("inbox", "Requests for a department's data.", query_inbox),
        make_method("deliveries", "Deliveries of a request.", query_deliveries),
        make_method("standing", "How a department answers requests and objections, and what waits.",
                    query_standing),
    };
}

}  // namespace cityledger::ledger::directory
