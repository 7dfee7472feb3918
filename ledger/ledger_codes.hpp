#pragma once
// Codes of the ledger: 1100 to 1229. Codes of contracts stand beside each contract (2000 and up).

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_LEDGER_CODES(X) \
    X(decode_truncated, 1101, invalid, "the bytes end before the value does", "send the whole encoding") \
    X(decode_trailing, 1102, invalid, "bytes are left after the value", "send exactly one value") \
    X(decode_limit, 1103, invalid, "a count or length is above its limit", "stay within the limits in docs/formats.md") \
    X(decode_not_canonical, 1104, invalid, "the bytes are not the canonical encoding of the value", "encode with the rules in docs/formats.md") \
    X(decode_bad_text, 1106, invalid, "a text is not UTF-8, or holds a control character", "send UTF-8; of control characters only line feed and tab") \
    X(encode_limit, 1105, invalid, "a text, byte string or list is longer than its field may be", "shorten it, or split it into several") \
    X(json_malformed, 1110, invalid, "the text is not JSON as this ledger reads it", "send one JSON value with integers and without duplicate keys") \
    X(json_wrong_shape, 1111, invalid, "the JSON value does not have the expected shape", "compare the field with the documented shape") \
    X(transaction_wrong_chain, 1120, invalid, "the transaction is for another chain", "sign it with the chain id that /status shows") \
    X(transaction_expired, 1121, refused, "the transaction's expiry height has passed", "sign it again with a later expires_at_height") \
    X(transaction_expiry_too_far, 1122, refused, "the expiry height is further away than the chain allows", "use at most current height + MAX_TX_LIFETIME") \
    X(transaction_unknown_sender, 1123, refused, "the sender is not an active member", "enrol the member first, or check its id") \
    X(transaction_bad_signature, 1124, invalid, "the signature does not verify under the sender's key", "sign with the key that the member enrolled") \
    X(transaction_empty, 1125, invalid, "the transaction has no operation", "add at least one operation") \
    X(transaction_wrong_suite, 1127, invalid, "the sender's key is of another suite than the chain's", "use a key of the suite that the genesis names") \
    X(transaction_too_large, 1126, invalid, "the transaction is larger than the chain allows", "split it into smaller bundles") \
    X(batch_author_unknown, 1191, invalid, "the author of the batch is no validator of this epoch", "run the same genesis on all nodes") \
    X(batch_content_differs, 1192, invalid, "the batch does not hold the transactions that its header commits to", "fetch the batch from another node") \
    X(batch_bad_signature, 1193, invalid, "the batch is not signed by its author", "fetch the batch from another node") \
    X(operation_unknown_contract, 1130, invalid, "no contract has this name", "see GET /contracts for the list") \
    X(operation_unknown_method, 1131, invalid, "the contract has no operation of this name", "see GET /contracts for the list") \
    X(operation_bad_arguments, 1132, invalid, "the argument bytes do not decode", "encode the arguments as docs/formats.md says") \
    X(operation_over_budget, 1133, refused, "the operation reads or writes more than an operation may", "split the work into several operations") \
    X(certificate_too_few_signers, 1140, invalid, "the certificate has fewer signers than a quorum", "fetch the certificate from another node") \
    X(certificate_signer_unknown, 1141, invalid, "a signer is not in the validator set", "check that the genesis is the right one") \
    X(certificate_signers_unordered, 1142, invalid, "the signers are not strictly ascending, so one may count twice", "fetch the certificate from another node") \
    X(certificate_bad_signature, 1143, invalid, "a signature of the certificate does not verify", "fetch the certificate from another node") \
    X(certificate_wrong_block, 1144, invalid, "the certificate is for another block", "fetch the certificate of this block") \
    X(certificate_wrong_epoch, 1145, invalid, "the certificate is of another epoch", "fetch the certificate of this epoch") \
    X(vote_bad_signature, 1146, invalid, "the signature of the vote does not verify", "check the validator's key in the genesis") \
    X(vote_signer_unknown, 1147, invalid, "the voter is not in the validator set", "check that the genesis is the right one") \
    X(vote_wrong_epoch, 1148, invalid, "the vote is of another epoch", "let the sender catch up with the chain") \
    X(vote_wrong_content, 1149, invalid, "a nullify vote names a block, or another vote names none", "check the sender's software") \
    X(genesis_invalid, 1150, invalid, "the genesis file breaks a rule", "create it with `cityledger up` or correct the field") \
    X(validators_count, 1151, invalid, "the list of validators is empty or longer than the chain allows", "list 1 to 128 validators") \
    X(validators_name_taken, 1152, invalid, "two validators have one name", "give each validator a name of its own") \
    X(validators_key_taken, 1153, invalid, "two validators have one key", "give each validator a key of its own") \
    X(state_corrupt, 1160, broken, "the stored state does not have the recorded root", "stop the node, remove its folder state/ and start it again: it is rebuilt from the log") \
    X(query_unknown_contract, 1170, not_found, "no contract has this name", "see GET /contracts for the list") \
    X(query_unknown_method, 1171, not_found, "the contract has no query of this name", "see GET /contracts for the list") \
    X(query_not_found, 1172, not_found, "nothing is recorded under this key", "check the key; a query sees executed blocks only") \
    X(read_not_permitted, 1173, refused, "the asker may not read this", "sign the request as one who may: the detail names them") \
    X(read_asker_unknown, 1174, refused, "the asker is not an active member", "ask as an enrolled member, or without a signature") \
    X(read_signature_wrong, 1175, invalid, "the read pass is not signed by the member's current key for this question", "sign chain, node, contract, query, arguments, expiry and nonce as docs/formats.md says") \
    X(block_wrong_version, 1200, invalid, "the block has a version that this software does not know", "upgrade the node, or check the proposer's") \
    X(block_wrong_epoch, 1201, invalid, "the block is of another epoch than the chain", "check the proposer's software") \
    X(block_next_validators, 1202, invalid, "the block changes the validators, which this version of the chain does not do", "check the proposer's software") \
    X(block_batch_count, 1203, invalid, "the header counts other batches than the block names", "fetch the block from another node") \
    X(block_batches_root, 1204, invalid, "the batches are not the ones that the header commits to", "fetch the block from another node") \
    X(block_batch_twice, 1205, invalid, "the block names one batch twice", "check the proposer's software") \
    X(block_covering_missing, 1206, invalid, "the block names an executed height without a finalization that covers it", "check the proposer's software") \
    X(block_covering_unneeded, 1207, invalid, "the block carries a finalization although it names the genesis state", "check the proposer's software") \
    X(block_covering_hash, 1208, invalid, "the header commits to another finalization than the block carries", "fetch the block from another node") \
    X(block_covering_kind, 1209, invalid, "the covering certificate is no finalization", "check the proposer's software") \
    X(block_wrong_parent, 1210, invalid, "the block names another parent", "fetch the missing ancestors") \
    X(block_wrong_height, 1211, invalid, "the block's height is not one above its parent's", "check the proposer's software") \
    X(block_executed_range, 1212, invalid, "the executed height is below the parent's, or not below the block's own", "check the proposer's software") \
    X(block_executed_roots, 1213, invalid, "the block names the parent's executed height with other roots", "rebuild the state of the proposer") \
    X(block_execution_lag, 1214, invalid, "the block carries batches although execution is too far behind", "wait until more nodes have executed")
// clang-format on

namespace cityledger::ledger {
CITYLEDGER_DEFINE_CODES(ledger_codes, CITYLEDGER_LEDGER_CODES)
}  // namespace cityledger::ledger
