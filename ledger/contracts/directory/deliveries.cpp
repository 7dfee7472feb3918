#include <algorithm>

#include "ledger/contracts/directory/internal.hpp"
#include "ledger/contracts/directory/requests.hpp"

namespace cityledger::ledger::directory {
namespace {

using membership::require_role;
using membership::Role;

Status check_granted(const Request& record) {
    if (record.status == RequestStatus::revoked) return refuse(codes::grant_revoked, record.id);
    if (record.status != RequestStatus::approved) {
        return refuse(codes::request_not_granted, record.id);
    }
    return {};
}

/// The key by which a batch is delivered once per request.
std::string batch_key(const std::string& request, const Digest& digest) {
    return "directory/batch/" + request + "/" + to_hex(digest);
}

std::uint32_t most_of_day(const Request& record, UpdateCycle cycle) {
    const std::uint32_t most = deliveries_per_day(cycle);
    return record.frequency ? std::min(most, deliveries_per_day(*record.frequency)) : most;
}

/// One day of a period, and not too many deliveries on a day; counts it.
Status count_of_day(Context& context, Request& record) {
    const std::string today = calendar::current_day(context).date;
    const std::string& last = record.last_delivered_on;
    if (record.frequency && !last.empty() && last != today &&
        period_of(*record.frequency, last) == period_of(*record.frequency, today)) {
        return refuse(codes::delivery_period_used, record.id + " on " + last);
    }
    const auto entry = find_entry(context, record.directory);
    if (!entry) return propagate(entry);
    if (last != today) record.delivered_that_day = 0;
    if (record.delivered_that_day >= most_of_day(record, entry->metadata.update_cycle)) {
        return refuse(codes::deliveries_of_day_used,
                      record.id + ": " + std::to_string(record.delivered_that_day));
    }
    record.last_delivered_on = today;
    ++record.delivered_that_day;
    return {};
}

Result<DeliverResult> deliver(Context& context, const DeliverArguments& arguments) {
    if (const auto status = require_department(context); !status) {
        return propagate(status);
    }
    auto record = find_request(context, arguments.request);
    if (!record) return propagate(record);
    if (const auto status = check_may_deliver(context, *record); !status) {
        return propagate(status);
    }
    if (const auto status = count_of_day(context, *record); !status) return propagate(status);
    const auto sequence = record_delivery(
        context, *record, {arguments.digest, arguments.rows, arguments.persons_root}, 0);
    if (!sequence) return propagate(sequence);
    return DeliverResult{*sequence};
}

Result<AcknowledgeResult> acknowledge(Context& context, const AcknowledgeArguments& arguments) {
    if (const auto status = require_department(context); !status) {
        return propagate(status);
    }
    const auto record = find_request(context, arguments.request);
    if (!record) return propagate(record);
    if (const auto status = check_requester(context, *record); !status) return propagate(status);
    auto delivery = find_delivery(context, record->id, arguments.sequence);
    if (!delivery) return propagate(delivery);
    if (delivery->acknowledged) return refuse(codes::delivery_already_acknowledged, record->id);
    delivery->acknowledged = arguments.digest;
    delivery->matched = arguments.digest == delivery->digest;
    context.store(delivery_key(record->id, delivery->sequence), *delivery);
    if (!delivery->matched) count(context, record->provider, &Score::digests_differed);
    context.emit(delivery->matched ? "directory.acknowledged" : "directory.digest_mismatch",
                 record->id);
    return AcknowledgeResult{delivery->matched};
}

Status check_may_revoke(Context& context, const Request& record) {
    if (record.provider == context.sender()) return require_department(context);
    return membership::require_role(context, membership::Role::chain_operator);
}

Result<Nothing> revoke(Context& context, const ReasonArguments& arguments) {
    auto record = find_request(context, arguments.request);
    if (!record) return propagate(record);
    if (const auto status = check_may_revoke(context, *record); !status) return propagate(status);
    if (const auto status = check_granted(*record); !status) return propagate(status);
    if (const auto status = check_reason(arguments); !status) return propagate(status);
    leave_live(context, *record);
    record->status = RequestStatus::revoked;
    record->reason = arguments.reason;
    context.store(record_key(Kind::request, record->id), *record);
    context.emit("directory.revoked", record->id);
    return Nothing{};
}

}  // namespace

Result<Delivery> find_delivery(Context& context, const std::string& request,
                               std::uint32_t sequence) {
    auto delivery = context.load<Delivery>(delivery_key(request, sequence));
    if (!delivery) {
        return refuse(codes::delivery_unknown, request + " delivery " + std::to_string(sequence));
    }
    return *std::move(delivery);
}

Status check_may_deliver(Context& context, const Request& record) {
    if (const auto status = check_provider(context, record); !status) return status;
    if (const auto status = check_granted(record); !status) return status;
    if (record.until_day && *record.until_day < calendar::current_day(context).date) {
        return refuse(codes::grant_expired, record.id + " until " + *record.until_day);
    }
    if (const auto status = check_not_frozen(context, record.directory); !status) return status;
    if (const auto status = check_department(context, record.requester); !status) return status;
    const auto entry = find_entry(context, record.directory);
    return entry ? check_still_offered(record, *entry) : propagate(entry);
}

Result<std::uint32_t> record_delivery(Context& context, Request& record, const Batch& batch,
                                      std::uint32_t corrects) {
    if (batch.rows == 0 || batch.rows > k_max_delivery_rows) {
        return refuse(codes::delivery_rows_out_of_range, std::to_string(batch.rows));
    }
    const std::string once = batch_key(record.id, batch.digest);
    if (context.get(Space::business, once)) return refuse(codes::delivery_repeated, record.id);
    const auto entry = find_entry(context, record.directory);
    if (!entry) return propagate(entry);
    tell_version(context, record, *entry);  // no data of a version that its holder was not told of
    Delivery delivery;
    delivery.request = record.id;
    delivery.sequence = ++record.deliveries;
    delivery.requester = record.requester;
    delivery.provider = record.provider;
    delivery.digest = batch.digest;
    delivery.rows = batch.rows;
    delivery.persons_root = batch.persons_root;
    delivery.delivered_on = calendar::current_day(context).date;
    delivery.corrects = corrects;
    context.put(Space::business, once, {});
    context.store(delivery_key(record.id, delivery.sequence), delivery);
    context.store(record_key(Kind::request, record.id), record);
    enter_trail(context, record.directory, delivery);
    count(context, record.provider, &Score::deliveries);
    context.emit("directory.delivered", record.id);
    return delivery.sequence;
}

std::uint32_t deliveries_per_day(UpdateCycle cycle) {
    constexpr std::uint32_t k_each_quarter_of_an_hour = 96;
    constexpr std::uint32_t k_daily_with_corrections = 4;
    constexpr std::uint32_t k_seldom_with_correction = 2;
    switch (cycle) {
        case UpdateCycle::real_time: return k_each_quarter_of_an_hour;
        case UpdateCycle::daily: return k_daily_with_corrections;
        case UpdateCycle::weekly:
        case UpdateCycle::monthly:
        case UpdateCycle::quarterly:
        case UpdateCycle::yearly: break;
    }
    return k_seldom_with_correction;
}

std::uint32_t deliveries_per_day(Frequency frequency) {
    switch (frequency) {
        case Frequency::real_time: return deliveries_per_day(UpdateCycle::real_time);
        case Frequency::daily: return deliveries_per_day(UpdateCycle::daily);
        case Frequency::once:
        case Frequency::weekly:
        case Frequency::monthly: break;
    }
    return deliveries_per_day(UpdateCycle::weekly);
}

void add_delivery_operations(std::vector<Method>& operations) {
    operations.push_back(make_method(
        "deliver", "The provider records the digest of a batch that it delivers on a live grant.",
        deliver));
    operations.push_back(make_method(
        "acknowledge", "The requester records the digest of the batch that arrived.", acknowledge));
    operations.push_back(
        make_method("revoke", "The provider or an operator ends a grant and says why.", revoke));
}

}  // namespace cityledger::ledger::directory
