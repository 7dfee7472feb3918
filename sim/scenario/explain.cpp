#include "sim/scenario/explain.hpp"

#include <algorithm>

#include "ledger/codec/json.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::string numbers(const std::vector<std::size_t>& nodes) {
    std::vector<std::string> words;
    for (const std::size_t node : nodes) words.push_back(std::to_string(node));
    return listed(words);
}

std::string choices_words(const std::vector<WeightedActors>& choices) {
    std::vector<std::string> words;
    for (const WeightedActors& choice : choices) {
        const std::string who = choice.actors.size() > 3
                                    ? choice.actors.front() + " ... " + choice.actors.back()
                                    : listed(choice.actors);
        words.push_back(choices.size() == 1 ? who : std::to_string(choice.weight) + " x " + who);
    }
    return listed(words);
}

std::string call_words(const Call& call) {
    std::string words = call.contract + "." + call.method;
    if (!call.arguments.empty()) words += " " + ledger::compact_json(call.arguments);
    if (!call.save.empty()) words += said("explain.save", {call.save});
    return words;
}

std::string loop_words(const Loop& loop) {
    const std::string times = std::to_string(loop.count());
    if (!loop.choices.empty()) {
        return said("explain.choose", {times, loop.variable, choices_words(loop.choices)});
    }
    if (loop.actors.empty()) return said("explain.repeat", {times, loop.variable});
    return said("explain.for_each",
                {times, loop.variable, loop.actors.front(), loop.actors.back()});
}

std::string rate_words(const Rate& rate) {
    if (rate.kind == RateKind::max) return said("explain.max", {std::to_string(rate.open)});
    if (rate.kind == RateKind::closed) return said("explain.closed", {std::to_string(rate.open)});
    if (rate.kind == RateKind::fixed) {
        return said("explain.fixed", {std::to_string(rate.from_per_second)});
    }
    return said("explain.linear",
                {std::to_string(rate.from_per_second), std::to_string(rate.to_per_second)});
}

std::string nodes_words(const FaultStep& fault) {
    switch (fault.choice) {
        case NodeChoice::numbered: return said("explain.nodes", {numbers(fault.nodes)});
        case NodeChoice::leader: return said("explain.leader");
        case NodeChoice::all: return said("explain.all");
        case NodeChoice::killed: return said("explain.killed");
        case NodeChoice::paused: break;
    }
    return said("explain.paused");
}

std::string fault_words(const FaultStep& fault) {
    switch (fault.kind) {
        case FaultKind::kill: return said("explain.kill", {nodes_words(fault)});
        case FaultKind::restart: return said("explain.restart", {nodes_words(fault)});
        case FaultKind::pause: return said("explain.pause", {nodes_words(fault)});
        case FaultKind::resume: return said("explain.resume", {nodes_words(fault)});
        case FaultKind::heal: return said("explain.heal");
        case FaultKind::byzantine:
            return said("explain.byzantine", {numbers(fault.nodes), fault.behaviour});
        case FaultKind::partition: break;
    }
    std::string groups;
    for (const auto& group : fault.groups) {
        groups += (groups.empty() ? "{" : " | {") + numbers(group) + "}";
    }
    return said("explain.partition", {groups});
}

/// Writes lines: "  3.1  line 40   words".
class Explainer {
public:
    explicit Explainer(const Scenario& scenario) : scenario_(scenario) {}

    std::string explain() {
        text_ = scenario_.name + ": " + scenario_.title + by_default("title") + "\n";
        head();
        text_ += "\n" + said("explain.actors", {std::to_string(scenario_.actors.size())}) + "\n";
        actors();
        text_ += "\n" + said("explain.steps", {std::to_string(scenario_.steps.size())}) + "\n";
        steps(scenario_.steps, "");
        text_ += "\n" + said("explain.end") + "\n";
        for (const NetworkExpectation& expectation : scenario_.final_expectations) {
            expect_network(expectation, "  ");
        }
        return std::move(text_);
    }

private:
    [[nodiscard]] std::string by_default(std::string_view key) const {
        return scenario_.states(key) ? "" : said("explain.default");
    }

    void head() {
        const auto line = [&](std::string_view id, const std::string& value, std::string_view key) {
            text_ += "  " + said(id, {value}) + by_default(key) + "\n";
        };
        line("explain.version", "1", "version");
        line("explain.seed", std::to_string(scenario_.seed), "seed");
        const std::string worlds = scenario_.worlds.empty() ? "virtual, local, remote"
                                                            : listed(scenario_.worlds) + " (" +
                                                                  scenario_.worlds_because + ")";
        line("explain.worlds", worlds, "worlds");
        line("explain.validators",
             said("explain.tolerance", {std::to_string(scenario_.validators),
                                        std::to_string((scenario_.validators - 1) / 3)}),
             "network");
        line("explain.genesis",
             scenario_.genesis.empty() ? "-" : ledger::compact_json(scenario_.genesis), "genesis");
        line("explain.timeout", std::to_string(scenario_.defaults.timeout_ms), "timeout_ms");
        line("explain.within", std::to_string(scenario_.defaults.within_ms), "within_ms");
    }

    void actors() {
        for (std::size_t i = 0; i < scenario_.actors.size(); ++i) {
            const Actor& actor = scenario_.actors[i];
            const auto same_line = static_cast<std::size_t>(std::count_if(
                scenario_.actors.begin(), scenario_.actors.end(), [&](const Actor& other) {
                    return !actor.group.empty() && other.group == actor.group;
                }));
            if (same_line > 3) {
                text_ += "  " +
                         said("explain.group", {actor.group, std::to_string(same_line), actor.kind,
                                                listed(actor.roles)}) +
                         "\n";
                while (i + 1 < scenario_.actors.size() &&
                       scenario_.actors[i + 1].group == actor.group) {
                    ++i;
                }
                continue;
            }
            text_ += "  " +
                     said("explain.actor", {actor.name, actor.kind, actor.id, listed(actor.roles)});
            if (!actor.enrolled) text_ += said("explain.not_enrolled");
            text_ += "\n";
        }
    }

    void steps(const std::vector<Step>& list, const std::string& prefix) {
        for (std::size_t i = 0; i < list.size(); ++i) {
            const std::string number = prefix + std::to_string(i + 1);
            const std::string line = said("line", {std::to_string(list[i].place.line)});
            text_ += "  " + number + "  (" + line + ")  ";
            indent_ = "      ";
            number_ = number;
            std::visit([&](const auto& action) { tell(action); }, list[i].action);
        }
    }

    void expect(const Expectation& expectation) {
        if (expectation.index == 0) {
            text_ += indent_ + said("explain.any") + "\n";
            return;
        }
        const StatedExpectation& words = scenario_.expectations[expectation.index - 1];
        text_ += indent_ + said("explain.expects", {words.text}) +
                 (expectation.stated ? "" : said("explain.default")) + "\n";
    }

    void expect_network(const NetworkExpectation& expectation, const std::string& indent) {
        const StatedExpectation& words = scenario_.expectations[expectation.index - 1];
        text_ += indent + said("explain.expects", {words.text}) +
                 said("explain.within_ms", {std::to_string(expectation.within_ms)}) + "\n";
    }

    void operations(const std::vector<BundleItem>& items, const std::string& indent) {
        for (const BundleItem& item : items) {
            if (item.loop) {
                text_ += indent + loop_words(*item.loop) + "\n";
                operations(item.items, indent + "  ");
                continue;
            }
            text_ += indent + call_words(item.call) + "\n";
            indent_ = indent + "  ";
            expect(item.call.expect);
        }
    }

    void tell(const SubmitStep& step) {
        const bool single = step.operations.size() == 1 && !step.operations.front().loop;
        if (!step.wait) {
            text_ +=
                said("explain.send", {step.sender, call_words(step.operations[0].call)}) + "\n";
        } else if (single) {
            text_ += said("explain.do", {step.sender, call_words(step.operations[0].call)}) + "\n";
            expect(step.operations[0].call.expect);
        } else {
            text_ += said("explain.bundle", {step.sender}) + "\n";
            operations(step.operations, "      ");
        }
    }
    void tell(const QueryStep& step) {
        const std::string node =
            step.node ? said("explain.at_node", {std::to_string(*step.node)}) : "";
        text_ += said("explain.query", {call_words(step.call)}) + node;
        if (step.within_ms > 0) {
            text_ += said("explain.until", {std::to_string(step.within_ms)});
        }
        text_ += "\n";
        expect(step.call.expect);
    }
    void tell(const LoopStep& step) {
        text_ += loop_words(step.loop) + "\n";
        steps(step.steps, number_ + ".");
    }
    void tell(const CloseDayStep& step) {
        text_ +=
            said("explain.close_day", {std::to_string(step.days), step.by, step.countersigned_by}) +
            "\n";
        expect(step.expect);
    }
    void tell(const GenerateStep& step) {
        text_ += said("explain.generate", {std::to_string(step.invoices)}) + "\n";
        expect(step.expect);
    }
    void tell(const LoadStep& step) {
        text_ +=
            said("explain.load", {std::to_string(step.transactions), rate_words(step.rate)}) + "\n";
        for (const MixEntry& entry : step.mix) {
            indent_ = "      ";
            text_ += indent_ +
                     said("explain.mix", {std::to_string(entry.weight),
                                          choices_words(entry.senders), call_words(entry.call)}) +
                     "\n";
            indent_ = "        ";
            expect(entry.call.expect);
        }
    }
    void tell(const FaultStep& step) { text_ += fault_words(step) + "\n"; }
    void tell(const WaitStep& step) {
        text_ += said("explain.wait", {std::to_string(step.milliseconds)}) + "\n";
    }
    void tell(const StalledStep& step) {
        text_ += said("explain.stalled", {std::to_string(step.for_ms)}) + "\n";
    }
    void tell(const ExpectStep& step) {
        text_ += said("explain.network") + "\n";
        for (const NetworkExpectation& expectation : step.expectations) {
            expect_network(expectation, indent_);
        }
    }

    const Scenario& scenario_;
    std::string text_;
    std::string indent_;
    std::string number_;
};

}  // namespace

std::string explanation(const Scenario& scenario) { return Explainer(scenario).explain(); }

}  // namespace cityledger::sim
