#pragma once
// Codes of launching and of networks on disk: 1700 to 1799.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_LAUNCH_CODES(X) \
    X(network_folder_taken, 1700, refused, "the folder already holds a network", "use it, choose another --dir, or remove it with `cityledger down --purge`") \
    X(network_folder_unusable, 1701, broken, "the folder cannot be made or written", "check the path and its permissions, or choose another --dir") \
    X(network_folder_missing, 1702, not_found, "the folder holds no network", "start one with `cityledger up`, or name its folder with --dir") \
    X(network_file_invalid, 1703, broken, "network.json cannot be used", "put network.json back as it was made, or move the folder away and start a new network with `cityledger up`") \
    X(network_running, 1704, busy, "nodes of the network are running", "stop them with `cityledger down` first") \
    X(daemon_missing, 1705, broken, "the program cityledgerd was not found", "build it with scripts/build, or name it with --daemon") \
    X(daemon_not_started, 1706, broken, "a node did not start", "remove the cause that the end of its log names, which stands above, and start it again") \
    X(daemon_not_ready, 1707, busy, "a node was not ready in time", "see `cityledger status` and `cityledger logs`") \
    X(no_free_port, 1708, busy, "the system has no free port", "end programs that hold many ports") \
    X(member_key_missing, 1709, not_found, "the network folder holds no key of this member", "copy its PEM file to actors/ID.pem") \
    X(operator_missing, 1710, refused, "no member with the role operator can enrol the scenario's members", "start the network with `cityledger up --scenario FILE`") \
    X(url_invalid, 1711, invalid, "the address is not of the form http://HOST:PORT", "write for example http://127.0.0.1:8080") \
    X(network_folder_busy, 1712, busy, "another command changes this network now", "wait until it has ended, or end it") \
    X(network_folder_foreign, 1713, refused, "the folder holds files that belong to no network", "choose another --dir, or one that is empty") \
    X(network_quorum_missing, 1714, broken, "too few nodes start for a quorum, so none was left running that was not running before", "remove the causes above, then run `cityledger up` again") \
    X(port_taken, 1715, busy, "another program listens on a port that was asked for", "free it, or choose another --first-port") \
    X(node_unknown, 1716, not_found, "the network has no node of this name", "see the names in `cityledger status`") \
    X(node_not_running, 1717, not_found, "no process runs on the node's home", "start it with `cityledger restart NODE`, or all with `cityledger up`") \
    X(node_not_stopped, 1718, refused, "a node runs on and cannot be stopped by you", "stop it as the user who started it") \
    X(network_made_otherwise, 1719, refused, "the network was not made for this: its genesis is another one", "make one in another folder: `cityledger up --dir NEW --scenario FILE`") \
    X(network_used, 1720, refused, "the network's chain has a history already, so what the scenario expects need not come", "make a fresh one: `cityledger up --dir NEW --scenario FILE`, or say --used if the story bears it") \
    X(engine_missing, 1721, broken, "the program cometbft was not found", "build it with scripts/peers (needs Go 1.22.11 or newer), or name it in the environment as CITYLEDGER_COMETBFT") \
    X(application_missing, 1722, broken, "the program cityledger-abci was not found beside this one", "build it with scripts/build") \
    X(engine_other, 1723, refused, "the network's blocks are made by another engine, on which this command does not work", "use `up`, `status` and `down` on it; see docs/engines.md") \
    X(engine_step_failed, 1724, broken, "cometbft testnet did not make the files of the nodes", "remove the cause that stands above; v0.38.25 is known to work") \
    X(register_key_missing, 1725, not_found, "the register's key is not there, so nobody can tell who is behind a tag", "name its file with --register, or use the folder in which the network was made") \
    X(authority_ended, 1726, broken, "the authority's certificate has ended, so what it signs is good for nothing", "give the authority a new one first: `cityledger certs authority`") \
    X(certificates_of_all, 1727, refused, "without the certificates of all nodes the network stands still", "name the home of one node, or say --old to spare what is in the homes now")
// clang-format on

namespace cityledger::sim {
CITYLEDGER_DEFINE_CODES(launch_codes, CITYLEDGER_LAUNCH_CODES)
}  // namespace cityledger::sim
