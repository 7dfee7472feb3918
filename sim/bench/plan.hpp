#pragma once
// What a bench does: rounds, one after the other, each with a rate, a kind of operation and faults.
// From a profile that is part of the program, or from a YAML file (docs/bench.md).

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "crypto/result.hpp"
#include "sim/world/world.hpp"

namespace cityledger::bench {

/// What an operation is.
enum class Workload : std::uint8_t {
    sealed_invoice,     ///< invoice.issue with a sealed body that seller, buyer and bureau can read
    plain_invoice,      ///< invoice.issue without a body
    refused_invoice,    ///< invoice.issue above the seller's quota: the chain refuses it
    directory_request,  ///< directory.request: a department asks for another one's data
    call,               ///< any operation of any contract, as the file writes it
};

/// How the file and the reports name it.
[[nodiscard]] std::string_view workload_name(Workload workload);
inline constexpr Workload k_workloads[] = {Workload::sealed_invoice, Workload::plain_invoice,
                                           Workload::refused_invoice, Workload::directory_request};

/// An operation as a file writes it. In its texts ${n} stands for the number of the operation.
struct Call {
    std::string contract;
    std::string method;
    boost::json::object arguments;
    std::string sender;  ///< "enterprises", "departments", or a member whose key the network has
};

/// Senders of calls that the bench enrols itself.
inline constexpr std::string_view k_enterprises = "enterprises";
inline constexpr std::string_view k_departments = "departments";

struct MixPart {
    std::uint64_t weight = 1;
    Workload workload = Workload::sealed_invoice;
    Call call;  ///< of Workload::call
};

enum class RateKind : std::uint8_t {
    fixed,   ///< so many operations a second, whatever becomes of them
    linear,  ///< from one rate to another
    share,   ///< fixed, at a share of what an earlier round committed
    closed,  ///< a new one for each that ends: the latency does not show a queue
};

struct Rate {
    RateKind kind = RateKind::closed;
    std::uint64_t from_per_second = 0;  ///< operations, of fixed and linear
    std::uint64_t to_per_second = 0;    ///< of linear, at the end of the round
    std::uint64_t open = 0;             ///< operations without an end, of closed
    std::uint64_t share_per_cent = 0;   ///< of share
    std::string of_round;               ///< of share: the label of the earlier round
};

struct TimedFault {
    std::uint64_t at_ms = 0;  ///< from the start of the round, the warm-up included
    sim::FaultKind kind = sim::FaultKind::kill;  ///< kill, restart, pause or resume
    std::size_t node = 0;
};

struct Round {
    std::string label;
    std::vector<MixPart> mix = {{}};
    Rate rate;
    std::uint64_t bundle = 1;       ///< operations under one signature
    std::uint64_t senders = 7'600;  ///< keys; drawn by Zipf's law with exponent 1
    std::size_t validators = 4;     ///< a round with another number gets a new network
    std::uint64_t warm_up_ms = 2'000;
    std::uint64_t duration_ms = 10'000;  ///< after the warm-up
    std::uint64_t operations = 0;        ///< ends the round earlier; 0: the time does
    std::uint64_t state = 0;             ///< invoices that the state holds at least when it begins
    std::vector<TimedFault> faults;
};

struct Plan {
    std::string name;
    std::vector<Round> rounds;
};

inline constexpr std::string_view k_profiles[] = {"quick", "headline", "sweep"};

/// A profile of this kind of operations: sealed_invoice (the rounds for which the profile says so
/// are plain) or directory_request. Nothing if there is no such profile.
[[nodiscard]] std::optional<Plan> profile_plan(std::string_view profile, Workload workload);

/// The plan of a YAML file. Refused like a scenario: with file, line, column and what was meant.
[[nodiscard]] Result<Plan> read_plan(std::string_view text, const std::string& file);

[[nodiscard]] Result<Plan> read_plan_file(const std::string& path);

/// What the rounds take without their preparation, in milliseconds.
[[nodiscard]] std::uint64_t sending_ms(const Plan& plan);

}  // namespace cityledger::bench
