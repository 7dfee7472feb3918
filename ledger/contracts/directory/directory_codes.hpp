#pragma once
// Codes of the directory contract: 2200 to 2399.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_DIRECTORY_CODES(X) \
    X(responsibility_text_missing, 2200, refused, "the responsibility has no text", "write what the department is responsible for") \
    X(responsibility_basis_missing, 2201, refused, "the responsibility names no legal basis", "name the rule that gives the department this responsibility") \
    X(responsibility_unknown, 2202, refused, "no responsibility has this id: no responsibility, no directory", "register the responsibility first") \
    X(responsibility_not_active, 2203, refused, "the responsibility is not approved: pending, refused or withdrawn", "let the staffing office approve it first") \
    X(responsibility_not_own, 2204, refused, "the responsibility belongs to another department", "name a responsibility of the sender") \
    X(responsibility_already_active, 2205, refused, "the responsibility is approved already", "nothing is to be done") \
    X(responsibility_not_pending, 2206, refused, "the staffing office has decided on the responsibility already", "use withdraw_responsibility if it is active") \
    X(responsibility_reason_missing, 2207, refused, "no reason is given for a decision on a responsibility", "say why it is refused or withdrawn") \
    X(responsibility_same_department, 2208, refused, "a department cannot decide on its own responsibility", "let another staffing office send it") \
    X(directory_metadata_missing, 2210, refused, "a part of the core metadata is missing", "fill name, resource code, abstract and at least one information item with name and type") \
    X(directory_item_repeated, 2211, refused, "two information items have the same name", "give each item a name of its own") \
    X(resource_code_malformed, 2212, refused, "the resource code is not a classification code, '/' and a sequence", "write class 1 to 3, two digits of item, three of catalogue, digits of a sub-catalogue if any, '/', then up to 12 digits") \
    X(sharing_condition_missing, 2213, refused, "conditional sharing names no condition", "say under which condition the data is shared") \
    X(sharing_basis_missing, 2214, refused, "an entry that is not shared names no legal basis", "name the law or State Council policy, or share the data") \
    X(directory_unknown, 2215, refused, "no directory entry has this id", "ask the query `directories` for the department's entries") \
    X(directory_not_own, 2216, refused, "the directory entry belongs to another department", "let the owner send it") \
    X(directory_locked, 2217, refused, "the directory entry is locked and cannot be edited", "propose a change with propose_change") \
    X(directory_already_locked, 2218, refused, "the directory entry is locked already", "nothing is to be done") \
    X(directory_not_locked, 2219, refused, "the directory entry is a draft that the operator has not locked", "wait for lock_directory") \
    X(directory_not_shared, 2220, refused, "the directory entry is not shared", "see the legal basis that the entry names") \
    X(directory_sequence_exhausted, 2221, refused, "the department has used all 99,999 numbers of this kind", "use another department code") \
    X(resource_code_taken, 2222, refused, "another entry has this resource code", "give the entry a sequence of its own") \
    X(department_gone, 2223, refused, "the department is dissolved: no active member with the role department", "let an operator close its requests and revoke its grants") \
    X(lock_already_proposed, 2224, refused, "the operator's own entry waits for a second office", "let a staffing office or an auditor send countersign_lock") \
    X(lock_not_proposed, 2225, refused, "no lock of this entry waits for a second office", "let an operator send lock_directory first") \
    X(lock_same_department, 2226, refused, "a department cannot countersign the lock of its own entry", "let another staffing office or auditor send it") \
    X(lock_hash_differs, 2227, refused, "the hash is not that of the metadata to lock", "read the entry again") \
    X(request_to_self, 2230, refused, "a department needs no request for its own data", "use the data") \
    X(request_purpose_missing, 2231, refused, "the request names no purpose", "say what the data is needed for") \
    X(request_basis_missing, 2232, refused, "the request names no legal basis", "name the rule that the purpose rests on") \
    X(request_columns_missing, 2233, refused, "the request names no column", "name the information items that are needed") \
    X(request_column_unknown, 2234, refused, "the directory entry has no such information item", "compare the columns with the entry's items") \
    X(request_column_repeated, 2235, refused, "a column is named twice", "name each column once") \
    X(request_until_past, 2236, refused, "the last day of the request is over", "give a later day or none") \
    X(request_unknown, 2237, refused, "no request has this id", "ask the query `requests` for the department's requests") \
    X(request_not_provider, 2238, refused, "the sender does not provide the data of this request", "let the provider send it") \
    X(request_not_requester, 2239, refused, "the sender did not make this request", "let the requesting department send it") \
    X(request_already_answered, 2240, refused, "the request is answered already", "make a new request") \
    X(request_reason_missing, 2241, refused, "no reason is given", "a refusal, a revocation or a close must say why") \
    X(request_not_granted, 2242, refused, "the request is not approved", "wait for the provider's approval") \
    X(grant_revoked, 2243, refused, "the grant is revoked", "make a new request") \
    X(grant_expired, 2244, refused, "the last day of the grant is over", "make a new request") \
    X(delivery_unknown, 2245, refused, "no delivery has this number", "ask the query `deliveries`") \
    X(delivery_already_acknowledged, 2246, refused, "the delivery is acknowledged already", "ask the provider to deliver again if it was wrong") \
    X(overdue_limit_out_of_range, 2247, refused, "one operation marks 1 to 16 requests", "send a limit from 1 to 16, and again while `remaining` is above 0") \
    X(reply_days_out_of_range, 2248, refused, "the time to reply is 1 to 250 business days", "correct reply_days in the genesis") \
    X(request_expired, 2249, refused, "the last day that the request asks for is over", "refuse it, or let it be closed") \
    X(request_already_open, 2250, refused, "the same request is open already", "wait for its reply, or take it back with close_request") \
    X(request_not_closable, 2251, refused, "the provider can still approve the request", "let the provider answer or the requester take it back") \
    X(delivery_repeated, 2252, refused, "a batch with this digest was delivered on this request already", "deliver each batch once") \
    X(delivery_rows_out_of_range, 2253, refused, "a delivery has 1 to 1,000,000,000 rows", "deliver only when there is data, and large batches in parts") \
    X(deliveries_of_day_used, 2254, refused, "the deliveries of one business day are used up: 96 in real time, 4 daily, 2 of a longer cycle", "deliver on the next business day") \
    X(system_name_missing, 2260, refused, "the system has no name", "write what the department calls it") \
    X(protection_level_out_of_range, 2261, refused, "the level of protection is 1 to 5", "send the level at which the system is filed") \
    X(system_unknown, 2262, refused, "no system has this id", "ask the query `systems` for the department's systems") \
    X(system_not_own, 2263, refused, "the system belongs to another department", "name a system of the sender") \
    X(system_retired, 2264, refused, "the system is retired", "register the system that took its place") \
    X(system_has_tables, 2265, refused, "tables of the system are in force", "retire its tables first") \
    X(inventory_reason_missing, 2266, refused, "no reason is given for a change of a system or a table", "say why it changes or is retired") \
    X(table_unknown, 2267, refused, "no table has this id", "ask the query `tables` for the department's tables") \
    X(table_not_own, 2268, refused, "the table belongs to another department", "let its department send it") \
    X(table_retired, 2269, refused, "the table is retired", "register the table that took its place") \
    X(table_name_malformed, 2270, refused, "the table has no name, or one with control characters", "send the name that the database uses") \
    X(table_repeated, 2271, refused, "a table in force of this system has this name", "change that table, or retire it first") \
    X(table_columns_missing, 2272, refused, "the table has no column", "name the columns that hold data of the entry") \
    X(table_column_malformed, 2273, refused, "a column has no name or no type, or one with control characters", "send name and type as the database has them") \
    X(table_column_repeated, 2274, refused, "two columns of the table have the same name", "name each column once") \
    X(table_item_unknown, 2275, refused, "a column names an item that the entry does not have", "compare the columns with the entry's items") \
    X(table_unchanged, 2276, refused, "the columns are those that the table has", "send the columns that changed") \
    X(entry_tables_used, 2277, refused, "64 tables of the entry are in force", "retire tables that hold no data of it any more") \
    X(suspicion_of_another, 2278, refused, "an office has found another schema, so the department's own report does not clear the table", "declare the new columns with change_table, or let an operator or an auditor report again") \
    X(grant_frozen, 2279, refused, "nothing is delivered: a table of the entry was changed in silence and the days of grace are over", "let the provider declare the change with change_table") \
    X(time_limit_out_of_range, 2280, refused, "a time limit of the directory is out of range", "correct the genesis: freeze_days is 0 to 250 business days, each other limit 1 to 250") \
    X(change_reason_missing, 2290, refused, "the change of a locked entry gives no reason", "say why the entry changes") \
    X(change_of_code, 2291, refused, "a locked entry keeps its resource code", "register a new entry for another resource") \
    X(change_of_nothing, 2292, refused, "the metadata are those that the entry has", "send the metadata that changed") \
    X(change_item_in_table, 2293, refused, "the change drops an item that a table in force holds", "change or retire the table first") \
    X(change_not_proposed, 2294, refused, "no change of this entry is proposed", "let its department send propose_change first") \
    X(change_hash_differs, 2295, refused, "the hash is not that of the proposed metadata", "ask the query `proposed_change` again") \
    X(change_same_department, 2296, refused, "a department cannot apply the change of its own entry", "let another operator, or a staffing office or an auditor send it") \
    X(version_unknown, 2297, refused, "the entry has no version of this number", "ask the query `versions`") \
    X(grant_column_gone, 2298, refused, "the entry has lost an item that the request names", "make a new request for the items that it has") \
    X(request_too_frequent, 2300, refused, "the request asks for data more often than the entry is updated", "ask for once, or for no more than the entry's update cycle") \
    X(delivery_period_used, 2301, refused, "the data of this period was delivered on another day: once, in this week or in this month", "deliver in the next period, or correct a delivery that was objected to") \
    X(delivery_objected, 2302, refused, "the delivery was objected to already", "see what became of that objection; object to the delivery that corrects it") \
    X(objection_reason_missing, 2303, refused, "the objection, or the answer to it, gives no reason", "say what is wrong, or why it is not") \
    X(objection_unknown, 2304, refused, "no objection has this id", "ask the query `objections` for the department's objections") \
    X(objection_not_provider, 2305, refused, "the sender did not deliver what is objected to", "let the provider send it") \
    X(objection_not_own, 2306, refused, "the sender did not make this objection", "let the requester send it") \
    X(objection_answered, 2307, refused, "the objection is corrected, rejected or withdrawn already", "object to another delivery") \
    X(department_reformed, 2310, refused, "the duties of the department have passed to a successor, or are passing", "let the successor send it, or ask the successor once the reform is finished; the query `reform` tells how far it is") \
    X(reform_unfinished, 2311, refused, "a reform that the department succeeds in is not finished", "send continue_reform until nothing is left") \
    X(reform_decided, 2312, refused, "a reform of this department is decided already", "send continue_reform until nothing is left; what its successor has got passes on by a reform of the successor") \
    X(reform_to_itself, 2313, refused, "a department cannot succeed itself", "name another department as successor") \
    X(reform_same_department, 2314, refused, "a department cannot decide on a reform that it is a side of", "let another staffing office send it") \
    X(reform_of_no_department, 2315, refused, "the member whose duties are to pass is no department", "name a department") \
    X(reform_reason_missing, 2316, refused, "the decision on a reform gives no reason", "say why the duties pass") \
    X(reform_basis_missing, 2317, refused, "the decision on a reform names no legal basis", "name the document that orders the reform") \
    X(reform_unknown, 2318, refused, "no reform of this department is decided", "ask the query `reforms`")
// clang-format on

namespace cityledger::ledger {
CITYLEDGER_DEFINE_CODES(directory_codes, CITYLEDGER_DIRECTORY_CODES)
}  // namespace cityledger::ledger
