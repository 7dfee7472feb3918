#pragma once
// The files of a network that CometBFT orders: a home of CometBFT for each node, with the folder of
// its application inside.

#include <string>
#include <vector>

#include "sim/launch/network_folder.hpp"

namespace cityledger::sim {

/// The folder of the cityledger-abci beside a node; its lock and console log are there.
[[nodiscard]] std::string application_home(const NetworkFolder& folder, const std::string& node);

/// A config.toml in which these keys have other values, each as TOML writes it. The section of a
/// key above all sections is empty.
struct TomlValue {
    std::string section;
    std::string key;
    std::string value;
};
[[nodiscard]] std::string with_values(const std::string& toml,
                                      const std::vector<TomlValue>& values);

/// The id by which peers know a node: of the key in its node_key.json. Nothing if there is none.
[[nodiscard]] std::string comet_node_id(const std::string& node_key_json);

/// Lets CometBFT make keys and genesis, then sets chain id, ports, peers and pace.
/// engine_step_failed if it does not.
[[nodiscard]] Status make_comet_homes(const NetworkFolder& folder, const NetworkFile& network,
                                      const std::string& cometbft);

}  // namespace cityledger::sim
