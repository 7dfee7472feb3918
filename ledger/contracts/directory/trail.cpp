// The deliveries of an entry's data over all grants, by the day of delivery.

#include "ledger/contracts/directory/trail.hpp"

#include <algorithm>
#include <set>

#include "crypto/check.hpp"
#include "crypto/seal.hpp"
#include "ledger/contracts/directory/internal.hpp"
#include "ledger/contracts/membership/readers.hpp"
#include "ledger/contracts/values/key_text.hpp"

namespace cityledger::ledger::directory {
namespace {

constexpr std::string_view k_persons_tag = "cityledger.directory.persons.v1";
constexpr std::size_t k_sequence_digits = 10;

/// "directory/trail/AK/D00001/": derived.
std::string trail_prefix(const std::string& entry) { return "directory/trail/" + entry + "/"; }

/// Whose trail it is, and the items that its grants must name; all if empty.
struct Subject {
    std::string entry;
    std::set<std::string, std::less<>> items;
};

Result<Subject> find_subject(Context& context, const std::string& id) {
    const std::size_t slash = id.find('/');
    const bool is_table = slash != std::string::npos && slash + 1 < id.size() &&
                          id[slash + 1] == static_cast<char>(Kind::table);
    if (!is_table) {
        const auto entry = find_entry(context, id);
        if (!entry) return propagate(entry);
        return Subject{entry->id, {}};
    }
    const auto table = find_table(context, id);
    if (!table) return propagate(table);
    Subject subject{table->directory, {}};
    for (const Column& column : table->columns) subject.items.insert(column.item);
    return subject;
}

bool concerns(const Subject& subject, const std::vector<std::string>& columns) {
    return subject.items.empty() ||
           std::any_of(columns.begin(), columns.end(),
                       [&](const std::string& column) { return subject.items.contains(column); });
}

/// "00000012/AF/Q00001/0000000001".
TrailLine read_line(Context& context, std::string_view key) {
    const std::size_t request_begins = k_ordinal_digits + 1;
    const std::size_t request_bytes = key.size() - request_begins - k_sequence_digits - 1;
    const std::string request(key.substr(request_begins, request_bytes));
    const auto delivery = context.load<Delivery>(
        delivery_prefix(request) + std::string(key.substr(key.size() - k_sequence_digits)));
    const auto grant = find_request(context, request);
    CHECK_INVARIANT(delivery.has_value() && grant.has_value());  // they were stored with the key
    return {*delivery, grant->columns};
}

Result<TrailResult> query_trail(Context& context, const TrailArguments& arguments) {
    const auto subject = find_subject(context, arguments.subject);
    if (!subject) return propagate(subject);
    const auto page = read_page(context, Space::derived, trail_prefix(subject->entry), "",
                                arguments.after, arguments.limit);
    if (!page) return propagate(page);
    TrailResult result{{}, page->next};
    for (const auto& [key, value] : page->entries) {
        TrailLine line = read_line(context, key);
        if (concerns(*subject, line.columns)) result.lines.push_back(std::move(line));
    }
    return result;
}

/// Who was delivered what is for those who oversee it, and for the department whose data it was.
bool reads_trail(Context& context, const TrailArguments& arguments) {
    using membership::Role;
    if (membership::asks_as(context, {Role::auditor, Role::chain_operator})) return true;
    const auto asker = membership::asking_member(context);
    const auto subject = find_subject(context, arguments.subject);
    const auto entry =
        subject ? find_entry(context, subject->entry) : Result<Entry>(propagate(subject));
    return asker && entry && entry->department == asker->id;
}

Bytes person_leaf(ByteView key, std::string_view person) {
    return to_bytes(crypto::hmac_sha256(key, as_bytes(person)).view());
}

}  // namespace

void enter_trail(Context& context, const std::string& entry, const Delivery& delivery) {
    const std::uint32_t today = calendar::current_day(context).ordinal;
    context.put(Space::derived,
                trail_prefix(entry) + fixed_width(today, k_ordinal_digits) + "/" +
                    delivery.request + "/" + fixed_width(delivery.sequence, k_sequence_digits),
                {});
}

std::vector<Bytes> person_leaves(ByteView key, const std::vector<std::string>& persons) {
    std::vector<Bytes> leaves;
    for (const std::string& person : persons) leaves.push_back(person_leaf(key, person));
    std::sort(leaves.begin(), leaves.end());
    leaves.erase(std::unique(leaves.begin(), leaves.end()), leaves.end());
    return leaves;
}

Digest persons_root(const std::vector<Bytes>& leaves) {
    return crypto::merkle_root(k_persons_tag, leaves);
}

std::optional<crypto::MerklePath> person_path(const std::vector<Bytes>& leaves, ByteView key,
                                              std::string_view person) {
    const Bytes leaf = person_leaf(key, person);
    const auto found = std::lower_bound(leaves.begin(), leaves.end(), leaf);
    if (found == leaves.end() || *found != leaf) return std::nullopt;
    return crypto::merkle_path(k_persons_tag, leaves,
                               static_cast<std::uint64_t>(found - leaves.begin()));
}

bool is_person_in(const Digest& root, ByteView key, std::string_view person,
                  const crypto::MerklePath& path) {
    return crypto::merkle_verify(k_persons_tag, root, person_leaf(key, person), path);
}

void add_trail_queries(std::vector<Method>& queries) {
    queries.push_back(make_query(
        "trail", "Who was delivered data of an entry or of a table, when and under which grant.",
        readers_by<TrailArguments>("auditors, operators and the department of the entry",
                                   reads_trail),
        query_trail));
}

}  // namespace cityledger::ledger::directory
