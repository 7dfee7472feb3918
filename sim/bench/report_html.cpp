#include "sim/bench/report_html.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "crypto/check.hpp"
#include "sim/bench/figures.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::bench {
namespace {

/// The messages page.*, as id: [English, Chinese].
boost::json::object report_words() {
    boost::json::object words;
    for (const sim::CatalogueLine& line : sim::catalogue()) {
        if (line.id.starts_with("page.")) {
            words[line.id] = boost::json::array{line.english, line.chinese};
        }
    }
    return words;
}

/// JSON that may stand in a script element: without "<" no text in it ends or opens one.
std::string embeddable(const boost::json::value& value) {
    std::string text;
    for (const char byte : ledger::compact_json(value)) {
        if (byte == '<') {
            text += "\\u003c";
        } else {
            text += byte;
        }
    }
    return text;
}

/// `frame` up to the mark; it begins behind it afterwards.
std::string_view part_before(std::string_view mark, std::string_view& frame) {
    const std::size_t at = frame.find(mark);
    CHECK_INVARIANT(at != std::string_view::npos);
    const std::string_view part = frame.substr(0, at);
    frame.remove_prefix(at + mark.size());
    return part;
}

}  // namespace

std::string report_html(const BenchResult& result) {
    boost::json::array costs;
    for (const RoundResult& round : result.rounds) {
        costs.push_back(boost::json::object{{"node_cpu_ns", costs_of(round).node_cpu_ns}});
    }
    boost::json::object data;
    data["result"] = ledger::to_json(result);
    data["costs"] = std::move(costs);
    data["words"] = report_words();
    data["language"] = sim::language() == sim::Language::chinese ? "zh" : "en";
    std::string_view frame = report_frame();
    std::string page(part_before("@@CHART@@", frame));
    page += chart_library();
    page += part_before("@@DATA@@", frame);
    page += embeddable(data);
    page += frame;
    return page;
}

}  // namespace cityledger::bench
