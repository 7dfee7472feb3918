#include "sim/bench/operation_maker.hpp"

#include "crypto/check.hpp"
#include "ledger/codec/json.hpp"
#include "ledger/contracts/contracts.hpp"
#include "ledger/contracts/directory/directory.hpp"
#include "ledger/contracts/invoice/body.hpp"
#include "ledger/contracts/values/registration_tag.hpp"
#include "sim/cities/generators_sectors.hpp"

namespace cityledger::bench {
namespace {

namespace invoice = ledger::invoice;

constexpr std::string_view k_pair_context = "cityledger.invoice.body.v1";
constexpr std::size_t k_lines = 3;
constexpr std::size_t k_regular_buyers = 2;  ///< of each seller
/// A line of this size is above every quota that the bench sets.
constexpr std::int64_t k_above_quota = 100'000;

/// What a buyer reads on the invoice; on the chain stands the category alone.
constexpr std::string_view k_goods[] = {"parking, by the hour", "dishes of the day",
                                        "household goods", "ride within the city"};

std::vector<invoice::BodyField> body_fields(const ledger::MemberId& seller,
                                            const ledger::MemberId& buyer,
                                            const invoice::IssueArguments& arguments,
                                            const std::string& payment) {
    std::vector<invoice::BodyField> fields = {
        {"seller", "Enterprise " + seller + ", 1 Shennan Road, Futian, Shenzhen"},
        {"buyer", "Enterprise " + buyer + ", 9 Keji Road, Nanshan, Shenzhen"},
        {"category", arguments.category},
        {"payment_reference", payment},
        {"total_fen", std::to_string(arguments.total_fen)},
        {"tax_fen", std::to_string(arguments.tax_fen)}};
    for (std::size_t i = 0; i < arguments.lines.size(); ++i) {
        const invoice::Line& line = arguments.lines[i];
        fields.push_back({"line " + std::to_string(i + 1),
                          line.name + std::string(k_goods[i % std::size(k_goods)]) + "; 1; " +
                              std::to_string(line.amount_fen) + "; " +
                              std::to_string(line.rate_basis_points) + "; " +
                              std::to_string(line.tax_fen)});
    }
    return fields;
}

/// The value with the number in the place of every ${n} of its texts.
boost::json::value with_number(const boost::json::value& value, const std::string& number) {
    if (value.is_string()) {
        constexpr std::string_view k_place = "${n}";
        std::string text(value.get_string());
        for (std::size_t at = text.find(k_place); at != std::string::npos;
             at = text.find(k_place, at + number.size())) {
            text.replace(at, k_place.size(), number);
        }
        return boost::json::value(text);
    }
    if (value.is_array()) {
        boost::json::array list;
        for (const auto& item : value.get_array()) list.push_back(with_number(item, number));
        return list;
    }
    if (!value.is_object()) return value;
    boost::json::object object;
    for (const auto& [key, item] : value.get_object()) object[key] = with_number(item, number);
    return object;
}

}  // namespace

const std::vector<Member>& Population::senders(const MixPart& part) const {
    if (part.workload == Workload::directory_request) return departments.members;
    if (part.workload != Workload::call) return enterprises.members;
    if (part.call.sender == k_enterprises) return enterprises.members;
    if (part.call.sender == k_departments) return departments.members;
    return others.at(part.call.sender);
}

Result<ledger::Operation> operation_of(const Call& call, std::uint64_t number) {
    const auto method = ledger::city_contracts().operation(call.contract, call.method);
    if (!method) return propagate(method);
    const auto arguments =
        (*method)->arguments_from_json(with_number(call.arguments, std::to_string(number)));
    if (!arguments) return propagate(arguments);
    return ledger::Operation{call.contract, call.method, *arguments};
}

const crypto::SecretKey& OperationMaker::pairwise(std::size_t seller, const std::string& id,
                                                  const crypto::PublicKey& reader) {
    const auto known = pairs_.find({seller, id});
    if (known != pairs_.end()) return known->second;
    const Member& member = population_.enterprises.members[seller];
    const auto key = crypto::pairwise_key(member.key, reader, as_bytes(k_pair_context));
    CHECK_INVARIANT(key.has_value());  // all keys of a bench are of one suite
    return pairs_.emplace(std::pair(seller, id), *key).first->second;
}

ledger::Operation OperationMaker::make(const MixPart& part, std::size_t sender,
                                       std::uint64_t number, sim::SimulatedRandom& dice) {
    switch (part.workload) {
        case Workload::sealed_invoice: return make_invoice(sender, number, true, 1, dice);
        case Workload::plain_invoice: return make_invoice(sender, number, false, 1, dice);
        case Workload::refused_invoice:
            return make_invoice(sender, number, true, k_above_quota, dice);
        case Workload::directory_request: return make_request(sender, number);
        case Workload::call: {
            auto operation = operation_of(part.call, number);
            CHECK_INVARIANT(operation.has_value());  // the reader of the plan has tried it
            return *std::move(operation);
        }
    }
    CHECK_INVARIANT(false);
}

ledger::Operation OperationMaker::make_invoice(std::size_t seller, std::uint64_t number,
                                               bool sealed, std::int64_t factor,
                                               sim::SimulatedRandom& dice) {
    const auto& members = population_.enterprises.members;
    const sim::Sector& sector = sim::k_sectors[Enterprises::sector_of(seller)];
    const std::size_t buyer = (seller + 1 + dice.below(k_regular_buyers)) % members.size();
    invoice::IssueArguments arguments;
    arguments.buyer = members[buyer].id;
    arguments.category = std::string(sector.name);
    for (std::size_t i = 0; i < k_lines; ++i) {
        invoice::Line line;
        line.name = "*" + arguments.category + "*";
        line.amount_fen = sim::draw_amount(sector, dice) * factor;
        line.rate_basis_points = sector.rate_on(population_.enterprises.today);
        line.tax_fen = sim::tax_of(line.amount_fen, line.rate_basis_points);
        arguments.tax_fen += line.tax_fen;
        arguments.total_fen += line.amount_fen + line.tax_fen;
        arguments.lines.push_back(std::move(line));
    }
    const std::string payment = "PAY-" + population_.enterprises.run + "-" + std::to_string(number);
    const auto& platform = population_.enterprises.payments;
    arguments.payment_reference =
        platform ? ledger::payment_commitment(*platform, payment) : payment;
    if (!sealed) {
        arguments.content_digest = dice.digest();
        return {"invoice", "issue", ledger::encode(arguments)};
    }
    if (!tax_bureau_) {
        const auto decoded = crypto::PublicKey::decode(population_.enterprises.tax_bureau);
        CHECK_INVARIANT(decoded.has_value());
        tax_bureau_ = *decoded;
    }
    const auto secret = secrets_.find(seller) != secrets_.end()
                            ? secrets_.find(seller)
                            : secrets_.emplace(seller, crypto::SecretKey::generate()).first;
    const ledger::MemberId& id = members[seller].id;
    const auto body = invoice::seal_body(
        secret->second, {id, arguments.payment_reference},
        body_fields(id, arguments.buyer, arguments, payment),
        {{id, pairwise(seller, id, members[seller].key.public_key())},
         {arguments.buyer, pairwise(seller, arguments.buyer, members[buyer].key.public_key())},
         {"TAXBUREAU", pairwise(seller, "TAXBUREAU", *tax_bureau_)}});
    CHECK_INVARIANT(body.has_value());  // its fields are the bench's own
    arguments.content_digest = body->content_digest;
    arguments.sealed_body = body->bytes;
    return {"invoice", "issue", ledger::encode(arguments)};
}

ledger::Operation OperationMaker::make_request(std::size_t department, std::uint64_t number) {
    const Departments& all = population_.departments;
    const std::size_t provider =
        (department + 1 + number % (all.members.size() - 1)) % all.members.size();
    return {"directory", "request",
            ledger::encode(ledger::directory::RequestArguments{
                all.entries[provider],
                all.responsibilities[department],
                "Checks an application, number " + std::to_string(number),
                "Order 37 of 2017",
                {"name", "number"},
                std::nullopt,
                std::nullopt})};
}

}  // namespace cityledger::bench
