#pragma once
// A bench as a page with charts: one file, which needs no network.

#include "sim/bench/result.hpp"

namespace cityledger::bench {

/// The page of data/report.html.in with Chart.js and the result in it. It begins in the language of
/// the process and has a switch. No text of the result can become markup.
[[nodiscard]] std::string report_html(const BenchResult& result);

// What CMake put into the program.
[[nodiscard]] std::string_view report_frame();   ///< data/report.html.in
[[nodiscard]] std::string_view chart_library();  ///< chart.min.js of Debian's libjs-chart.js

}  // namespace cityledger::bench
