#include "sim/cli/network_register.hpp"

#include "ledger/contracts/invoice/rules.hpp"
#include "ledger/contracts/values/uscc.hpp"
#include "node/io/config_files.hpp"

namespace cityledger::sim {
namespace {

namespace json = boost::json;

constexpr std::string_view k_id_fields[] = {"id", "enterprise", "buyer",    "seller", "holder",
                                            "to", "principal",  "provider", "reader", "bank"};

/// As the invoice contract reads its section.
bool is_closed(const json::value& business) {
    if (!business.is_object()) return false;
    const json::value* section = business.get_object().if_contains("invoice");
    if (section == nullptr) return true;
    const auto read = ledger::from_json<ledger::invoice::GenesisSection>(*section);
    return read && read->tags_only.value_or(ledger::invoice::Rules{}.tags_only);
}

}  // namespace

Result<std::optional<Register>> register_of(const NetworkFolder& folder) {
    const auto text = io::read_text_file(folder.genesis());
    if (!text) return propagate(text);
    const auto genesis = ledger::genesis_from_text(*text);
    if (!genesis) return propagate(genesis);
    const auto business = ledger::parse_json(genesis->business);
    if (!business) return propagate(business);
    if (!is_closed(*business)) return std::optional<Register>();
    const auto secret = read_register_key(folder.register_key());
    if (!secret) return propagate(secret);
    return Register(*secret);
}

std::string hidden_id(const std::optional<Register>& secrets, const std::string& id) {
    if (!secrets) return id;
    if (ledger::check_uscc(id)) return secrets->tag_of("enterprise", id);
    const bool is_open_person = id.starts_with("P-") && !ledger::is_person_tag(id);
    return is_open_person ? secrets->tag_of("person", id) : id;
}

void hide_ids(const std::optional<Register>& secrets, json::object& arguments) {
    if (!secrets) return;
    for (const std::string_view field : k_id_fields) {
        json::value* id = arguments.if_contains(field);
        if (id != nullptr && id->is_string()) {
            *id = hidden_id(secrets, std::string(id->get_string()));
        }
    }
    const json::value* id = arguments.if_contains("id");
    if (id == nullptr || !id->is_string() || !arguments.contains("name")) return;
    const std::string tag(id->get_string());
    if (ledger::is_registration_tag(tag) || ledger::is_person_tag(tag)) arguments["name"] = tag;
}

}  // namespace cityledger::sim
