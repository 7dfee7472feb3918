#pragma once
// Directory: changes of locked entries. The department proposes one with a reason, an operator
// applies it; the old form is kept, and whoever holds a live grant is alerted. See directory.hpp.

#include <optional>
#include <string>
#include <vector>

#include "ledger/contracts/directory/entries.hpp"

namespace cityledger::ledger::directory {

/// An operation emits one event of its own, and at most 16.
inline constexpr std::uint32_t k_max_alerts_per_operation = 14;

/// Operation `propose_change`, by the department of a locked entry. A new proposal takes the place
/// of the one before. In JSON the metadata's fields stand beside `directory` and `reason`.
struct ProposeChangeArguments {
    std::string directory;
    std::string reason;
    Metadata metadata;  ///< all of it; the resource code stays

    bool operator==(const ProposeChangeArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("directory", directory),
                limited<k_max_long_text_bytes>("reason", reason));
        metadata.serialize(archive);
    }
};

struct ProposeChangeResult {
    Digest metadata_hash;

    bool operator==(const ProposeChangeResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("metadata_hash", metadata_hash));
    }
};

/// Operation `apply_change`, by an operator, of what it has seen; for an entry of an operator also
/// by a staffing office or an auditor. Never by the entry's department.
struct ApplyChangeArguments {
    std::string directory;
    Digest metadata_hash;

    bool operator==(const ApplyChangeArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("directory", directory),
                field("metadata_hash", metadata_hash));
    }
};

struct ApplyChangeResult {
    std::uint32_t version = 0;
    std::uint32_t alerted = 0;  ///< holders of live grants, at most k_max_alerts_per_operation
    bool more = false;          ///< others wait for `tell_change`, or for their next delivery

    bool operator==(const ApplyChangeResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("version", version), field("alerted", alerted), field("more", more));
    }
};

/// Operations `withdraw_change`, by the department, and `tell_change`, by any member: alerts the
/// next holders. Who is not told yet is told at the latest with the next delivery.
struct ChangeArguments {
    std::string directory;

    bool operator==(const ChangeArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("directory", directory));
    }
};

struct TellChangeResult {
    std::uint32_t alerted = 0;
    bool more = false;

    bool operator==(const TellChangeResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("alerted", alerted), field("more", more));
    }
};

/// Record of a proposal that waits, and result of the query `proposed_change`.
struct ProposedChange {
    std::string directory;
    std::string reason;
    std::string proposed_on;
    Digest metadata_hash;
    Metadata metadata;

    bool operator==(const ProposedChange&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("directory", directory),
                limited<k_max_long_text_bytes>("reason", reason),
                limited<k_date_bytes>("proposed_on", proposed_on),
                field("metadata_hash", metadata_hash));
        metadata.serialize(archive);
    }
};

/// Record of a form that an entry had, and result of the query `version`.
struct Version {
    std::string directory;
    std::uint32_t number = 0;  ///< 1 is what was locked first
    std::string since;         ///< the day on which it came into force
    std::string reason;        ///< why it was made; empty for the first
    Digest metadata_hash;
    Metadata metadata;

    bool operator==(const Version&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("directory", directory), field("number", number),
                limited<k_date_bytes>("since", since),
                limited<k_max_long_text_bytes>("reason", reason),
                field("metadata_hash", metadata_hash));
        metadata.serialize(archive);
    }
};

/// Query `version`: a form that the entry had or has.
struct VersionArguments {
    std::string directory;
    std::uint32_t number = 0;

    bool operator==(const VersionArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("directory", directory), field("number", number));
    }
};

/// Query `versions`: forms that an entry had before, with numbers above `after`.
struct VersionsArguments {
    std::string directory;
    std::optional<std::uint32_t> after;
    std::optional<std::uint32_t> limit;

    bool operator==(const VersionsArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("directory", directory), field("after", after),
                field("limit", limit));
    }
};

struct VersionSummary {
    std::uint32_t number = 0;
    std::string since;
    std::string reason;
    Digest metadata_hash;

    bool operator==(const VersionSummary&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("number", number), limited<k_date_bytes>("since", since),
                limited<k_max_long_text_bytes>("reason", reason),
                field("metadata_hash", metadata_hash));
    }
};

struct VersionsResult {
    std::vector<VersionSummary> versions;
    std::optional<std::uint32_t> next;

    bool operator==(const VersionsResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("versions", versions), field("next", next));
    }
};

}  // namespace cityledger::ledger::directory
