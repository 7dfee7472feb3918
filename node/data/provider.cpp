#include "node/data/provider.hpp"

#include <algorithm>

namespace cityledger::data {
namespace {

using ledger::directory::Request;
using ledger::directory::RequestStatus;

/// A message ends at so many bytes, before it has k_rows_per_message rows.
constexpr std::size_t k_full_message_bytes = 256 * 1024;

/// The items to send: those that were asked for, or all that are granted.
Result<std::vector<std::string>> items_to_send(const Request& grant, const Fetch& fetch) {
    if (fetch.columns.empty()) return grant.columns;
    for (const std::string& item : fetch.columns) {
        // Names are compared as they are: what differs in case, or is an expression, is no item.
        if (std::find(grant.columns.begin(), grant.columns.end(), item) == grant.columns.end()) {
            return refuse(codes::fetch_column_not_granted, item);
        }
    }
    return fetch.columns;
}

/// Rows of one message, from a cursor.
struct Chunk {
    Bytes rows;  ///< each u32 size and bytes
    std::size_t count = 0;

    [[nodiscard]] bool is_full() const {
        return count == k_rows_per_message || rows.size() >= k_full_message_bytes;
    }
    void add(ByteView row) {
        for (std::size_t shift = 0; shift < 32; shift += 8) {
            rows.push_back(static_cast<std::uint8_t>(row.size() >> shift));
        }
        rows.insert(rows.end(), row.begin(), row.end());
        ++count;
    }
};

/// The next rows; none at the end.
Result<Chunk> next_chunk(RowCursor& cursor, RowDigest& digest) {
    Chunk chunk;
    Row row;
    while (!chunk.is_full()) {
        const auto more = cursor.next(row);
        if (!more) return propagate(more);
        if (!*more) break;
        const auto bytes = write_row(row);
        if (!bytes) return propagate(bytes);
        digest.add(*bytes);
        chunk.add(*bytes);
    }
    return chunk;
}

Digest random_digest() {
    const crypto::SecretKey key = crypto::SecretKey::generate();
    Digest digest;
    std::copy(key.view().begin(), key.view().end(), digest.bytes.begin());
    return digest;
}

}  // namespace

Result<SentDelivery> Provider::serve(Channel& channel) {
    auto sent = answer(channel);
    const bool can_tell = !sent && sent.error().code.kind != RefusalKind::unreachable;
    if (can_tell) {
        // The other side may be gone; the refusal stands either way. What is wrong inside is not
        // its business.
        Error told = sent.error();
        if (told.code.kind == RefusalKind::broken) told.detail.clear();
        static_cast<void>(channel.send(write_message(refusal_of(told))));
    }
    return sent;
}

Result<SentDelivery> Provider::answer(Channel& channel) {
    const auto first = channel.receive();
    if (!first) return propagate(first);
    if (!first->empty() && first->front() == Resume::k_kind) {
        const auto message = read_message<Resume>(*first);
        if (!message) return propagate(message);
        return resume(channel, *message);
    }
    const auto message = read_message<Fetch>(*first);
    if (!message) return propagate(message);
    return fetch(channel, *message);
}

Status Provider::check_peer(const Channel& channel, const ledger::MemberId& member) {
    const auto key = grants_.key_of(member);
    if (!key) return propagate(key);
    if (*key != channel.peer_key()) return tl::unexpected(wrong_key(member));
    return {};
}

Result<Request> Provider::live_grant(const std::string& request, const ledger::MemberId& member) {
    auto grant = grants_.request(request);
    if (!grant) return propagate(grant);
    if (grant->requester != member) return refuse(codes::fetch_not_requester, request);
    if (grant->provider != grants_.self()) return refuse(codes::fetch_not_provider, request);
    if (grant->status != RequestStatus::approved) {
        const auto status = static_cast<std::size_t>(grant->status);
        return refuse(
            codes::fetch_not_granted,
            request + " is " + std::string(ledger::EnumNames<RequestStatus>::names[status]));
    }
    const auto today = grants_.today();
    if (!today) return propagate(today);
    if (grant->until_day && *grant->until_day < *today) {
        return refuse(codes::fetch_grant_expired, request + " until " + *grant->until_day);
    }
    return grant;
}

Result<SentDelivery> Provider::send_rows(Channel& channel, const Fetch& fetch,
                                         const Request& grant) {
    const auto items = items_to_send(grant, fetch);
    if (!items) return propagate(items);
    const auto tables = grants_.tables_of(grant.directory);
    if (!tables) return propagate(tables);
    const auto selection = select_items(database_, *tables, *items);
    if (!selection) return propagate(selection);
    SentDelivery sent{random_digest(), fetch.member, grant.id, random_digest(), {}, 0, 0};
    const crypto::SecretKey key(sent.key.bytes);
    const Status offered = channel.send(write_message(Offer{sent.delivery, selection->columns}));
    if (!offered) return propagate(offered);
    const auto cursor = database_.select(selection->sql, {});
    if (!cursor) return propagate(cursor);
    RowDigest digest(key, grant.id);
    AllSent all;
    while (true) {
        const auto chunk = next_chunk(**cursor, digest);
        if (!chunk) return propagate(chunk);
        if (chunk->count == 0) break;
        // Asked anew each time: a grant that ends while rows flow ends the flow.
        if (const auto lives = live_grant(grant.id, fetch.member); !lives) return propagate(lives);
        SealedRows message{all.chunks, seal_rows(key, sent.delivery, all.chunks, chunk->rows)};
        const Status passed = channel.send(write_message(message));
        if (!passed) return propagate(passed);
        ++all.chunks;
    }
    all.rows = digest.rows();
    if (const Status told = channel.send(write_message(all)); !told) return propagate(told);
    sent.digest = digest.digest();
    sent.rows = digest.rows();
    return sent;
}

Result<SentDelivery> Provider::fetch(Channel& channel, const Fetch& fetch) {
    if (const Status peer = check_peer(channel, fetch.member); !peer) return propagate(peer);
    const auto grant = live_grant(fetch.request, fetch.member);
    if (!grant) return propagate(grant);
    const auto sent = send_rows(channel, fetch, *grant);
    if (!sent) return propagate(sent);
    const auto answer = channel.receive();
    if (!answer) return propagate(answer);
    const auto held = read_message<Held>(*answer);
    if (!held) return propagate(held);
    if (held->delivery != sent->delivery) return tl::unexpected(malformed("another delivery"));
    if (const Status kept = outbox_.keep(*sent); !kept) return propagate(kept);
    return record_and_open(channel, *sent);
}

Result<SentDelivery> Provider::resume(Channel& channel, const Resume& resume) {
    if (const Status peer = check_peer(channel, resume.member); !peer) return propagate(peer);
    const auto sent = outbox_.find(resume.delivery, resume.member);
    if (!sent) return propagate(sent);
    return record_and_open(channel, *sent);
}

Result<SentDelivery> Provider::record_and_open(Channel& channel, SentDelivery sent) {
    if (sent.sequence == 0) {
        const auto sequence = grants_.record_delivery(sent.request, sent.digest, sent.rows);
        if (!sequence && sequence.error().code.kind == RefusalKind::unreachable) {
            return propagate(sequence);  // it may be recorded, so it stays for a resume
        }
        if (!sequence) {
            if (const Status gone = outbox_.drop(sent.delivery); !gone) return propagate(gone);
            return propagate(sequence);
        }
        sent.sequence = *sequence;
        const Status noted = outbox_.set_recorded(sent.delivery, sent.sequence);
        if (!noted) return propagate(noted);
    }
    const Status told = channel.send(write_message(Opening{sent.key, sent.sequence}));
    if (!told) return propagate(told);
    return sent;
}

}  // namespace cityledger::data
