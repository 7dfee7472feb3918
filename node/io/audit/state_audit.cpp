#include "node/io/audit/state_audit.hpp"

#include <algorithm>
#include <array>

#include "crypto/hash.hpp"
#include "ledger/executor.hpp"
#include "node/io/audit/audit_codes.hpp"

namespace cityledger::io {
namespace {

using ledger::Space;
using ledger::StateReader;

constexpr std::size_t k_page_entries = 4'096;
constexpr std::array<std::string_view, 3> k_space_names = {"system", "business", "derived"};

using Entry = std::pair<std::string, Bytes>;

/// Entries of a space in key order, a page at a time.
class Entries {
public:
    Entries(const StateReader& state, Space space) : state_(state), space_(space) { read(""); }

    [[nodiscard]] const Entry* current() const {
        return next_ < page_.size() ? &page_[next_] : nullptr;
    }
    void advance() {
        if (++next_ == k_page_entries) read(page_.back().first + '\0');
    }

private:
    void read(const std::string& from) {
        page_.clear();
        next_ = 0;
        state_.scan(space_, "", from, [this](std::string_view key, ByteView value) {
            page_.emplace_back(std::string(key), to_bytes(value));
            return page_.size() < k_page_entries;
        });
    }

    const StateReader& state_;
    Space space_;
    std::vector<Entry> page_;
    std::size_t next_ = 0;
};

std::string key_text(const std::string& key) {
    const bool plain =
        std::all_of(key.begin(), key.end(), [](char byte) { return byte > ' ' && byte < 0x7f; });
    return plain ? key : "0x" + to_hex(as_bytes(key));
}

std::string value_text(const Entry* entry) {
    if (entry == nullptr) return "nothing";
    return std::to_string(entry->second.size()) + " bytes with SHA-256 " +
           to_hex(crypto::sha256(entry->second));
}

tl::unexpected<Error> differs(Space space, const std::string& key, const Entry* made,
                              const Entry* stored) {
    return refuse(codes::audit_state_differs,
                  std::string(k_space_names[static_cast<std::size_t>(space)]) + " state, key " +
                      key_text(key) + ": it holds " + value_text(stored) + " instead of " +
                      value_text(made));
}

/// Whether these are one receipt in other words.
bool is_reworded(Space space, const Entry& made, const Entry& stored) {
    if (space != Space::derived || !made.first.starts_with("receipt/")) return false;
    const auto one = ledger::decode<ledger::StoredReceipt>(made.second);
    const auto other = ledger::decode<ledger::StoredReceipt>(stored.second);
    return one && other && one->receipt == other->receipt &&
           one->details.size() == other->details.size();
}

Status compare_space(Space space, const StateReader& made, const StateReader& stored,
                     StateTally& tally) {
    Entries ours(made, space);
    Entries theirs(stored, space);
    while (ours.current() != nullptr || theirs.current() != nullptr) {
        const Entry* one = ours.current();
        const Entry* other = theirs.current();
        if (one == nullptr || (other != nullptr && other->first < one->first)) {
            return differs(space, other->first, nullptr, other);
        }
        if (other == nullptr || one->first < other->first) {
            return differs(space, one->first, one, nullptr);
        }
        if (one->second != other->second) {
            if (!is_reworded(space, *one, *other)) return differs(space, one->first, one, other);
            ++tally.reworded;
        }
        ++tally.entries;
        ours.advance();
        theirs.advance();
    }
    return {};
}

}  // namespace

Result<StateTally> compare_states(const StateReader& made, const StateReader& stored) {
    StateTally tally;
    for (const Space space : {Space::system, Space::business, Space::derived}) {
        if (const Status equal = compare_space(space, made, stored, tally); !equal) {
            return propagate(equal);
        }
    }
    return tally;
}

}  // namespace cityledger::io
