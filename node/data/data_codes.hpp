#pragma once
// Codes of the data plane, on which departments exchange rows: 1950 to 1989.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_DATA_CODES(X) \
    X(fetch_wrong_key, 1950, refused, "the other side's key is not the one that the chain has for the member that it claims to be", "use the member's current key; the query membership.key shows the one on the chain") \
    X(fetch_not_requester, 1951, refused, "the grant is another department's", "fetch on a request of your own") \
    X(fetch_not_provider, 1952, refused, "the grant is for the data of another department than this one", "ask the department that the request names as its provider") \
    X(fetch_not_granted, 1953, refused, "the request is not approved, or not any more", "see the request's status and reason on the chain") \
    X(fetch_grant_expired, 1954, refused, "the last day of the grant is over", "make a new request on the chain") \
    X(fetch_column_not_granted, 1955, refused, "a column was asked for that the grant does not name", "ask for granted columns by the names of their items, or for none to have all of them") \
    X(fetch_no_table, 1956, not_found, "no table of this directory entry on the chain is in the provider's database with all granted columns", "ask the provider to register the table on the chain (directory.register_table) as it is in its database") \
    X(fetch_void, 1957, not_found, "the provider knows no complete delivery under this id: nothing of it was recorded", "fetch anew") \
    X(fetch_refused, 1958, refused, "the other side refused", "do what its refusal says") \
    X(exchange_malformed, 1959, invalid, "the bytes are no message of the data plane, or not the one that comes next", "check that both sides have the same version") \
    X(exchange_too_large, 1960, invalid, "a message is above the limit", "check that both sides have the same version; a row has at most 1 MiB") \
    X(exchange_lost, 1961, unreachable, "the connection to the other department ended", "fetch again: a complete delivery goes on where it was, an incomplete one is void") \
    X(exchange_busy, 1962, busy, "the provider serves as many fetches as it may at once", "try again in a minute") \
    X(delivery_damaged, 1963, broken, "what arrived cannot be opened with the key of its delivery, or is not of the form that was announced", "do not use the rows; show the provider this message") \
    X(delivery_differs, 1964, broken, "the rows that arrived are not those that the provider recorded; the chain has an alert", "do not use the rows; object to the delivery") \
    X(target_taken, 1965, refused, "the table to fetch into exists and was not made by a fetch", "name another table") \
    X(database_unusable, 1966, broken, "the database cannot be opened", "check the name, and that the process may read and write it") \
    X(database_refused, 1967, broken, "the database refused a statement", "see what the database says") \
    X(source_table_unknown, 1968, not_found, "there is no such table in the database", "make the table, or retire it on the chain") \
    X(cell_too_large, 1969, invalid, "a value of a table is above 1 MiB, or is text that is not UTF-8", "share files by reference, not in rows")
// clang-format on

namespace cityledger::data {
CITYLEDGER_DEFINE_CODES(data_codes, CITYLEDGER_DATA_CODES)
}  // namespace cityledger::data
