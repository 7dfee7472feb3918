// Who may include whom: the folders of ARCHITECTURE.md, checked on every #include.

#include <catch2/catch.hpp>
#include <map>
#include <regex>

#include "tests/tidy/source_tree.hpp"

namespace cityledger::tidy {
namespace {

/// The link arrows of CMakeLists.txt: a folder and those that its files may include directly. A
/// library passes on what it links, so the compiler lets more pass than stands here.
const std::map<std::string, std::vector<std::string>> k_may_include = {
    {"crypto", {}},
    {"ledger", {"crypto"}},
    {"ledger/contracts", {"crypto", "ledger"}},
    {"node/consensus", {"crypto", "ledger"}},
    {"node/log", {"crypto", "ledger", "node/consensus"}},
    {"node/replica", {"crypto", "ledger", "ledger/contracts", "node/consensus", "node/log"}},
    {"node/data", {"crypto", "ledger", "ledger/contracts"}},
    {"node/api", {"crypto", "ledger", "ledger/contracts"}},
    {"node/io", {"crypto", "ledger", "node/replica", "node/api"}},
    {"node/io/transport", {"crypto", "ledger", "node/replica", "node/api", "node/io"}},
    {"node/io/storage", {"crypto", "ledger", "node/log", "node/io"}},
    {"node/io/data", {"crypto", "ledger", "node/data", "node/io", "node/io/transport"}},
    {"node/io/http",
     {"crypto", "ledger", "ledger/contracts", "node/replica", "node/api", "node/io"}},
    {"node/io/daemon",
     {"crypto", "ledger", "ledger/contracts", "node/consensus", "node/log", "node/replica",
      "node/api", "node/io", "node/io/transport", "node/io/storage", "node/io/http"}},
    {"node/io/audit",
     {"crypto", "ledger", "ledger/contracts", "node/consensus", "node/log", "node/replica",
      "node/io", "node/io/storage", "node/io/daemon"}},
    {"node/abci", {"crypto", "ledger"}},
    {"node/abci/server",
     {"crypto", "ledger", "ledger/contracts", "node/api", "node/io", "node/io/storage",
      "node/abci"}},
    {"node", {"node/io/daemon", "node/abci/server"}},
    {"client", {"crypto", "ledger", "ledger/contracts", "node/api"}},
    {"sim/world", {"crypto", "ledger", "node/api"}},
    {"sim/exchange",
     {"crypto", "ledger", "ledger/contracts", "node/data", "node/api", "sim/world"}},
    {"sim/simulator",
     {"crypto", "ledger", "ledger/contracts", "node/consensus", "node/log", "node/replica",
      "node/api", "sim/world"}},
    {"sim/scenario", {"crypto", "ledger", "ledger/contracts", "node/api", "sim/world"}},
    {"sim/cities",
     {"crypto", "ledger", "ledger/contracts", "sim/world", "sim/scenario", "sim/simulator"}},
    {"sim/runner",
     {"crypto", "ledger", "ledger/contracts", "node/api", "sim/world", "sim/scenario",
      "sim/simulator", "sim/cities"}},
    {"sim/launch",
     {"crypto", "ledger", "node/log", "node/replica", "node/api", "node/io", "node/io/storage",
      "client", "sim/world"}},
    {"sim/worlds",
     {"crypto", "ledger", "ledger/contracts", "node/api", "node/io", "client", "sim/world",
      "sim/launch"}},
    {"sim/bench",
     {"crypto", "ledger", "ledger/contracts", "node/replica", "node/api", "client", "sim/world",
      "sim/simulator", "sim/scenario", "sim/cities", "sim/launch", "sim/worlds"}},
    {"sim/documents", {"crypto", "ledger", "ledger/contracts"}},
    {"sim/cli",
     {"crypto", "ledger", "ledger/contracts", "node/api", "client", "sim/world", "sim/simulator",
      "sim/scenario", "sim/cities", "sim/runner", "sim/launch", "sim/worlds", "sim/bench",
      "sim/documents", "sim/exchange", "node/data", "node/io", "node/io/audit", "node/io/data"}},
    {"sim", {"node/api", "sim/cli"}},
};

std::string layer_of(const std::string& path) {
    std::string best;
    for (const auto& [layer, below] : k_may_include) {
        if (path.rfind(layer + "/", 0) == 0 && layer.size() > best.size()) best = layer;
    }
    return best;
}

/// External headers, and the places that alone may include them.
struct Restriction {
    std::regex header;
    std::vector<std::string> allowed;
};

const std::vector<Restriction>& restrictions() {
    static const std::vector<Restriction> list = {
        {std::regex("^openssl/"), {"crypto/", "node/io/transport/tls", "client/"}},
        {std::regex("^boost/(asio|beast)"), {"node/io/", "node/abci/server/", "client/"}},
        {std::regex("^(google/protobuf|cityledger_abci)/"), {"node/abci/"}},
        {std::regex("^cereal/"), {"ledger/codec/"}},
        {std::regex("^rocksdb/"), {"node/io/storage/"}},
        {std::regex("^(sqlite3|libpq-fe)"), {"node/io/data/"}},
        {std::regex("^prometheus/"), {"node/io/http/", "node/io/daemon/"}},
        {std::regex("^yaml-cpp/"), {"sim/scenario/"}},
        {std::regex("^(pugixml|qrencode)"), {"sim/documents/"}},
        {std::regex("^CLI/"),
         {"node/io/daemon/daemon_main", "node/abci/server/abci_main", "sim/main.cpp",
          "sim/cli/subcommands"}},
        {std::regex("^(thread|mutex|shared_mutex|condition_variable|atomic|future|random|ctime)$"),
         {"node/io/", "client/", "sim/launch/", "sim/worlds/", "sim/bench/", "sim/cli/",
          "node/main.cpp", "crypto/"}},
        {std::regex("^chrono$"),
         {"node/io/", "client/", "sim/launch/", "sim/worlds/", "sim/bench/", "sim/cli/",
          "node/main.cpp", "ledger/contracts/values/civil_date"}},
        {std::regex("^unordered_(map|set)$"),
         {"node/io/", "client/", "sim/launch/", "sim/worlds/", "sim/bench/", "node/log/",
          "node/replica/", "sim/simulator/", "sim/scenario/", "sim/cities/", "sim/runner/"}},
    };
    return list;
}

bool starts_with_any(const std::string& path, const std::vector<std::string>& prefixes) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const std::string& prefix) { return path.rfind(prefix, 0) == 0; });
}

TEST_CASE("every file includes only layers that its own layer links", "[tidy]") {
    static const std::regex own_include(R"(^\s*#include\s+\"([^\"]+)\")");
    std::vector<std::string> findings;
    for (const SourceFile& file : production_sources()) {
        const std::string layer = layer_of(file.path);
        for (const std::string& line : file.lines) {
            std::smatch match;
            if (!std::regex_search(line, match, own_include)) continue;
            const std::string target = layer_of(match[1]);
            // Lists of refusals include nothing and are part of the API (library `refusals`).
            if (match[1].str().ends_with("_codes.hpp")) continue;
            const auto& allowed = k_may_include.at(layer);
            const bool fine = target == layer ||
                              std::find(allowed.begin(), allowed.end(), target) != allowed.end();
            if (!fine) findings.push_back(file.path + " includes " + match[1].str());
        }
    }
    INFO("not allowed:" << joined(findings));
    CHECK(findings.empty());
}

TEST_CASE("OpenSSL, Asio, cereal, RocksDB, YAML, threads and clocks stay in their places",
          "[tidy]") {
    static const std::regex system_include(R"(^\s*#include\s+<([^>]+)>)");
    std::vector<std::string> findings;
    for (const SourceFile& file : production_sources()) {
        for (const std::string& line : file.lines) {
            std::smatch match;
            if (!std::regex_search(line, match, system_include)) continue;
            const std::string header = match[1];
            for (const Restriction& restriction : restrictions()) {
                if (std::regex_search(header, restriction.header) &&
                    !starts_with_any(file.path, restriction.allowed)) {
                    findings.push_back(file.path + " includes <" + header + ">");
                }
            }
        }
    }
    INFO("not allowed:" << joined(findings));
    CHECK(findings.empty());
}

TEST_CASE("no float, clock or randomness in the deterministic layers", "[tidy]") {
    static const std::regex banned(
        R"(\b(float|double|time\(|rand\(|random_device|system_clock|steady_clock|getenv|localtime|gmtime)\b)");
    std::vector<std::string> findings;
    for (const SourceFile& file :
         read_sources({"ledger", "node/consensus", "node/log", "node/replica", "node/abci"})) {
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const std::string code = file.lines[i].substr(0, file.lines[i].find("//"));
            if (std::regex_search(code, banned)) {
                findings.push_back(file.path + ":" + std::to_string(i + 1) + " " + code);
            }
        }
    }
    INFO("not allowed:" << joined(findings));
    CHECK(findings.empty());
}

}  // namespace
}  // namespace cityledger::tidy
