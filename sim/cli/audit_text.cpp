#include "sim/cli/audit_text.hpp"

#include "sim/bench/round_summary.hpp"
#include "sim/cli/colour.hpp"
#include "sim/scenario/terminal_text.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

constexpr std::size_t k_name_columns = 13;

std::string number(std::uint64_t value) { return bench::grouped(value); }

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

/// Writes down one line a part, as far as the audit came.
class AuditWords {
public:
    explicit AuditWords(const io::AuditReport& report) : report_(report) {}

    std::string all(const std::string& home) {
        const bool sound = !report_.damage;
        const std::string verdict = toned(sound ? Tone::good : Tone::bad,
                                          sound ? said("audit.sound") : said("audit.damaged"));
        text_ = said("audit.verdict", {home, verdict}) + "\n";
        tell_files();
        if (report_.log.records > 0) tell_log();
        if (report_.log.records > 0 && is_past(io::AuditPart::log)) tell_state();
        tell_notes();
        if (report_.damage) line(said("audit.damage"), message_of(report_.damage->error));
        return text_;
    }

private:
    void line(const std::string& name, const std::string& value) {
        text_ += named_lines(name, k_name_columns, value);
    }
    [[nodiscard]] bool is_past(io::AuditPart part) const {
        return !report_.damage || report_.damage->part != part;
    }

    void tell_files() {
        if (!is_past(io::AuditPart::home)) return;
        line(said("audit.files"), said("audit.files_hold"));
    }

    void tell_log() {
        const io::LogTally& log = report_.log;
        line(said("audit.log"),
             said("audit.log_holds", {number(log.records), number(log.segments), number(log.blocks),
                                      number(log.batches), number(log.transactions),
                                      number(log.certificates), number(log.own_votes)}));
        line(said("audit.chain"), said("audit.chain_holds", {number(report_.final_height),
                                                             number(report_.certified_height)}));
    }

    void tell_state() {
        const ledger::ExecutedState& reached = report_.reached;
        if (!report_.state_height) {
            line(said("audit.state"), said("audit.state_empty"));
        } else if (report_.state) {
            line(said("audit.state"), said("audit.state_holds", {number(*report_.state_height),
                                                                 number(report_.state->entries)}));
        } else if (!report_.damage) {
            line(said("audit.state"), said("audit.state_above", {number(*report_.state_height)}));
        }
        if (report_.damage) return;
        line(said("audit.execution"), said("audit.execution_holds", {number(reached.height)}));
        line(said("audit.system_root"), to_hex(reached.system_root));
        line(said("audit.business_root"), to_hex(reached.business_root));
        line(said("audit.receipts_root"), to_hex(reached.receipts_root));
    }

    void tell_notes() {
        const auto note = [this](const std::string& words) { line(said("audit.note"), words); };
        if (report_.certificate_age) note(message_of(*report_.certificate_age));
        if (!report_.rewritten.empty()) note(said("audit.rewritten", {listed(report_.rewritten)}));
        if (report_.log.lost_votes) note(said("audit.lost_votes"));
        if (report_.certified_height < report_.final_height) note(said("audit.uncertified"));
        if (report_.blocks_without_batches > 0 && !report_.damage) {
            note(said("audit.to_come", {number(report_.blocks_without_batches)}));
        }
        if (report_.state && report_.state->reworded > 0) {
            note(said("audit.reworded", {number(report_.state->reworded)}));
        }
        if (is_past(io::AuditPart::home)) note(said("audit.settings"));
        if (!report_.unread.empty()) note(said("audit.unread", {listed(report_.unread)}));
    }

    const io::AuditReport& report_;
    std::string text_;
};

}  // namespace

std::string audit_text(const std::string& home, const io::AuditReport& report) {
    return AuditWords(report).all(home);
}

}  // namespace cityledger::sim
