#pragma once
// Directory: keys and helpers that its source files share. Not for other folders.

#include <string>
#include <vector>

#include "ledger/contracts/calendar/calendar.hpp"
#include "ledger/contracts/directory/directory.hpp"
#include "ledger/contracts/membership/membership.hpp"

namespace cityledger::ledger::directory {

inline constexpr std::string_view k_rules_key = "directory/rules";

/// The contract's parameters.
struct Rules {
    std::uint32_t reply_days = 10;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("reply_days", reply_days));
    }
};

/// The kinds of numbered things; the letter stands in their ids.
enum class Kind : char { responsibility = 'R', entry = 'D', request = 'Q' };

/// "directory/R/": the records of a kind, by id.
[[nodiscard]] std::string record_prefix(Kind kind);
[[nodiscard]] std::string record_key(Kind kind, const std::string& id);
/// "directory/due/00000011/AF/Q00001": requests without a reply, by their last day to reply.
[[nodiscard]] std::string due_key(const Request& request);
[[nodiscard]] std::string delivery_prefix(const std::string& request);
[[nodiscard]] std::string delivery_key(const std::string& request, std::uint32_t sequence);
/// Derived: the requests that a department provides for.
[[nodiscard]] std::string inbox_prefix(const MemberId& provider);

/// The next id of a kind for a department, e.g. "AK/R00001".
[[nodiscard]] Result<std::string> next_id(Context& context, const MemberId& department, Kind kind);

[[nodiscard]] Result<Responsibility> find_responsibility(Context& context, const std::string& id);
/// Active, and the sender's own: what an entry or a request may rest on.
[[nodiscard]] Status check_own_responsibility(Context& context, const std::string& id);
[[nodiscard]] Result<Entry> find_entry(Context& context, const std::string& id);
[[nodiscard]] Result<Request> find_request(Context& context, const std::string& id);

/// The sender provides the data of this request.
[[nodiscard]] Status check_provider(Context& context, const Request& record);
[[nodiscard]] Status check_reason(const ReasonArguments& arguments);

// The handlers, by file.
void add_entry_operations(std::vector<Method>& operations);
void add_request_operations(std::vector<Method>& operations);
void add_delivery_operations(std::vector<Method>& operations);
[[nodiscard]] std::vector<Method> directory_queries();

}  // namespace cityledger::ledger::directory
