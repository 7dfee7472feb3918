#include "ledger/contracts/directory/directory.hpp"

#include <algorithm>
#include <array>

#include "crypto/hash.hpp"
#include "ledger/contracts/contracts.hpp"
#include "ledger/contracts/directory/internal.hpp"
#include "ledger/contracts/membership/readers.hpp"
#include "ledger/contracts/values/key_text.hpp"

namespace cityledger::ledger {
namespace directory {
namespace {

constexpr std::uint32_t k_last_sequence = 99'999;
constexpr std::uint32_t k_default_reply_days = 10;

constexpr std::string_view k_open_tag = "cityledger.directory.open.v1";

/// What makes two requests of one department the same: the columns ascend.
struct OpenRequest {
    std::string directory;
    std::string responsibility;
    std::vector<std::string> columns;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("directory", directory),
                limited<k_max_id_bytes>("responsibility", responsibility),
                limited<k_max_items>("columns", columns));
    }
};

/// ASCII, no-break, zero-width and ideographic blanks; control characters are no text at all.
constexpr std::array<std::string_view, 10> k_blanks = {" ",
                                                       "\t",
                                                       "\n",
                                                       "\xC2\xA0",
                                                       "\xE2\x80\x8B",
                                                       "\xE2\x80\x8C",
                                                       "\xE2\x80\x8D",
                                                       "\xE2\x81\xA0",
                                                       "\xE3\x80\x80",
                                                       "\xEF\xBB\xBF"};

/// Bytes of the blank that the text begins with, or 0. U+2000 to U+200A are of one form.
std::size_t blank_bytes(std::string_view text) {
    for (const std::string_view blank : k_blanks) {
        if (text.starts_with(blank)) return blank.size();
    }
    if (text.size() < 3 || !text.starts_with("\xE2\x80")) return 0;
    const auto last = static_cast<unsigned char>(text[2]);
    return last >= 0x80 && last <= 0x8A ? 3 : 0;
}

/// The last number given to a department for a kind.
struct Sequence {
    std::uint32_t last = 0;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("last", last));
    }
};

/// A limit that the genesis names, within its range.
Status take_limit(std::uint32_t& limit, const std::optional<std::uint32_t>& named,
                  std::uint32_t least, std::string_view name) {
    if (!named) return {};
    if (*named < least || *named > k_max_reply_days) {
        return refuse(codes::time_limit_out_of_range,
                      std::string(name) + " " + std::to_string(*named));
    }
    limit = *named;
    return {};
}

/// A chain whose genesis names no limit keeps the state that it had before there were any.
Status store_limits(Context& context, const GenesisSection& section) {
    TimeLimits limits;
    const Status checks[] = {
        take_limit(limits.platform_reply_days, section.platform_reply_days, 1,
                   "platform_reply_days"),
        take_limit(limits.correction_days, section.correction_days, 1, "correction_days"),
        take_limit(limits.escalate_days, section.escalate_days, 1, "escalate_days"),
        take_limit(limits.freeze_days, section.freeze_days, 0, "freeze_days"),
    };
    for (const Status& status : checks) {
        if (!status) return status;
    }
    if (limits != TimeLimits{}) context.store(k_limits_key, limits);
    return {};
}

Status initialise(Context& context, const boost::json::value& json) {
    GenesisSection section;
    if (!json.is_null()) {
        const auto read = from_json<GenesisSection>(json);
        if (!read) return propagate(read);
        section = *read;
    }
    const std::uint32_t days = section.reply_days.value_or(k_default_reply_days);
    if (days == 0 || days > k_max_reply_days) {
        return refuse(codes::reply_days_out_of_range, std::to_string(days));
    }
    context.store(k_rules_key, Rules{days});
    return store_limits(context, section);
}

}  // namespace

TimeLimits time_limits(Context& context) {
    return context.load<TimeLimits>(k_limits_key).value_or(TimeLimits{});
}

std::string record_prefix(Kind kind) {
    return std::string("directory/") + static_cast<char>(kind) + "/";
}

std::string record_key(Kind kind, const std::string& id) { return record_prefix(kind) + id; }

std::string open_key(const Request& request) {
    OpenRequest same{request.directory, request.responsibility, request.columns};
    std::sort(same.columns.begin(), same.columns.end());
    return "directory/open/" + request.requester + "/" +
           to_hex(crypto::tagged_hash(k_open_tag, encode(same)));
}

std::string code_key(std::string_view resource_code) {
    const std::size_t sequence = resource_code.find('/') + 1;
    const std::size_t first = resource_code.find_first_not_of('0', sequence);
    return "directory/code/" + std::string(resource_code.substr(0, sequence)) +
           std::string(resource_code.substr(first));
}

std::string delivery_prefix(const std::string& request) {
    return "directory/delivery/" + request + "/";
}

std::string delivery_key(const std::string& request, std::uint32_t sequence) {
    return delivery_prefix(request) + fixed_width(sequence, 10);
}

std::string inbox_prefix(const MemberId& provider) { return "directory/inbox/" + provider + "/"; }

Result<std::string> next_id(Context& context, Kind kind) {
    const MemberId& department = context.sender();
    const char letter = static_cast<char>(kind);
    const std::string key = "directory/sequence/" + department + "/" + letter;
    auto sequence = context.load<Sequence>(key).value_or(Sequence{});
    if (sequence.last >= k_last_sequence) {
        return refuse(codes::directory_sequence_exhausted, department + "/" + letter);
    }
    ++sequence.last;
    context.store(key, sequence);
    std::string id = department + "/" + letter + fixed_width(sequence.last, 5);
    context.put(Space::business, owned_prefix(kind, department) + id, {});
    return id;
}

bool is_blank(std::string_view text) {
    while (!text.empty()) {
        const std::size_t bytes = blank_bytes(text);
        if (bytes == 0) return false;
        text.remove_prefix(bytes);
    }
    return true;
}

Status check_department(Context& context, const MemberId& id) {
    const auto member = membership::find_member(context, id);
    const bool lives = member && member->status == membership::MemberStatus::active &&
                       member->has_role(membership::Role::department);
    if (!lives) return refuse(codes::department_gone, id);
    return {};
}

Result<Responsibility> find_responsibility(Context& context, const std::string& id) {
    auto record = context.load<Responsibility>(record_key(Kind::responsibility, id));
    if (!record) return refuse(codes::responsibility_unknown, id);
    return *std::move(record);
}

Status check_active(const Responsibility& responsibility) {
    if (responsibility.status != ResponsibilityStatus::active) {
        return refuse(codes::responsibility_not_active, responsibility.id);
    }
    return {};
}

Status check_own_responsibility(Context& context, const std::string& id) {
    const auto responsibility = find_responsibility(context, id);
    if (!responsibility) return propagate(responsibility);
    if (responsibility->department != context.sender()) {
        return refuse(codes::responsibility_not_own, id);
    }
    return check_active(*responsibility);
}

Result<Entry> find_entry(Context& context, const std::string& id) {
    auto record = context.load<Entry>(record_key(Kind::entry, id));
    if (!record) return refuse(codes::directory_unknown, id);
    return *std::move(record);
}

Result<Entry> find_own_entry(Context& context, const std::string& id) {
    auto entry = find_entry(context, id);
    if (entry && entry->department != context.sender()) {
        return refuse(codes::directory_not_own, id);
    }
    return entry;
}

Status check_locked(const Entry& entry) {
    if (entry.status != EntryStatus::locked) return refuse(codes::directory_not_locked, entry.id);
    return {};
}

Request as_of_today(Context& context, Request record) {
    if (record.status == RequestStatus::pending &&
        record.deadline.due_ordinal < calendar::current_day(context).ordinal) {
        record.status = RequestStatus::overdue;
    }
    return record;
}

Result<Request> find_request(Context& context, const std::string& id) {
    auto record = context.load<Request>(record_key(Kind::request, id));
    if (!record) return refuse(codes::request_unknown, id);
    return as_of_today(context, *std::move(record));
}

}  // namespace directory

Contract make_directory_contract() {
    Contract contract;
    contract.name = "directory";
    contract.codes = {codes::directory_codes};
    directory::add_responsibility_operations(contract.operations);
    directory::add_entry_operations(contract.operations);
    directory::add_version_operations(contract.operations);
    directory::add_system_operations(contract.operations);
    directory::add_table_operations(contract.operations);
    directory::add_request_operations(contract.operations);
    directory::add_closing_operations(contract.operations);
    directory::add_delivery_operations(contract.operations);
    directory::add_objection_operations(contract.operations);
    directory::add_reform_operations(contract.operations);
    contract.queries = directory::directory_queries();
    directory::add_version_queries(contract.queries);
    directory::add_inventory_queries(contract.queries);
    directory::add_grant_queries(contract.queries);
    directory::add_objection_queries(contract.queries);
    directory::add_reform_queries(contract.queries);
    directory::add_score_queries(contract.queries);
    directory::add_trail_queries(contract.queries);
    // What departments publish to each other is for all members, if a query does not say less.
    for (Method& query : contract.queries) {
        if (query.readers.words.empty()) query.readers = membership::members();
    }
    contract.initialise = directory::initialise;
    return contract;
}

}  // namespace cityledger::ledger
