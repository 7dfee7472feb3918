#include "sim/bench/report_csv.hpp"

#include <algorithm>

namespace cityledger::bench {
namespace {

std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string result = "\"";
    for (const char byte : text) {
        if (byte == '"') result += '"';
        result += byte;
    }
    return result + "\"";
}

void end_line(std::string& table) { table += "\r\n"; }

/// The names of the round that has most nodes; "nodeN" where a round names none.
std::vector<std::string> node_names(const BenchResult& result) {
    std::vector<std::string> names;
    for (const RoundResult& round : result.rounds) {
        for (std::size_t i = names.size(); i < round.nodes.size(); ++i) {
            names.push_back(round.nodes[i].node);
        }
    }
    for (const RoundResult& round : result.rounds) {
        for (const Second& second : round.seconds) {
            while (names.size() < second.node_cpu_ms.size()) {
                names.push_back("node" + std::to_string(names.size()));
            }
        }
    }
    return names;
}

std::string round_columns(const BenchResult& result, std::size_t round) {
    return std::to_string(round + 1) + "," + quoted(result.rounds[round].label);
}

}  // namespace

std::string seconds_csv(const BenchResult& result) {
    const std::vector<std::string> names = node_names(result);
    std::string table =
        "round,label,second,warm_up,offered,sent,committed,refused,waiting,p50_us,p99_us,max_us,"
        "blocks,nullified_views,generator_cpu_ms";
    for (const std::string& name : names) table += "," + quoted(name + "_cpu_ms");
    end_line(table);
    for (std::size_t i = 0; i < result.rounds.size(); ++i) {
        const std::string begin = round_columns(result, i);
        for (const Second& second : result.rounds[i].seconds) {
            table += begin;
            for (const std::uint64_t number :
                 {second.second, std::uint64_t{second.warm_up}, second.offered, second.sent,
                  second.committed, second.refused, second.waiting, second.p50_us, second.p99_us,
                  second.max_us, second.blocks, second.nullified_views, second.generator_cpu_ms}) {
                table += "," + std::to_string(number);
            }
            for (std::size_t node = 0; node < names.size(); ++node) {
                table += ",";
                if (node < second.node_cpu_ms.size()) {
                    table += std::to_string(second.node_cpu_ms[node]);
                }
            }
            end_line(table);
        }
    }
    return table;
}

std::string buckets_csv(const BenchResult& result) {
    std::string table = "round,label,from_us,to_us,count";
    end_line(table);
    for (std::size_t i = 0; i < result.rounds.size(); ++i) {
        const std::string begin = round_columns(result, i);
        for (const LatencyBucket& bucket : result.rounds[i].buckets) {
            table += begin;
            for (const std::uint64_t number : {bucket.from_us, bucket.to_us, bucket.count}) {
                table += "," + std::to_string(number);
            }
            end_line(table);
        }
    }
    return table;
}

}  // namespace cityledger::bench
