#include "node/io/http/metric_names.hpp"

namespace cityledger::io {
namespace {

constexpr MetricKind counter = MetricKind::counter;
constexpr MetricKind gauge = MetricKind::gauge;

// clang-format off
constexpr MetricName k_names[] = {
    {"blocksync_answers_sent", "blocksync_answers_sent", counter,
     "Answers with final blocks to nodes that were behind."},
    {"blocksync_blocks", "blocksync_blocks", counter, "Final blocks that block sync brought."},
    {"blocksync_refused", "blocksync_refused", counter,
     "Blocks of block sync that this node refused."},
    {"blocksync_requests", "blocksync_requests", counter, "Questions of block sync to peers."},
    {"blocksync_syncing", "blocksync_syncing", gauge,
     "1 while block sync fetches blocks, else 0."},
    {"blocksync_timeouts", "blocksync_timeouts", counter,
     "Questions of block sync without an answer in time."},
    {"consensus_blocks_built", "consensus_blocks_built", counter,
     "Blocks that this node built as a leader."},
    {"consensus_blocks_refused", "consensus_blocks_refused", counter,
     "Proposed blocks that this node judged invalid."},
    {"consensus_evidence", "consensus_evidence", gauge,
     "Contradicting votes of one validator that were seen since the start."},
    {"consensus_final_blocks", "consensus_final_blocks", counter,
     "Blocks that became final here since the start."},
    {"consensus_height", "consensus_height", gauge, "Height of the newest final block."},
    {"consensus_nullified_views", "consensus_nullified_views", gauge,
     "Views that ended without a block since the start."},
    {"consensus_quorum_may_vote", "consensus_quorum_may_vote", gauge,
     "1 while a quorum may vote, as this node knows, else 0."},
    {"consensus_validators", "consensus_validators", gauge, "Validators of the chain."},
    {"consensus_view", "consensus_view", gauge, "View of the consensus core."},
    {"consensus_voting", "consensus_voting", gauge, "1 while this node may vote, else 0."},
    {"event_followers", "event_followers", gauge, "Clients that follow GET /events."},
    {"event_followers_dropped", "event_followers_dropped", counter,
     "Followers of GET /events that were sent away for being too slow."},
    {"http_bodies_bytes", "http_bodies_bytes", gauge, "Bytes of bodies that are being read."},
    {"http_bodies_refused", "http_bodies_refused", counter,
     "Bodies that were refused because others filled the memory for them."},
    {"http_budget_refused", "http_budget_refused", counter,
     "Requests above what their address may read."},
    {"http_connections_evicted", "http_connections_evicted", counter,
     "Idle connections that made room for new ones."},
    {"log_appended_bytes", "log_appended_bytes", counter, "Bytes written to the block log."},
    {"log_room_missing", "log_room_missing", counter,
     "Times that the disk had no room for a vote."},
    {"log_room_regained", "log_room_regained", counter,
     "Times that the disk had room again."},
    {"log_syncs", "log_syncs", counter, "Syncs of the block log that were asked for."},
    {"mempool_accepted_txs", "mempool_accepted_txs", counter,
     "Transactions of clients that were admitted."},
    {"mempool_bad_batches", "mempool_bad_batches", counter,
     "Batches of other validators that were invalid."},
    {"mempool_batches_held", "mempool_batches_held", gauge,
     "Batches that no final block names yet."},
    {"mempool_batches_made", "mempool_batches_made", counter, "Batches that this node made."},
    {"mempool_declined_batches", "mempool_declined_batches", counter,
     "Batches above what their author may have waiting."},
    {"mempool_failed_txs", "mempool_failed_txs", counter,
     "Transactions of clients that were not admitted."},
    {"mempool_size", "mempool_size", gauge, "Transactions in the mempool."},
    {"mempool_size_bytes", "mempool_size_bytes", gauge, "Bytes of the mempool's transactions."},
    {"p2p_broken_protocol", "p2p_broken_protocol", counter,
     "Messages of peers that broke the protocol."},
    {"p2p_frames_received", "p2p_frames_received", counter, "Frames from other validators."},
    {"p2p_frames_sent", "p2p_frames_sent", counter, "Frames to other validators."},
    {"p2p_peers", "p2p_peers", gauge, "Validators with a session to this node."},
    {"p2p_receive_bytes", "p2p_message_receive_bytes", counter,
     "Bytes of messages from other validators."},
    {"p2p_received_bytes", "p2p_received_bytes", counter,
     "Bytes of frames from other validators, before TLS."},
    {"p2p_send_bytes", "p2p_message_send_bytes", counter,
     "Bytes of messages for other validators."},
    {"p2p_sent_bytes", "p2p_sent_bytes", counter,
     "Bytes of frames to other validators, before TLS."},
    {"p2p_sessions_closed", "p2p_sessions_closed", counter,
     "Sessions with other validators that ended."},
    {"p2p_sessions_opened", "p2p_sessions_opened", counter,
     "Sessions with other validators that began."},
    {"signatures_verified", "signatures_verified", counter,
     "Signatures of votes and certificates that were checked."},
    {"state_diverged", "state_diverged", gauge,
     "1 if the state differs from that of a final block, else 0."},
    {"state_executed_height", "state_executed_height", gauge,
     "Height of the newest executed block."},
    {"state_executed_txs", "state_executed_txs", counter,
     "Transactions that were executed since the start."},
};

constexpr LabelledName k_labelled[] = {
    {"p2p_closed_", "p2p_closed", "reason",
     "Connections between nodes that ended, by the code of the reason."},
    {"p2p_rationed_", "p2p_rationed", "bound",
     "What peers asked or sent above their share, by the bound."},
};
// clang-format on

}  // namespace

std::span<const MetricName> metric_names() { return k_names; }

std::span<const LabelledName> labelled_names() { return k_labelled; }

}  // namespace cityledger::io
