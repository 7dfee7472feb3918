// Who trades with whom: a dictionary of all codes, names, persons and payments of a day in
// Shenzhen, tried in clear, through every public hash and by the printed seed, finds nothing on any
// disk, in any state or receipt.

#include <catch2/catch.hpp>
#include <map>
#include <regex>
#include <set>

#include "crypto/hash.hpp"
#include "ledger/contracts/contracts.hpp"
#include "ledger/contracts/invoice/invoice_codes.hpp"
#include "sim/runner/runner.hpp"
#include "sim/scenario/identities.hpp"
#include "sim/scenario/text_file.hpp"
#include "sim/simulator/virtual_world.hpp"
#include "sim/world/signing.hpp"
#include "tests/paths.hpp"
#include "tests/tidy/source_tree.hpp"

namespace cityledger::sim {
namespace {

/// The tags that stand in the sources, and so are known to everybody.
std::set<std::string> public_tags() {
    static const std::regex literal(R"(\"(cityledger[./][a-z0-9./-]+)\")");
    std::set<std::string> tags;
    for (const tidy::SourceFile& file : tidy::production_sources()) {
        auto begin = std::sregex_iterator(file.text.begin(), file.text.end(), literal);
        for (auto it = begin; it != std::sregex_iterator(); ++it) tags.insert((*it)[1]);
    }
    return tags;
}

std::string text_of(const std::string& name) {
    return read_scenario_text(std::string(source_dir()) + "/scenarios/" + name + ".yaml").value();
}

/// As on a network that stays: its secret follows from nothing that anybody knows.
Scenario kept_scenario(const std::string& name) {
    auto scenario = check_scenario(text_of(name), name, city_vocabulary(), {},
                                   Register(crypto::sha256(as_bytes("of this network alone"))));
    REQUIRE(scenario);
    return *std::move(scenario);
}

/// The open payment references of a scenario, written or generated.
std::set<std::string> payments_of(const std::string& text) {
    static const std::regex written(R"(payment_reference: ([A-Z0-9-]+))");
    std::set<std::string> payments;
    for (auto it = std::sregex_iterator(text.begin(), text.end(), written);
         it != std::sregex_iterator(); ++it) {
        payments.insert((*it)[1]);
    }
    for (int i = 1; i <= 300; ++i) payments.insert("PAY-" + std::to_string(i));
    return payments;
}

/// What somebody tries who knows all that is public: the texts, their hashes, as bytes and as hex,
/// and what the seed's register would have made of them.
std::set<std::string> dictionary(const Scenario& scenario, const std::set<std::string>& payments) {
    const auto tags = public_tags();
    REQUIRE(tags.size() > 10);
    std::set<std::string> words;
    const auto add_digest = [&words](const Digest& digest) {
        words.insert(std::string(as_text(digest.view()).substr(0, 16)));
        words.insert(to_hex(digest).substr(0, 16));
    };
    const Register guessed = register_of_seed(scenario.seed);
    std::set<std::string> texts = payments;
    for (const std::string& payment : payments) {
        words.insert(guessed.commitment_to(payment).substr(0, 16));
    }
    for (const Actor& actor : scenario.actors) {
        if (actor.registered_id.empty()) continue;
        texts.insert({actor.registered_name, actor.registered_id});
        words.insert(guessed.tag_of(actor.kind, actor.registered_id));
    }
    for (const std::string& text : texts) {
        words.insert(text);
        add_digest(crypto::sha256(as_bytes(text)));
        for (const std::string& tag : tags) add_digest(crypto::tagged_hash(tag, as_bytes(text)));
    }
    return words;
}

/// The text searched for every word at once: each word's first 8 bytes are looked up.
std::size_t hits(std::string_view text, const std::map<std::string, std::set<std::string>>& index) {
    std::size_t found = 0;
    for (std::size_t i = 0; i + 8 <= text.size(); ++i) {
        const auto candidates = index.find(std::string(text.substr(i, 8)));
        if (candidates == index.end()) continue;
        for (const std::string& word : candidates->second) {
            if (text.substr(i).starts_with(word)) ++found;
        }
    }
    return found;
}

std::map<std::string, std::set<std::string>> indexed(const std::set<std::string>& words) {
    std::map<std::string, std::set<std::string>> index;
    for (const std::string& word : words) {
        if (word.size() >= 8) index[word.substr(0, 8)].insert(word);
    }
    return index;
}

/// All that a node keeps: its disk, and the three spaces of its state.
std::vector<std::string> kept_by(VirtualCluster& cluster, std::size_t node) {
    std::vector<std::string> texts;
    for (const auto& [path, file] : cluster.disk(node).durable_files()) {
        const Bytes bytes = file.read(0, static_cast<std::size_t>(file.size()));
        texts.emplace_back(as_text(bytes));
    }
    for (const auto space :
         {ledger::Space::system, ledger::Space::business, ledger::Space::derived}) {
        std::string all;
        cluster.store(node).scan(space, "", "", [&all](std::string_view key, ByteView value) {
            all += std::string(key) + "\n" + std::string(as_text(value)) + "\n";
            return true;
        });
        texts.push_back(std::move(all));
    }
    return texts;
}

std::size_t hits_on_node(VirtualWorld& world, const std::set<std::string>& words) {
    const auto index = indexed(words);
    std::size_t found = 0;
    for (const std::string& text : kept_by(world.cluster(), 0)) found += hits(text, index);
    return found;
}

TEST_CASE("a dictionary of all that is public finds nothing on a node", "[privacy]") {
    const Scenario scenario = kept_scenario("shenzhen-einvoice");
    VirtualWorld world(make_plan(scenario), {});
    const Report report = run(scenario, world);
    INFO(report_text(report));
    REQUIRE(report.exit_code() == 0);
    const auto words = dictionary(scenario, payments_of(text_of("shenzhen-einvoice")));
    CHECK(words.contains("TABLE-12"));
    CHECK(words.size() > 1'000);
    CHECK(hits_on_node(world, words) == 0);
    std::size_t searched = 0;
    bool tags_are_there = false;
    for (const std::string& text : kept_by(world.cluster(), 0)) {
        searched += text.size();
        if (text.find("E-") != std::string::npos) tags_are_there = true;
    }
    CHECK(searched > 100'000);
    CHECK(tags_are_there);
}

TEST_CASE("the register of a seed is no secret: the same dictionary opens its tags", "[privacy]") {
    const std::string text = text_of("double-booking");
    const auto scenario = read_scenario(text, "double-booking");
    REQUIRE(scenario);
    VirtualWorld world(make_plan(*scenario), {});
    REQUIRE(run(*scenario, world).exit_code() == 0);
    CHECK(hits_on_node(world, dictionary(*scenario, payments_of(text))) > 10);
}

/// One operation that a member of the scenario sends as it is, by its name in the scenario.
std::string sent(VirtualWorld& world, const Scenario& scenario, const std::string& sender,
                 const std::string& contract, const std::string& name,
                 const boost::json::object& arguments) {
    const auto method = ledger::city_contracts().operation(contract, name);
    REQUIRE(method);
    const auto bytes = (*method)->arguments_from_json(arguments);
    REQUIRE(bytes);
    const auto transaction =
        signed_transaction(world, scenario.find_actor(sender)->id, {{contract, name, *bytes}});
    REQUIRE(transaction);
    const auto receipt = world.submit(*transaction, 10'000);
    return receipt ? "ordered" : std::string(receipt.error().code.name);
}

TEST_CASE("codes, names, payments and words in the open reach no log", "[privacy]") {
    const Scenario scenario = kept_scenario("double-booking");
    VirtualWorld world(make_plan(scenario), {});
    REQUIRE(run(scenario, world).exit_code() == 0);
    const std::string code = "91440300YY1000046X";
    const std::string name = "国贸旋转餐厅";
    const std::string number = "P-440301199001011234";
    const std::string payment = "WX-20180810-4711";
    const std::string tag = scenario.find_actor("employer")->id;
    const auto refused_with = [&](const std::string& sender, const std::string& contract,
                                  const std::string& method, const boost::json::object& arguments) {
        return sent(world, scenario, sender, contract, method, arguments);
    };
    const boost::json::array lines = {{{"name", "*catering*"},
                                       {"amount_fen", 10'000},
                                       {"rate_basis_points", 600},
                                       {"tax_fen", 600}}};
    boost::json::object sale = {{"buyer", tag},
                                {"category", "catering"},
                                {"lines", lines},
                                {"total_fen", 10'600},
                                {"tax_fen", 600},
                                {"payment_reference", payment},
                                {"content_digest", std::string(64, '0')},
                                {"sealed_body", ""}};
    CHECK(refused_with("restaurant", "invoice", "issue", sale) ==
          ledger::codes::open_payment_refused.name);
    sale["payment_reference"] = std::string(64, 'a');
    sale["buyer"] = code;
    CHECK(refused_with("restaurant", "invoice", "issue", sale) ==
          ledger::codes::open_code_refused.name);
    sale["buyer"] = tag;
    sale["category"] = name;
    CHECK(refused_with("restaurant", "invoice", "issue", sale) ==
          ledger::codes::open_text_refused.name);
    const auto transfer =
        boost::json::object{{"code", "144031809110"}, {"number", "00000001"}, {"to", number}};
    CHECK(refused_with("guest", "invoice", "transfer", transfer) ==
          ledger::codes::open_code_refused.name);
    world.wait(5'000);
    CHECK(hits_on_node(world, {code, name, number, payment}) == 0);
    // What is fine is ordered: the search would have found the others.
    sale["category"] = "catering";
    CHECK(refused_with("restaurant", "invoice", "issue", sale) == "ordered");
    world.wait(5'000);
    CHECK(hits_on_node(world, {std::string(64, 'a')}) > 0);
}

/// Every query of the chain about what somebody may know to ask for: each invoice, each actor.
std::vector<std::pair<std::string, boost::json::object>> questions_about(
    const ledger::Method& query, const Scenario& scenario) {
    std::vector<std::pair<std::string, boost::json::object>> questions;
    const auto fill = [&](const std::string& subject, const std::string& number) {
        boost::json::object arguments;
        for (const auto& [name, example] : query.example_arguments.get_object()) {
            if (example.is_null()) continue;
            boost::json::value& value = arguments[name];
            value = example;
            if (name == "code") value = "144031809110";
            if (name == "number") value = number;
            if (name == "date") value = "2018-08-10";
            if (name == "day") value = "2018-08-10";
            if (name == "month") value = "2018-08";
            for (const char* member :
                 {"enterprise", "seller", "id", "principal", "provider", "department"}) {
                if (name == member) value = subject;
            }
        }
        if (!query.arguments_from_json(arguments)) return;  // no such id is possible there
        questions.emplace_back(subject + " " + number, std::move(arguments));
    };
    for (const Actor& actor : scenario.actors) fill(actor.id, "00000001");
    for (int i = 1; i <= 9; ++i) fill(scenario.actors.front().id, "0000000" + std::to_string(i));
    return questions;
}

TEST_CASE("an anonymous reader that asks everything learns only what 查验 gives", "[privacy]") {
    const auto scenario =
        read_scenario_file(std::string(source_dir()) + "/scenarios/shenzhen-einvoice.yaml");
    REQUIRE(scenario);
    VirtualWorld world(make_plan(*scenario), {});
    REQUIRE(run(*scenario, world).exit_code() == 0);
    const std::set<std::string> open = {"calendar.today", "evidence.evidence",
                                        "evidence.on_chain_before", "invoice.rules",
                                        "invoice.verify"};
    std::size_t refused = 0;
    for (const ledger::Contract* contract : ledger::city_contracts().all()) {
        for (const ledger::Method& query : contract->queries) {
            const std::string name = contract->name + "." + query.name;
            for (const auto& [about, arguments] : questions_about(query, *scenario)) {
                const auto answer =
                    world.query(contract->name, query.name, arguments, std::nullopt, {});
                INFO(name << " about " << about << ": "
                          << (answer ? ledger::compact_json(*answer) : answer.error().message()));
                if (!open.contains(name)) {
                    REQUIRE_FALSE(answer);
                    REQUIRE(answer.error().code == ledger::codes::read_not_permitted);
                    ++refused;
                } else if (name == "invoice.verify") {
                    // A guess that is wrong; whoever holds the paper asks with its check code.
                    REQUIRE(answer);
                    REQUIRE(ledger::compact_json(*answer) == R"({"matches":false})");
                }
            }
        }
    }
    CHECK(refused > 100);
}

TEST_CASE("the search finds what stands there in clear or hashed", "[privacy]") {
    Scenario scenario;
    Actor actor;
    actor.kind = "enterprise";
    actor.id = "E-0123456789ABCDEF";
    actor.registered_id = "91440300YY1000011B";
    actor.registered_name = "国贸旋转餐厅";
    scenario.actors.push_back(actor);
    const auto index = indexed(dictionary(scenario, {"TABLE-12"}));
    const auto found = [&index](const std::string& text) {
        return hits("xyz" + text + "abc", index);
    };
    CHECK(found("91440300YY1000011B") == 1);
    CHECK(found("国贸旋转餐厅") == 1);
    CHECK(found("TABLE-12") == 1);
    const Digest plain = crypto::sha256(as_bytes("91440300YY1000011B"));
    CHECK(found(std::string(as_text(plain.view()))) == 1);
    CHECK(found(to_hex(plain)) == 1);
    const Digest tagged =
        crypto::tagged_hash("cityledger.invoice.content.v1", as_bytes("91440300YY1000011B"));
    CHECK(found(to_hex(tagged)) == 1);
    CHECK(found("91440300YY100002X3") == 0);
}

}  // namespace
}  // namespace cityledger::sim
