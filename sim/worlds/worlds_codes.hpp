#pragma once
// Codes of launching and of networks on disk: 1700 to 1799.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_WORLDS_CODES(X) \
    X(network_folder_taken, 1700, "the folder already holds a network", "use it, choose another --dir, or remove it with `cityledger down --purge`") \
    X(network_folder_unusable, 1701, "the folder cannot be made or written", "check the path and its permissions, or choose another --dir") \
    X(network_folder_missing, 1702, "the folder holds no network", "start one with `cityledger up`, or name its folder with --dir") \
    X(network_file_invalid, 1703, "network.json cannot be used", "start a new network with `cityledger up`") \
    X(network_running, 1704, "the network is running already", "use it, or stop it with `cityledger down`") \
    X(daemon_missing, 1705, "the program cityledgerd was not found", "build it with scripts/build, or name it with --daemon") \
    X(daemon_not_started, 1706, "a node did not start", "read its node.log") \
    X(daemon_not_ready, 1707, "a node was not ready in time", "read its node.log, and see `cityledger status`") \
    X(no_free_port, 1708, "the system has no free port", "end programs that hold many ports") \
    X(member_key_missing, 1709, "the network folder holds no key of this member", "copy its PEM file to actors/ID.pem") \
    X(operator_missing, 1710, "no member with the role operator can enrol the scenario's members", "start the network with `cityledger up --scenario FILE`") \
    X(url_invalid, 1711, "the address is not of the form http://HOST:PORT", "write for example http://127.0.0.1:8080")
// clang-format on

namespace cityledger::sim {
CITYLEDGER_DEFINE_CODES(worlds_codes, CITYLEDGER_WORLDS_CODES)
}  // namespace cityledger::sim
