#pragma once
// Codes of consensus: 1230 to 1299. The texts quote the rules of docs/consensus.md.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_CONSENSUS_CODES(X) \
    X(vote_by_observer, 1230, refused, "this node is no validator and has no vote", "run it with a validator's key and identity") \
    X(vote_second_notarize, 1231, refused, "S1: this validator has notarized in this view already", "wait for the next view") \
    X(vote_notarize_after_nullify, 1232, refused, "S2: this validator has nullified the view", "wait for the next view") \
    X(vote_nullify_after_finalize, 1233, refused, "S3: this validator has finalized in this view", "wait for the certificate of the view") \
    X(vote_second_nullify, 1234, refused, "this validator has nullified the view already", "wait for the certificate of the view") \
    X(vote_finalize_not_left, 1235, refused, "S4: the view was not left by a notarization", "wait for the finalization of a later view") \
    X(vote_finalize_other_block, 1236, refused, "S4: another block than the notarized one is to be finalized", "finalize the notarized block") \
    X(vote_finalize_after_nullify, 1237, refused, "S5: this validator has nullified the view", "wait for the finalization of a later view") \
    X(vote_second_finalize, 1238, refused, "S5: this validator has finalized in this view already", "wait for the finalization") \
    X(vote_not_in_view, 1239, refused, "S6: the vote is for another view than the current one", "vote in the current view") \
    X(vote_not_allowed_yet, 1240, refused, "S7: votes in this view are not allowed since the start of this process", "wait for the answers of the other validators") \
    X(view_not_certified, 1241, refused, "S6: the certificate does not lead into this later view", "enter with a certificate of the view before") \
    X(parent_view_not_earlier, 1250, refused, "S8: the view of the parent is not before the view of the proposal", "check the proposer's software") \
    X(parent_not_certified, 1251, refused, "S8: no notarization of the parent in the named view is held", "fetch the certificate from the proposer") \
    X(view_not_nullified, 1252, refused, "S8: a view between the parent's and the proposal's has no nullification here", "fetch the certificate from the proposer") \
    X(ancestor_missing, 1253, refused, "S8: an ancestor above the last final block is not held", "fetch the block from the validators that signed for it") \
    X(ancestor_not_final_chain, 1254, refused, "S8: the ancestors do not lead to the last final block", "keep the data folders; more validators than tolerated may be faulty") \
    X(block_not_checked, 1255, refused, "S8: the block or an ancestor is not known to be valid", "wait until its batches are held and checked") \
    X(block_final_already, 1256, refused, "S8: the proposed block is final already", "nothing: the view is given up")
// clang-format on

namespace cityledger::consensus {
CITYLEDGER_DEFINE_CODES(consensus_codes, CITYLEDGER_CONSENSUS_CODES)
}  // namespace cityledger::consensus
