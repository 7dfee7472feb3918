#pragma once
// Codes of sockets, HTTP, configuration and the daemon: 1400 to 1439 and 1460 to 1489. Those of
// storage stand in storage_codes.hpp.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_IO_CODES(X) \
    X(listen_failed, 1400, broken, "the node cannot listen on this address and port", "free the port or choose another one in node.json") \
    X(peer_unreachable, 1401, unreachable, "no connection to the peer's address", "check that the peer runs and that node.json has its address and port") \
    X(tls_settings_unusable, 1402, broken, "the certificate or key cannot be used for TLS", "put back the node.pem and node.key that were made together") \
    X(tls_handshake_failed, 1403, refused, "the TLS handshake failed", "check that the other side is a node of this software, which speaks TLS 1.3 only") \
    X(tls_without_certificate, 1404, refused, "the peer presented no certificate", "give the peer the certificate that the authority issued to it") \
    X(peer_refused_this_node, 1405, refused, "the peer refused this node", "remove the cause that the peer names") \
    X(peer_hello_malformed, 1406, invalid, "the peer's first frame is no greeting", "check the software of the peer") \
    X(peer_wrong_version, 1407, invalid, "the peer speaks another version of the protocol between nodes", "upgrade the older of the two nodes") \
    X(peer_wrong_chain, 1408, invalid, "the peer is a node of another chain", "give both nodes the same genesis.json") \
    X(peer_wrong_index, 1409, invalid, "the peer greets with another index than its certificate's name has", "give both nodes the same genesis.json") \
    X(peer_unknown, 1410, invalid, "the certificate names no validator of the genesis", "check the name in the certificate against genesis.json") \
    X(peer_unexpected, 1411, refused, "only validators with a lower index dial this node", "check that no two nodes run with one identity") \
    X(frame_too_large, 1412, invalid, "the peer announced a frame above the limit", "check the software of the peer") \
    X(send_queue_full, 1413, busy, "the peer takes its messages too slowly", "check the link and the load of the peer") \
    X(session_idle, 1414, unreachable, "no whole frame came from the peer within the idle deadline", "check the link and whether the peer is stopped") \
    X(handshake_late, 1415, unreachable, "the connection was not authenticated within the deadline", "check the link and the load of the peer") \
    X(session_replaced, 1416, unreachable, "the same identity opened a newer session", "if it repeats, look for a second process with this identity") \
    X(session_lost, 1417, unreachable, "the connection to the peer ended", "check whether the peer runs; it is dialled again") \
    X(peer_blocked, 1418, unreachable, "the link to this peer is cut by a fault control", "heal it with POST /control/links") \
    X(half_open_evicted, 1419, busy, "too many connections wait for their handshake", "look for who opens connections to the node port") \
    X(http_framing, 1420, invalid, "the request's framing is broken or ambiguous", "send one well-formed HTTP/1.1 request with a single length") \
    X(http_too_large, 1421, invalid, "the request is larger than the server allows", "split the request") \
    X(http_too_late, 1422, invalid, "the request did not arrive within its deadline", "send the whole request without pauses") \
    X(http_too_many_connections, 1423, busy, "the server has no connection to spare", "reuse connections, or try again later") \
    X(http_no_route, 1424, not_found, "no resource has this path", "see docs/api.md for the paths") \
    X(http_wrong_method, 1425, invalid, "the resource does not answer this method", "see docs/api.md for the methods") \
    X(http_wrong_parameter, 1426, invalid, "a parameter of the request is missing or malformed", "compare the parameter with docs/api.md") \
    X(http_wrong_media_type, 1427, invalid, "the body is of a type that the resource does not take", "send canonical bytes as application/octet-stream") \
    X(receipt_not_found, 1428, not_found, "no transaction with this id is executed on this node", "wait and ask again, or submit the same bytes again") \
    X(block_not_found, 1429, not_found, "the node has no final block of this height", "ask for a height up to final_height of /status") \
    X(node_not_ready, 1430, busy, "the node does not vote or takes no transactions now", "wait, or ask another node") \
    X(controls_disabled, 1431, refused, "the node runs without fault controls", "start it with --fault-controls, on test networks only") \
    X(file_unreadable, 1432, broken, "a file of the node's home cannot be read", "check the path and its permissions") \
    X(file_unwritable, 1433, broken, "a file of the node's home cannot be written", "check the folder, its permissions and the free space") \
    X(key_file_exposed, 1434, broken, "a key file can be read by others than its owner", "run chmod 600 on the file") \
    X(config_invalid, 1435, invalid, "node.json has a value that cannot be used", "correct the field") \
    X(home_in_use, 1436, busy, "another process runs on this home folder", "stop that process first") \
    X(genesis_of_simulation, 1437, broken, "the genesis is of the simulation suite, whose signatures anybody can make", "create a genesis of suite standard") \
    X(genesis_other_authority, 1438, broken, "authority.pem is not the authority that the genesis names", "put back the authority.pem that was made with this genesis") \
    X(genesis_other_key, 1439, broken, "validator.key is not the key that the genesis has for this node", "put back the validator.key of this node") \
    X(home_vanished, 1460, broken, "the node's home folder was removed while it ran", "start it again where its home is") \
    X(resources_missing, 1461, broken, "the system gives the process no more descriptors, threads or memory", "raise its limits (ulimit -a), or end other programs") \
    X(control_token_wrong, 1462, refused, "the request does not carry the token of the fault controls", "send `Authorization: Bearer` with the text of control.token in the node's home") \
    X(http_wrong_host, 1463, refused, "the Host of the request is none of this node's names", "use its address, or add the name to http_names in node.json") \
    X(proof_not_covered, 1465, busy, "no final header covers that height yet", "ask again in a moment") \
    X(http_budget_spent, 1464, busy, "this address has read more than its budget lately", "wait as long as Retry-After says, or run a node of your own") \
    X(http_wrong_origin, 1466, refused, "the page that asks is of another site", "open the page of the node itself, or add its name to http_names in node.json") \
    X(events_need_web_socket, 1467, invalid, "/events is answered by WebSocket only", "connect with a WebSocket client, or read GET /receipts") \
    X(events_too_many, 1468, busy, "no place is free among those who follow the events", "close other followers, follow another node, or read GET /receipts") \
    X(events_too_far_behind, 1469, busy, "the follower is too many blocks behind", "read the blocks up to there with GET /receipts, or follow from the newest") \
    X(http_bodies_full, 1470, busy, "the bodies that the server is reading fill the memory that they may have", "send it again as soon as Retry-After says") \
    X(revocation_list_older, 1475, broken, "the revocation list is older than the one that the node has, or gone", "put back the revoked.pem that the authority signed last")
// clang-format on

namespace cityledger::io {
CITYLEDGER_DEFINE_CODES(io_codes, CITYLEDGER_IO_CODES)
}  // namespace cityledger::io
