#pragma once
// The steps of a scenario.

#include "sim/scenario/calls_reader.hpp"
#include "sim/scenario/faults_reader.hpp"
#include "sim/scenario/load_reader.hpp"
#include "sim/scenario/loops_reader.hpp"
#include "sim/scenario/network_reader.hpp"

namespace cityledger::sim {

class StepsReader {
public:
    /// `network` reads what steps expect of the network; the actors are read already.
    StepsReader(ValueReader& in, Scenario& scenario, const Vocabulary& vocabulary,
                NetworkReader& network);

    [[nodiscard]] std::vector<Step> read_steps(const YamlValue& value);

private:
    [[nodiscard]] std::string read_step_kind(const YamlValue& value);
    [[nodiscard]] Step read_step(const YamlValue& value);
    [[nodiscard]] SubmitStep read_do(const YamlValue& value, std::string_view key);
    [[nodiscard]] SubmitStep read_bundle(const YamlValue& value);
    [[nodiscard]] std::vector<BundleItem> read_bundle_items(const YamlValue& value);
    void check_bundle_size(const std::vector<BundleItem>& items, const YamlValue& value);
    [[nodiscard]] QueryStep read_query(const YamlValue& value);
    [[nodiscard]] LoopStep read_loop_step(const YamlValue& value);
    [[nodiscard]] CloseDayStep read_close_day(const YamlValue& value);
    [[nodiscard]] GenerateStep read_generate(const YamlValue& value);
    [[nodiscard]] WaitStep read_wait(const YamlValue& value);
    void read_wait_until(const YamlValue& value, Step& step);
    [[nodiscard]] StalledStep read_stalled(const YamlValue& value);

    ValueReader& in_;
    Scenario& scenario_;
    NetworkReader& network_;
    References references_;
    NamesReader names_;
    CallsReader calls_;
    LoopsReader loops_;
    LoadReader loads_;
    FaultsReader faults_;
};

}  // namespace cityledger::sim
