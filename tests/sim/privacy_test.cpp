// Who trades with whom: a dictionary of all enterprises and names of a day in Shenzhen, tried in
// clear and through every public hash, finds nothing on any disk, in any state or receipt.

#include <catch2/catch.hpp>
#include <map>
#include <regex>
#include <set>

#include "crypto/hash.hpp"
#include "ledger/contracts/contracts.hpp"
#include "sim/runner/runner.hpp"
#include "sim/simulator/virtual_world.hpp"
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

/// What somebody tries who knows the public list: the texts, their hashes, as bytes and as hex.
std::set<std::string> dictionary(const Scenario& scenario) {
    const auto tags = public_tags();
    REQUIRE(tags.size() > 10);
    std::set<std::string> words;
    const auto add_digest = [&words](const Digest& digest) {
        words.insert(std::string(as_text(digest.view()).substr(0, 16)));
        words.insert(to_hex(digest).substr(0, 16));
    };
    for (const Actor& actor : scenario.actors) {
        if (actor.registered_id.empty()) continue;
        std::set<std::string> texts = {actor.registered_name};
        if (actor.kind == "enterprise") texts.insert(actor.registered_id);
        for (const std::string& text : texts) {
            if (text == actor.id) continue;
            words.insert(text);
            add_digest(crypto::sha256(as_bytes(text)));
            for (const std::string& tag : tags) {
                add_digest(crypto::tagged_hash(tag, as_bytes(text)));
            }
        }
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

TEST_CASE("a dictionary of all enterprises finds nothing on a node", "[privacy]") {
    const auto scenario =
        read_scenario_file(std::string(source_dir()) + "/scenarios/shenzhen-einvoice.yaml");
    REQUIRE(scenario);
    VirtualWorld world(make_plan(*scenario), {});
    const Report report = run(*scenario, world);
    INFO(report_text(report));
    REQUIRE(report.exit_code() == 0);
    const auto index = indexed(dictionary(*scenario));
    std::size_t searched = 0;
    bool tags_are_there = false;
    for (const std::string& text : kept_by(world.cluster(), 0)) {
        CHECK(hits(text, index) == 0);
        searched += text.size();
        if (text.find("E-") != std::string::npos) tags_are_there = true;
    }
    CHECK(searched > 100'000);
    CHECK(tags_are_there);
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
    const auto index = indexed(dictionary(scenario));
    const auto found = [&index](const std::string& text) {
        return hits("xyz" + text + "abc", index);
    };
    CHECK(found("91440300YY1000011B") == 1);
    CHECK(found("国贸旋转餐厅") == 1);
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
