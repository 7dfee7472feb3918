#include "sim/bench/population.hpp"

#include <algorithm>

#include "crypto/check.hpp"
#include "crypto/hash.hpp"
#include "ledger/contracts/directory/directory.hpp"
#include "ledger/contracts/invoice/records.hpp"
#include "ledger/contracts/membership/membership.hpp"
#include "sim/bench/bench_codes.hpp"
#include "sim/cities/generators_sectors.hpp"
#include "sim/scenario/actors.hpp"

namespace cityledger::bench {
namespace {

namespace directory = ledger::directory;
namespace invoice = ledger::invoice;
namespace membership = ledger::membership;

constexpr std::size_t k_enrolled_at_once = 500;
constexpr std::uint64_t k_setup_timeout_ms = 60'000;
constexpr std::size_t k_max_departments = 53;
constexpr invoice::Quota k_quota = {100'000'00, 10'000'000, 1'000'000'000'000'00};
constexpr std::string_view k_bureau = "TAXBUREAU";
constexpr std::string_view k_operator = "OPERATOR";
constexpr char k_hex_digits[] = "0123456789ABCDEF";

template <class Arguments>
ledger::Operation operation(std::string contract, std::string method, const Arguments& arguments) {
    return {std::move(contract), std::move(method), ledger::encode(arguments)};
}

/// Signs and submits; refused if any operation was.
Result<api::ReceiptView> act(sim::World& world, const ledger::MemberId& id,
                             const crypto::PrivateKey& key,
                             std::vector<ledger::Operation> operations) {
    const auto expiry = world.expiry_height();
    if (!expiry) return propagate(expiry);
    ledger::TransactionBody body{world.chain_id(), id,      key.public_key().bytes(),
                                 world.nonce(),    *expiry, std::move(operations)};
    auto receipt = world.submit(ledger::sign_transaction(std::move(body), key), k_setup_timeout_ms);
    if (!receipt) return propagate(receipt);
    std::string refused = receipt->code == 0 ? "" : receipt->code_name;
    for (const api::OperationView& done : receipt->operations) {
        if (done.code != 0) refused = done.contract + "." + done.method + ": " + done.code_name;
    }
    if (!refused.empty()) return refuse(codes::bench_setup_refused, id + ": " + refused);
    return receipt;
}

/// The id that the last operation of a receipt gave.
std::string given_id(const api::ReceiptView& receipt) {
    const auto given = ledger::decode<directory::IdResult>(receipt.operations.back().result);
    CHECK_INVARIANT(given.has_value());
    return given->id;
}

std::string hex_of(ByteView bytes) {
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += k_hex_digits[byte >> 4];
        text += k_hex_digits[byte & 0xf];
    }
    return text;
}

/// A key of the kind that this chain accepts.
crypto::PrivateKey new_key(crypto::SignatureSuite suite, const ledger::MemberId& member) {
    if (suite != crypto::SignatureSuite::simulation) return crypto::PrivateKey::generate();
    crypto::Hasher hasher;
    return crypto::PrivateKey::for_simulation(hasher.update_sized(as_bytes(member)).finish());
}

/// A registration tag of an enterprise that no register knows.
ledger::MemberId tag_of(const std::string& run, std::size_t number) {
    std::string text = hex_of(
        std::array{static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
                   static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)});
    return "E-" + run + text;
}

/// A made-up code: three digits for the run, four for the enterprise, of the 31 that codes have.
ledger::MemberId code_of(const std::string& run, std::size_t number) {
    constexpr std::string_view k_digits = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    std::string organisation = "Y";
    const auto append = [&](std::size_t value, int digits) {
        for (; digits > 0; --digits, value /= k_digits.size()) {
            organisation += k_digits[value % k_digits.size()];
        }
    };
    append(std::stoul(run, nullptr, 16), 3);
    append(number, 4);
    return sim::uscc_in_shenzhen(organisation);
}

/// Two capital letters, "BA" for the first.
ledger::MemberId department_id(std::size_t number) {
    constexpr std::size_t k_letters = 26;
    return {static_cast<char>('B' + number / k_letters),
            static_cast<char>('A' + number % k_letters)};
}

directory::Metadata metadata_of(const ledger::MemberId& department, std::size_t number) {
    directory::Metadata metadata;
    metadata.name = "Register of " + department;
    metadata.resource_code = "307001/" + std::to_string(number);
    metadata.abstract = "A register that every department may ask for";
    metadata.items = {{"name", "text"}, {"number", "text"}, {"since", "date"}};
    metadata.sharing = directory::Sharing::unconditional;
    return metadata;
}

}  // namespace

ZipfDraw::ZipfDraw(std::size_t ranks) {
    double sum = 0;
    for (std::size_t rank = 0; rank < ranks; ++rank) sum += 1.0 / static_cast<double>(rank + 1);
    double below = 0;
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        below += 1.0 / static_cast<double>(rank + 1);
        upper_.push_back(static_cast<std::uint64_t>(below / sum * 4'294'967'296.0));
    }
}

std::size_t ZipfDraw::draw(sim::SimulatedRandom& dice) const {
    const std::uint64_t drawn = dice.below(std::uint64_t{1} << 32);
    const auto found = std::upper_bound(upper_.begin(), upper_.end(), drawn);
    return std::min<std::size_t>(static_cast<std::size_t>(found - upper_.begin()),
                                 upper_.size() - 1);
}

std::size_t Enterprises::sector_of(std::size_t enterprise) {
    return enterprise % sim::k_sectors.size();
}

Enterprises make_enterprises(std::size_t count, const ledger::Nonce& run,
                             const crypto::PublicKey& tax_bureau, bool tagged) {
    constexpr std::size_t k_run_bytes = 4;
    Enterprises enterprises;
    enterprises.tax_bureau = tax_bureau.bytes();
    enterprises.run = hex_of(ByteView(run.bytes).first(k_run_bytes));
    if (tagged) enterprises.payments = crypto::SecretKey::generate();
    for (std::size_t i = 0; i < count; ++i) {
        const ledger::MemberId id =
            tagged ? tag_of(enterprises.run, i) : code_of(enterprises.run, i);
        enterprises.members.push_back({id, new_key(tax_bureau.suite(), id)});
    }
    return enterprises;
}

std::vector<ledger::Operation> admissions(const Enterprises& enterprises, std::size_t from,
                                          std::size_t to) {
    std::vector<ledger::Operation> operations;
    for (std::size_t i = from; i < to; ++i) {
        const Member& member = enterprises.members[i];
        const sim::Sector& sector = sim::k_sectors[Enterprises::sector_of(i)];
        operations.push_back(
            operation("membership", "enrol",
                      membership::EnrolArguments{member.id,
                                                 member.id,
                                                 membership::MemberKind::enterprise,
                                                 {membership::Role::enterprise},
                                                 member.key.public_key().bytes()}));
        operations.push_back(operation(
            "invoice", "admit",
            invoice::AdmitArguments{member.id, {std::string(sector.name)}, k_quota, std::nullopt}));
    }
    return operations;
}

Result<Enterprises> enrol_enterprises(sim::World& world, std::size_t count,
                                      const Progress& progress) {
    const ledger::MemberId bureau(k_bureau);
    const auto bureau_key = world.key_of(bureau);
    if (!bureau_key) return propagate(bureau_key);
    const auto today = world.query("calendar", "today", boost::json::object{}, std::nullopt, {});
    if (!today) return propagate(today);
    const auto rules = world.query("invoice", "rules", boost::json::object{}, std::nullopt, {});
    if (!rules) return propagate(rules);
    const bool tagged = rules->get_object().at("tags_only").as_bool();
    Enterprises enterprises =
        make_enterprises(count, world.nonce(), (*bureau_key)->public_key(), tagged);
    enterprises.today = today->get_object().at("date").as_string();
    for (std::size_t from = 0; from < count; from += k_enrolled_at_once) {
        const std::size_t to = std::min(from + k_enrolled_at_once, count);
        const auto done = act(world, bureau, **bureau_key, admissions(enterprises, from, to));
        if (!done) return propagate(done);
        progress(to, count);
    }
    return enterprises;
}

Result<Departments> enrol_departments(sim::World& world, std::size_t count,
                                      const Progress& progress) {
    const ledger::MemberId chief(k_operator);
    const auto chief_key = world.key_of(chief);
    if (!chief_key) return propagate(chief_key);
    Departments departments;
    for (std::size_t i = 0; i < std::min(count, k_max_departments); ++i) {
        const ledger::MemberId id = department_id(i);
        Member member{id, new_key((*chief_key)->public_key().suite(), id)};
        const auto enrolled =
            act(world, chief, **chief_key,
                {operation("membership", "enrol",
                           membership::EnrolArguments{id,
                                                      "Department " + id,
                                                      membership::MemberKind::department,
                                                      {membership::Role::department},
                                                      member.key.public_key().bytes()})});
        if (!enrolled) return propagate(enrolled);
        const auto registered =
            act(world, id, member.key,
                {operation("directory", "register_responsibility",
                           directory::RegisterResponsibilityArguments{"Keeps the register of " + id,
                                                                      "Order 37 of 2017"})});
        if (!registered) return propagate(registered);
        departments.responsibilities.push_back(given_id(*registered));
        const auto approved = act(world, chief, **chief_key,
                                  {operation("directory", "approve_responsibility",
                                             directory::ApproveResponsibilityArguments{
                                                 departments.responsibilities.back()})});
        if (!approved) return propagate(approved);
        const auto entered =
            act(world, id, member.key,
                {operation("directory", "register_directory",
                           directory::RegisterDirectoryArguments{
                               departments.responsibilities.back(), metadata_of(id, i + 1)})});
        if (!entered) return propagate(entered);
        departments.entries.push_back(given_id(*entered));
        const auto locked =
            act(world, chief, **chief_key,
                {operation("directory", "lock_directory",
                           directory::LockDirectoryArguments{departments.entries.back()})});
        if (!locked) return propagate(locked);
        departments.members.push_back(std::move(member));
        progress(i + 1, count);
    }
    return departments;
}

}  // namespace cityledger::bench
