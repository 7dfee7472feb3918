#pragma once
// Codes of the membership contract: 2000 to 2049, and of what all contracts share: 2090 to 2099.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_MEMBERSHIP_CODES(X) \
    X(not_permitted, 2001, refused, "the sender does not hold the role that this operation asks for", "let a member with the role send it, or have the role granted") \
    X(member_id_malformed, 2002, refused, "the member id does not have the shape of its kind", "departments: two capital letters; authorities: 3 to 16 of A-Z, 0-9 and '-'; persons: P- and up to 20 of these") \
    X(member_exists, 2003, refused, "a member with this id is recorded already", "choose the id of the new member, or grant roles to the recorded one") \
    X(member_unknown, 2004, refused, "no member has this id", "enrol the member first, or check its id") \
    X(member_revoked, 2005, refused, "the member is revoked", "have a new key proposed and countersigned, or enrol a successor under another id") \
    X(member_name_missing, 2006, refused, "the member has no name", "give the registered name") \
    X(role_held, 2007, refused, "the member holds this role already", "nothing is to be done") \
    X(role_not_held, 2008, refused, "the member does not hold this role", "look at the member's roles first") \
    X(role_not_for_kind, 2009, refused, "a member of this kind cannot hold this role", "see the table of kinds and roles in membership.hpp") \
    X(member_outside_mandate, 2010, refused, "the tax bureau manages enterprises and persons only", "let an operator send it") \
    X(key_unchanged, 2011, refused, "the new key is the key that the member has", "make a new key and send its public half") \
    X(last_operator, 2012, refused, "the chain would be left without an operator", "enrol another operator first") \
    X(tagged_member_named, 2013, refused, "a member under a tag has another name than the tag", "give the tag as name: who it is stands in the tax bureau's register") \
    X(key_not_proposed, 2014, refused, "nobody has proposed this key for the member", "let who may enrol the member send propose_key with the same key first") \
    X(key_same_signer, 2015, refused, "the proposed key must be confirmed by another office than the one that proposed it", "let an auditor, another operator or a countersigner send it") \
    X(page_limit_out_of_range, 2090, refused, "a page holds 1 to 100 entries", "send a limit from 1 to 100 and follow `next`")
// clang-format on

namespace cityledger::ledger {
CITYLEDGER_DEFINE_CODES(membership_codes, CITYLEDGER_MEMBERSHIP_CODES)
}  // namespace cityledger::ledger
