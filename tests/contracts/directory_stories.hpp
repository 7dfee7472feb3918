#pragma once
// Steps of the directory's stories: AK (social security) provides, AF (public security) asks.

#include "tests/contracts/cities.hpp"

namespace cityledger::ledger::testing {

inline directory::Metadata pension_metadata() {
    directory::Metadata metadata;
    metadata.name = "Pension records";
    metadata.resource_code = "301001/0001";
    metadata.abstract = "Monthly pension payments of retired residents";
    metadata.format = directory::DataFormat::table;
    metadata.items = {{"id_number", "text"}, {"name", "text"}, {"amount", "number"}};
    metadata.sharing = directory::Sharing::conditional;
    metadata.condition = "for the check of residence permits only";
    metadata.update_cycle = directory::UpdateCycle::monthly;
    return metadata;
}

/// Pensions, as another entry of the chain.
inline directory::Metadata metadata_with_code(const std::string& code) {
    directory::Metadata metadata = pension_metadata();
    metadata.resource_code = code;
    return metadata;
}

/// A department proposes other metadata for its locked entry.
inline Result<directory::ProposeChangeResult> propose_change(City& city, const std::string& entry,
                                                             const directory::Metadata& metadata,
                                                             const std::string& reason = "new law",
                                                             const MemberId& sender = "AK") {
    return city.run<directory::ProposeChangeResult>(
        sender, "directory", "propose_change",
        directory::ProposeChangeArguments{entry, reason, metadata});
}

inline Result<directory::ApplyChangeResult> apply_change(City& city, const std::string& entry,
                                                         const directory::Metadata& metadata,
                                                         const MemberId& sender = "AD") {
    return city.run<directory::ApplyChangeResult>(
        sender, "directory", "apply_change",
        directory::ApplyChangeArguments{entry, directory::metadata_hash(metadata)});
}

/// With columns c0 to c5, so that there are 63 different requests.
inline directory::Metadata wide_metadata() {
    directory::Metadata metadata = pension_metadata();
    metadata.items.clear();
    for (const char* name : {"c0", "c1", "c2", "c3", "c4", "c5"}) {
        metadata.items.push_back({name, "text"});
    }
    return metadata;
}

inline Result<directory::IdResult> register_directory(City& city, const MemberId& sender,
                                                      const std::string& responsibility,
                                                      const directory::Metadata& metadata) {
    return city.run<directory::IdResult>(
        sender, "directory", "register_directory",
        directory::RegisterDirectoryArguments{responsibility, metadata});
}

/// A responsibility of the department that the staffing office has approved.
inline std::string responsibility_of(City& city, const MemberId& department) {
    const auto made = city.run<directory::IdResult>(
        department, "directory", "register_responsibility",
        directory::RegisterResponsibilityArguments{"Keeps its records", "Article 1"});
    REQUIRE(made);
    REQUIRE(city.run<Nothing>("BZB", "directory", "approve_responsibility",
                              directory::ApproveResponsibilityArguments{made->id}));
    return made->id;
}

/// A locked entry of AK with these metadata; AF gets a responsibility of its own.
inline std::string locked_entry(City& city, const directory::Metadata& metadata) {
    const std::string responsibility = responsibility_of(city, "AK");
    responsibility_of(city, "AF");
    const auto entry = register_directory(city, "AK", responsibility, metadata);
    REQUIRE(entry);
    REQUIRE(city.run<directory::LockDirectoryResult>("AD", "directory", "lock_directory",
                                                     directory::LockDirectoryArguments{entry->id}));
    return entry->id;
}

inline directory::RequestArguments request_for(const std::string& entry) {
    directory::RequestArguments arguments;
    arguments.directory = entry;
    arguments.responsibility = "AF/R00001";
    arguments.purpose = "check that the applicant receives a pension";
    arguments.legal_basis = "Residence permit rules, article 8";
    arguments.columns = {"id_number", "amount"};
    return arguments;
}

/// One of the 63 different requests for an entry of wide_metadata().
inline directory::RequestArguments wide_request(const std::string& entry, unsigned number) {
    directory::RequestArguments arguments = request_for(entry);
    arguments.columns.clear();
    for (unsigned column = 0; column < 6; ++column) {
        if (((number >> column) & 1) != 0)
            arguments.columns.push_back("c" + std::to_string(column));
    }
    return arguments;
}

inline Result<directory::RequestResult> ask_for(City& city,
                                                const directory::RequestArguments& arguments,
                                                const MemberId& sender = "AF") {
    return city.run<directory::RequestResult>(sender, "directory", "request", arguments);
}

inline Result<directory::ReplyResult> approve(City& city, const std::string& request,
                                              const MemberId& sender = "AK") {
    return city.run<directory::ReplyResult>(sender, "directory", "approve",
                                            directory::ApproveArguments{request});
}

inline Result<directory::ReplyResult> refuse_request(City& city, const std::string& request,
                                                     const std::string& reason,
                                                     const MemberId& sender = "AK") {
    return city.run<directory::ReplyResult>(sender, "directory", "refuse",
                                            directory::ReasonArguments{request, reason});
}

inline Result<Nothing> revoke_grant(City& city, const std::string& request,
                                    const std::string& reason, const MemberId& sender = "AK") {
    return city.run<Nothing>(sender, "directory", "revoke",
                             directory::ReasonArguments{request, reason});
}

inline Result<Nothing> close_request(City& city, const std::string& request,
                                     const std::string& reason, const MemberId& sender) {
    return city.run<Nothing>(sender, "directory", "close_request",
                             directory::ReasonArguments{request, reason});
}

inline Result<directory::DeliverResult> deliver_rows(City& city, const std::string& request,
                                                     std::string_view batch, std::uint64_t rows,
                                                     const MemberId& sender = "AK") {
    return city.run<directory::DeliverResult>(
        sender, "directory", "deliver",
        directory::DeliverArguments{request, digest_of(batch), rows});
}

inline Result<directory::DeliverResult> deliver(City& city, const std::string& request,
                                                const MemberId& sender = "AK") {
    return deliver_rows(city, request, "rows", 120, sender);
}

/// The operator takes the department's membership away.
inline void dissolve(City& city, const MemberId& department) {
    REQUIRE(
        city.run<Nothing>("AD", "membership", "revoke", membership::MemberArguments{department}));
}

inline Result<Nothing> decide_responsibility(City& city, const std::string& operation,
                                             const std::string& id, const std::string& reason,
                                             const MemberId& sender = "BZB") {
    return city.run<Nothing>(sender, "directory", operation,
                             directory::ResponsibilityReasonArguments{id, reason});
}

inline Result<directory::AcknowledgeResult> acknowledge(City& city, const std::string& request,
                                                        std::uint32_t sequence,
                                                        std::string_view rows,
                                                        const MemberId& sender = "AF") {
    return city.run<directory::AcknowledgeResult>(
        sender, "directory", "acknowledge",
        directory::AcknowledgeArguments{request, sequence, digest_of(rows)});
}

inline Result<directory::MarkOverdueResult> mark_overdue(City& city, std::uint32_t limit) {
    return city.run<directory::MarkOverdueResult>("AD", "directory", "mark_overdue",
                                                  directory::MarkOverdueArguments{limit});
}

inline directory::Request read_request(City& city, const std::string& id) {
    const auto record =
        city.ask<directory::Request>("directory", "request", directory::IdArguments{id});
    REQUIRE(record);
    return *record;
}

inline void close_days(City& city, int count) {
    for (int i = 0; i < count; ++i) close_day(city, "AD", "JCJ");
}

}  // namespace cityledger::ledger::testing
