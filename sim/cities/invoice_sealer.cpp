#include "sim/cities/invoice_sealer.hpp"

#include <algorithm>

#include "crypto/hash.hpp"
#include "ledger/codec/json.hpp"
#include "ledger/contracts/invoice/body.hpp"
#include "sim/scenario/identities.hpp"

namespace cityledger::sim {

namespace {

namespace json = boost::json;
namespace invoice = ledger::invoice;

constexpr std::string_view k_secret_tag = "cityledger.scenario.sealing-secret.v1";
constexpr std::string_view k_pair_context = "cityledger.invoice.body.v1";

/// Of a network that stays no secret may follow from the seed alone, which is printed.
crypto::SecretKey sealing_secret(const Scenario& scenario, const ledger::MemberId& actor) {
    crypto::Hasher hasher;
    hasher.update_sized(as_bytes(k_secret_tag));
    hasher.update_u64(scenario.seed);
    if (scenario.secrets) hasher.update_sized(scenario.secrets->secret().view());
    hasher.update_sized(as_bytes(actor));
    return crypto::SecretKey(hasher.finish().bytes);
}

/// A text, or nothing: the contract says what is wrong with other types.
std::string text_in(const json::object& arguments, std::string_view key) {
    const json::value* value = arguments.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

/// The lines, in their words; what stays is the category between the stars.
void move_lines(json::object& arguments, std::vector<invoice::BodyField>& fields) {
    json::value* lines = arguments.if_contains("lines");
    if (lines == nullptr || !lines->is_array()) return;
    std::size_t number = 0;
    for (json::value& line : lines->get_array()) {
        if (!line.is_object()) continue;
        fields.push_back({"line " + std::to_string(++number), ledger::compact_json(line)});
        json::object& shown = line.get_object();
        const std::string name = text_in(shown, "name");
        const std::size_t star = name.find('*', 1);
        if (star != std::string::npos) shown["name"] = name.substr(0, star + 1);
        shown.erase("quantity");
    }
}

}  // namespace

const crypto::SecretKey* InvoiceSealer::pairwise(const ledger::MemberId& sender,
                                                 const ledger::MemberId& reader) {
    const auto known = pairs_.find({sender, reader});
    if (known != pairs_.end()) return &known->second;
    const auto own = world_.key_of(sender);
    const auto other = world_.key_of(reader);
    if (!own || !other) return nullptr;
    const auto key = crypto::pairwise_key(**own, (*other)->public_key(), as_bytes(k_pair_context));
    if (!key) return nullptr;
    return &pairs_.emplace(std::pair(sender, reader), *key).first->second;
}

void InvoiceSealer::hide_payment(json::object& arguments) const {
    sim::hide_payment(scenario_.secrets, arguments);
}

Status InvoiceSealer::seal(const Actor& sender, json::object& arguments) {
    const std::string principal = text_in(arguments, "principal");
    const ledger::MemberId seller = principal.empty() ? sender.id : principal;
    const std::string buyer = text_in(arguments, "buyer");
    std::vector<invoice::BodyField> fields = {
        {"seller", identity_of(scenario_, seller)},
        {"buyer", buyer.empty() ? "" : identity_of(scenario_, buyer)},
        {"category", text_in(arguments, "category")},
        {"payment_reference", text_in(arguments, "payment_reference")}};
    for (const std::string_view total : {"total_fen", "tax_fen"}) {
        const json::value* value = arguments.if_contains(total);
        if (value == nullptr) continue;
        fields.push_back({std::string(total), ledger::compact_json(*value)});
    }
    move_lines(arguments, fields);
    hide_payment(arguments);
    std::vector<ledger::MemberId> ids = {sender.id, seller, buyer};
    for (const Actor& actor : scenario_.actors) {
        const auto& roles = actor.roles;
        const bool reads = std::find(roles.begin(), roles.end(), "tax_bureau") != roles.end();
        if (reads) ids.push_back(actor.id);
    }
    std::vector<invoice::BodyReader> readers;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (ids[i].empty() || std::find(ids.begin(), ids.begin() + i, ids[i]) != ids.begin() + i) {
            continue;
        }
        const crypto::SecretKey* key = pairwise(sender.id, ids[i]);
        if (key != nullptr) readers.push_back({ids[i], *key});
    }
    const auto sealed =
        invoice::seal_body(sealing_secret(scenario_, sender.id),
                           {seller, text_in(arguments, "payment_reference")}, fields, readers);
    if (!sealed) return propagate(sealed);
    arguments["content_digest"] = to_hex(sealed->content_digest);
    arguments["sealed_body"] = to_hex(sealed->bytes);
    return {};
}

}  // namespace cityledger::sim
