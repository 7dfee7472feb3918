#include "node/data/requester.hpp"

namespace cityledger::data {

Result<std::unique_ptr<Channel>> Requester::connect_to_provider(const FetchOrder& order,
                                                                const Connect& connect) {
    const auto request = grants_.request(order.request);
    if (!request) return propagate(request);
    const auto key = grants_.key_of(request->provider);
    if (!key) return propagate(key);
    auto channel = connect();
    if (!channel) return propagate(channel);
    if ((*channel)->peer_key() != *key) return tl::unexpected(wrong_key(request->provider));
    return channel;
}

Result<HeldDelivery> Requester::receive_sealed(Channel& channel, const FetchOrder& order) {
    const Fetch fetch{grants_.self(), order.request, order.columns};
    if (const Status sent = channel.send(write_message(fetch)); !sent) return propagate(sent);
    const auto answer = channel.receive();
    if (!answer) return propagate(answer);
    const auto offer = read_message<Offer>(*answer);
    if (!offer) return propagate(offer);
    HeldDelivery held{offer->delivery, order.request, order.target, offer->columns, 0, 0};
    auto arriving = inbox_.begin(std::move(held));
    if (!arriving) return propagate(arriving);
    while (true) {
        const auto message = channel.receive();
        if (!message) return propagate(message);
        if (!message->empty() && message->front() == AllSent::k_kind) {
            const auto all = read_message<AllSent>(*message);
            if (!all) return propagate(all);
            return arriving->complete(*all);
        }
        const auto rows = read_message<SealedRows>(*message);
        if (!rows) return propagate(rows);
        if (const Status stored = arriving->add(*rows); !stored) return propagate(stored);
    }
}

Result<Opening> Requester::ask_opening(Channel& channel, const HeldDelivery& held,
                                       const Bytes& message) {
    if (const Status sent = channel.send(message); !sent) return propagate(sent);
    const auto answer = channel.receive();
    if (!answer) return propagate(answer);
    auto opening = read_message<Opening>(*answer);
    // Refused for good: then what is held will never be opened.
    if (!opening && opening.error().code != codes::exchange_busy) {
        if (const Status dropped = inbox_.drop(held); !dropped) return propagate(dropped);
    }
    return opening;
}

Result<FetchedDelivery> Requester::take_in(const HeldDelivery& held, const Opening& opening) {
    const crypto::SecretKey key(opening.key.bytes);
    const auto opened = inbox_.unseal(held, key);
    if (!opened) {
        if (opened.error().code == codes::delivery_damaged) {
            // It would be as damaged the next time.
            if (const Status dropped = inbox_.drop(held); !dropped) return propagate(dropped);
        }
        return propagate(opened);
    }
    const auto matches = grants_.acknowledge(held.request, opening.sequence, opened->digest);
    if (!matches) return propagate(matches);
    if (!*matches) {
        if (const Status dropped = inbox_.drop(held); !dropped) return propagate(dropped);
        return refuse(codes::delivery_differs,
                      held.request + " delivery " + std::to_string(opening.sequence));
    }
    if (const Status published = inbox_.publish(held); !published) return propagate(published);
    return FetchedDelivery{opened->rows, opening.sequence, opened->digest, false};
}

Result<FetchedDelivery> Requester::fetch(const FetchOrder& order, const Connect& connect) {
    if (const Status free = inbox_.check_target(order.target); !free) return propagate(free);
    const auto held_before = inbox_.find_held(order.request, order.target);
    if (!held_before) return propagate(held_before);
    if (*held_before) {
        auto channel = connect_to_provider(order, connect);
        if (!channel) return propagate(channel);
        const Resume resume{grants_.self(), (*held_before)->delivery};
        const auto opening = ask_opening(**channel, **held_before, write_message(resume));
        if (opening) {
            auto fetched = take_in(**held_before, *opening);
            if (fetched) fetched->resumed = true;
            return fetched;
        }
        if (opening.error().code != codes::fetch_void) return propagate(opening);
    }
    auto channel = connect_to_provider(order, connect);
    if (!channel) return propagate(channel);
    const auto held = receive_sealed(**channel, order);
    if (!held) return propagate(held);
    const auto opening = ask_opening(**channel, *held, write_message(Held{held->delivery}));
    if (!opening) return propagate(opening);
    return take_in(*held, *opening);
}

}  // namespace cityledger::data
