#include "ledger/contracts/directory/directory.hpp"

#include "ledger/contracts/contracts.hpp"
#include "ledger/contracts/directory/internal.hpp"
#include "ledger/contracts/values/key_text.hpp"

namespace cityledger::ledger {
namespace directory {
namespace {

constexpr std::uint32_t k_last_sequence = 99'999;
constexpr std::uint32_t k_default_reply_days = 10;

/// The last number given to a department for a kind.
struct Sequence {
    std::uint32_t last = 0;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("last", last));
    }
};

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
    return {};
}

}  // namespace

std::string record_prefix(Kind kind) {
    return std::string("directory/") + static_cast<char>(kind) + "/";
}

std::string record_key(Kind kind, const std::string& id) { return record_prefix(kind) + id; }

std::string due_key(const Request& request) {
    return "directory/due/" + fixed_width(request.due_ordinal, 8) + "/" + request.id;
}

std::string delivery_prefix(const std::string& request) {
    return "directory/delivery/" + request + "/";
}

std::string delivery_key(const std::string& request, std::uint32_t sequence) {
    return delivery_prefix(request) + fixed_width(sequence, 10);
}

std::string inbox_prefix(const MemberId& provider) { return "directory/inbox/" + provider + "/"; }

Result<std::string> next_id(Context& context, const MemberId& department, Kind kind) {
    const char letter = static_cast<char>(kind);
    const std::string key = "directory/sequence/" + department + "/" + letter;
    auto sequence = context.load<Sequence>(key).value_or(Sequence{});
    if (sequence.last >= k_last_sequence) {
        return refuse(codes::directory_sequence_exhausted, department + "/" + letter);
    }
    ++sequence.last;
    context.store(key, sequence);
    return department + "/" + letter + fixed_width(sequence.last, 5);
}

Result<Responsibility> find_responsibility(Context& context, const std::string& id) {
    auto record = context.load<Responsibility>(record_key(Kind::responsibility, id));
    if (!record) return refuse(codes::responsibility_unknown, id);
    return *std::move(record);
}

Status check_own_responsibility(Context& context, const std::string& id) {
    const auto responsibility = find_responsibility(context, id);
    if (!responsibility) return propagate(responsibility);
    if (responsibility->department != context.sender()) {
        return refuse(codes::responsibility_not_own, id);
    }
    if (responsibility->status != ResponsibilityStatus::active) {
        return refuse(codes::responsibility_not_active, id);
    }
    return {};
}

Result<Entry> find_entry(Context& context, const std::string& id) {
    auto record = context.load<Entry>(record_key(Kind::entry, id));
    if (!record) return refuse(codes::directory_unknown, id);
    return *std::move(record);
}

Result<Request> find_request(Context& context, const std::string& id) {
    auto record = context.load<Request>(record_key(Kind::request, id));
    if (!record) return refuse(codes::request_unknown, id);
    return *std::move(record);
}

}  // namespace directory

Contract make_directory_contract() {
    Contract contract;
    contract.name = "directory";
    contract.codes = {codes::directory_codes};
    directory::add_entry_operations(contract.operations);
    directory::add_request_operations(contract.operations);
    directory::add_delivery_operations(contract.operations);
    contract.queries = directory::directory_queries();
    contract.initialise = directory::initialise;
    return contract;
}

}  // namespace cityledger::ledger
