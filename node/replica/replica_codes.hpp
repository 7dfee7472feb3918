#pragma once
// Codes of the replica: 1310 to 1399.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_REPLICA_CODES(X) \
    X(mempool_full, 1310, busy, "the node holds as many waiting transactions as it may", "send it again later, or to another node") \
    X(mempool_sender_share, 1311, busy, "the sender already uses its share of the waiting transactions", "wait for receipts before sending more") \
    X(node_not_accepting, 1312, busy, "the node takes no new transactions now", "send it to another node; /status says why") \
    X(message_empty, 1320, invalid, "a frame of a peer has no bytes", "run the same release on all nodes") \
    X(message_unknown_kind, 1321, invalid, "a frame of a peer has an unknown kind", "run the same release on all nodes") \
    X(message_too_large, 1322, invalid, "a frame of a peer is larger than a frame may be", "run the same release on all nodes") \
    X(proposal_wrong_vote, 1323, invalid, "the vote of a proposal does not name its block", "the leader breaks the protocol; look at its host") \
    X(sync_not_final, 1331, invalid, "an answer of block sync does not end in a block with its finalization", "another peer is asked") \
    X(sync_wrong_certificate, 1332, invalid, "a certificate in an answer of block sync does not finalize its block", "another peer is asked") \
    X(sync_foreign_batch, 1333, invalid, "an answer of block sync holds a batch that its block does not name", "another peer is asked") \
    X(state_diverged, 1340, broken, "this node's state differs from that of a final block", "stop it, run `cityledger recover` on its home and start it again; report it if that does not help") \
    X(block_batch_named_before, 1351, invalid, "the block names a batch that an ancestor named", "the leader breaks the protocol; look at its host") \
    X(block_off_final_chain, 1352, invalid, "the block contradicts a final block", "nothing: such a block can never become final") \
    X(block_cover_not_ancestor, 1353, invalid, "the covering certificate of the block does not cover its executed height", "the leader breaks the protocol; look at its host") \
    X(block_wrong_roots, 1354, invalid, "the block names a state that this node did not reach at that height", "compare the state of the nodes at that height") \
    X(block_too_large, 1355, invalid, "the batches of the block are together larger than a block may be", "the leader breaks the protocol; look at its host")
// clang-format on

namespace cityledger::node {
CITYLEDGER_DEFINE_CODES(replica_codes, CITYLEDGER_REPLICA_CODES)
}  // namespace cityledger::node
