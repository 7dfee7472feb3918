// The bytes of every message between nodes and of every record of the log: the digest over 65,536
// encodings of values from a seed. A reordered field, another width or another limit changes a line
// of golden_encodings.txt; then the version of the format must change too.
// CITYLEDGER_REWRITE_GOLDEN=1 writes the file anew.

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "crypto/hash.hpp"
#include "ledger/genesis.hpp"
#include "ledger/receipt.hpp"
#include "node/log/log_format.hpp"
#include "node/replica/peer_messages.hpp"
#include "tests/paths.hpp"

namespace cityledger::node::test {

/// Fills what `serialize` names with values from a seed. Each field draws from a stream of its own
/// name: two fields of one type that change places change the bytes.
class RandomFiller : public cereal::InputArchive<RandomFiller> {
public:
    explicit RandomFiller(std::uint64_t seed) : InputArchive(this), state_(seed) {}

    /// SplitMix64.
    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }
    /// Small and large ones, so that each byte of a width is used.
    std::uint64_t number() {
        const std::uint64_t value = next();
        return value >> below(64);
    }
    void fill(std::span<std::uint8_t> bytes) {
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(next());
    }
    [[nodiscard]] RandomFiller of_field(std::string_view name) {
        std::uint64_t seed = next();
        for (const char letter : name) {
            seed = (seed ^ static_cast<std::uint8_t>(letter)) * 0x100000001b3;
        }
        return RandomFiller(seed);
    }

private:
    std::uint64_t state_;
};

template <class T>
void fill_value(RandomFiller& filler, T& value, std::uint32_t max_elements) {
    constexpr std::uint32_t k_few = 3;
    if constexpr (std::is_same_v<T, bool>) {
        value = filler.below(2) == 1;
    } else if constexpr (ledger::CodecInteger<T>) {
        value = static_cast<T>(filler.number());
    } else if constexpr (std::is_enum_v<T>) {
        value = static_cast<T>(filler.below(std::size(ledger::EnumNames<T>::names)));
    } else if constexpr (ledger::CodecText<T>) {
        value.clear();
        const std::uint64_t size = filler.below(std::min(max_elements, 12U) + 1);
        for (std::uint64_t i = 0; i < size; ++i) {
            value.push_back(static_cast<typename T::value_type>('a' + filler.below(26)));
        }
    } else if constexpr (ledger::FixedBytes<T>) {
        filler.fill(value.bytes);
    } else if constexpr (ledger::k_is_list<T>) {
        value.clear();
        value.resize(filler.below(std::min(max_elements, k_few)));
        for (auto& element : value) fill_value(filler, element, ledger::k_max_elements_default);
    } else if constexpr (ledger::k_is_optional<T>) {
        value.reset();
        if (filler.below(2) == 1) fill_value(filler, value.emplace(), max_elements);
    } else {
        filler(value);
    }
}

template <class T>
void CEREAL_LOAD_FUNCTION_NAME(RandomFiller& filler, ledger::Field<T>& field) {
    RandomFiller own = filler.of_field(field.name);
    fill_value(own, field.value, field.max_elements);
}

namespace {

constexpr std::uint64_t k_encodings = 65'536;
constexpr std::uint64_t k_seed = 20'261'128;

template <class T>
std::string digest_of_encodings() {
    RandomFiller filler(k_seed);
    crypto::Hasher hasher;
    for (std::uint64_t i = 0; i < k_encodings; ++i) {
        T value{};
        fill_value(filler, value, ledger::k_max_elements_default);
        const Bytes bytes = ledger::encode(value);
        hasher.update_sized(bytes);
        if (i % 256 != 0) continue;
        const auto again = ledger::decode<T>(bytes);
        REQUIRE(again);
        CHECK(ledger::encode(*again) == bytes);
    }
    return to_hex(hasher.finish());
}

using Rows = std::map<std::string, std::string>;

/// In the order of the kinds of frames.
constexpr std::string_view k_message_names[] = {
    "ProposalMessage",    "VoteMessage",  "CertificateMessage", "BatchPush",
    "BatchAck",           "BatchRequest", "BlockRequest",       "BlockAnswer",
    "CertificateRequest", "SyncRequest",  "SyncAnswer",         "StartQuestion",
    "StartAnswer",        "Hint"};

template <std::size_t... index>
void add_messages(Rows& rows, std::index_sequence<index...>) {
    static_assert(sizeof...(index) == std::size(k_message_names), "a message has no row");
    ((rows["message " + std::string(k_message_names[index])] =
          digest_of_encodings<std::variant_alternative_t<index, PeerMessage>>()),
     ...);
}

/// Without a default: the compiler names a kind of record that has no row.
std::string digest_of_records(LogKind kind) {
    switch (kind) {
        case LogKind::segment: return digest_of_encodings<SegmentStart>();
        case LogKind::batch: return digest_of_encodings<ledger::Batch>();
        case LogKind::block: return digest_of_encodings<ledger::Block>();
        case LogKind::certificate: return digest_of_encodings<ledger::Certificate>();
        case LogKind::safety_record: return digest_of_encodings<consensus::SafetyRecord>();
        case LogKind::final_marker: return digest_of_encodings<FinalMarker>();
        case LogKind::evidence: return digest_of_encodings<EvidenceRecord>();
        case LogKind::lost_votes: return digest_of_encodings<LostVotes>();
    }
    return {};
}

Rows all_rows() {
    Rows rows;
    add_messages(rows, std::make_index_sequence<std::variant_size_v<PeerMessage>>());
    for (std::uint32_t kind = 1; kind <= k_last_log_kind; ++kind) {
        rows["record " + std::to_string(kind)] = digest_of_records(static_cast<LogKind>(kind));
    }
    rows["log LogHeader"] = digest_of_encodings<LogHeader>();
    rows["ledger Genesis"] = digest_of_encodings<ledger::Genesis>();
    rows["ledger Transaction"] = digest_of_encodings<ledger::Transaction>();
    rows["ledger Vote"] = digest_of_encodings<ledger::Vote>();
    rows["ledger ExecutedState"] = digest_of_encodings<ledger::ExecutedState>();
    rows["ledger Receipt"] = digest_of_encodings<ledger::Receipt>();
    return rows;
}

std::string as_text(const Rows& rows) {
    std::string text;
    for (const auto& [name, digest] : rows) text += name + " " + digest + "\n";
    return text;
}

}  // namespace

TEST_CASE("the bytes of every message and of every record of the log are as they were",
          "[golden]") {
    const std::string path = source_dir() + "/tests/node/golden_encodings.txt";
    const std::string text = as_text(all_rows());
    if (std::getenv("CITYLEDGER_REWRITE_GOLDEN") != nullptr) std::ofstream(path) << text;
    std::ostringstream stored;
    stored << std::ifstream(path).rdbuf();
    INFO("if the format was to change: its version in one commit with " << path);
    CHECK(text == stored.str());
}

}  // namespace cityledger::node::test
