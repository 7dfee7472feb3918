// What surrounds the commands: wrong usage in words, help in Chinese, shell completion and the
// manual page, all made of the commands themselves.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>

#include "ledger/contracts/contracts.hpp"
#include "sim/cli/subcommands.hpp"
#include "sim/scenario/problems.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

using Words = std::vector<std::string>;

constexpr int k_exit_usage = 2;

std::vector<CLI::App*> commands_of(CLI::App& app) {
    auto commands = app.get_subcommands([](const CLI::App*) { return true; });
    commands.erase(
        std::remove_if(commands.begin(), commands.end(),
                       [](const CLI::App* command) { return command->get_group().empty(); }),
        commands.end());
    return commands;
}

std::vector<CLI::Option*> options_of(CLI::App& app) {
    auto options = app.get_options([](const CLI::Option*) { return true; });
    options.erase(
        std::remove_if(options.begin(), options.end(),
                       [](const CLI::Option* option) { return option->get_group().empty(); }),
        options.end());
    return options;
}

Words command_names(CLI::App& app) {
    Words names;
    for (const CLI::App* command : commands_of(app)) names.push_back(command->get_name());
    return names;
}

/// "--dir", without what is only a position.
Words option_names(CLI::App& app) {
    Words names;
    for (const CLI::Option* option : options_of(app)) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
}

bool is_option(const std::string& word) { return word.starts_with("-"); }

/// The first word that is neither an option nor the value of one before the command.
std::string command_word(const Words& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--lang") {
            ++i;
        } else if (!is_option(words[i])) {
            return words[i];
        }
    }
    return {};
}

/// Choices of an option's check, "{a,b}" as CLI11 writes them.
std::string choices_of(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    const std::size_t begin = type.find('{');
    const std::size_t end = type.rfind('}');
    if (begin == std::string::npos || end == std::string::npos) return {};
    std::string choices = type.substr(begin + 1, end - begin - 1);
    std::replace(choices.begin(), choices.end(), ',', ' ');
    return choices;
}

std::string joined(const Words& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

// ---- completion --------------------------------------------------------------------------------

/// Finds CONTRACT and METHOD behind `tx` and `query`.
constexpr const char* k_find_call =
    "    local contract= method= calls= fields=\n"
    "    for ((++i; i < COMP_CWORD; ++i)); do\n"
    "        case ${COMP_WORDS[i]} in\n"
    "            --json|--wait|--no-wait|--help) ;;\n"
    "            -*) ((++i)) ;;\n"
    "            *) if [[ -z $contract ]]; then contract=${COMP_WORDS[i]}\n"
    "               elif [[ -z $method ]]; then method=${COMP_WORDS[i]}; fi ;;\n"
    "        esac\n"
    "    done\n";

std::string call_case(const std::string& words, const std::string& name, const Words& known) {
    return "        \"" + words + "\") " + name + "=\"" + joined(known) + "\" ;;\n";
}

/// What may follow `tx` or `query`: contracts, their methods, and the fields of each.
std::string call_cases(const std::string& command) {
    std::string cases;
    Words contracts;
    for (const ledger::Contract* contract : ledger::city_contracts().all()) {
        contracts.push_back(contract->name);
        Words methods;
        for (const auto& method : command == "tx" ? contract->operations : contract->queries) {
            methods.push_back(method.name);
            Words fields;
            for (const auto& field : method.arguments) fields.push_back("--" + field.name);
            cases +=
                call_case(command + " " + contract->name + " " + method.name, "fields", fields);
        }
        cases += call_case(command + " " + contract->name + " ", "calls", methods);
    }
    return cases + call_case(command + "  ", "calls", contracts);
}

/// The options of each command, and the choices of those that have some.
void add_option_cases(CLI::App& app, std::string& cases, std::string& values) {
    for (CLI::App* command : commands_of(app)) {
        Words words = option_names(*command);
        words.emplace_back("--lang");
        cases += "        " + command->get_name() + ") words=\"" + joined(words) + "\" ;;\n";
        for (const CLI::Option* option : options_of(*command)) {
            const std::string choices = choices_of(*option);
            if (choices.empty() || option->get_lnames().empty()) continue;
            values += "        " + command->get_name() + ",--" + option->get_lnames().front() +
                      ") words=\"" + choices + "\" ;;\n";
        }
    }
}

/// For bash; zsh reads it by its bashcompinit.
std::string completion_script(CLI::App& app) {
    std::string cases;
    std::string values;
    add_option_cases(app, cases, values);
    return "# Completion of cityledger. bash: source <(cityledger completion bash)\n"
           "#                           zsh: source <(cityledger completion zsh)\n"
           "_cityledger() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    local command= words= i\n"
           "    for ((i = 1; i < COMP_CWORD; ++i)); do\n"
           "        case ${COMP_WORDS[i]} in\n"
           "            --lang) ((++i)) ;;\n"
           "            -*) ;;\n"
           "            *) command=${COMP_WORDS[i]}; break ;;\n"
           "        esac\n"
           "    done\n" +
           std::string(k_find_call) + "    case \"$command $contract $method\" in\n" +
           call_cases("tx") + call_cases("query") +
           "    esac\n"
           "    case $command,$before in\n" +
           values +
           "        *,--lang) words=\"en zh\" ;;\n"
           "    esac\n"
           "    if [[ -z $words && $word == -* ]]; then\n"
           "        case $command in\n" +
           cases +
           "        esac\n"
           "        words=\"$words $fields\"\n"
           "    fi\n"
           "    [[ -z $words && $word != -* && $before != -* ]] && words=$calls\n"
           "    [[ -z $words && -z $command ]] && words=\"" +
           joined(command_names(app)) +
           " --help --version --lang\"\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
           "    [[ ${#COMPREPLY[@]} -eq 0 && $word != -* ]] && "
           "COMPREPLY=($(compgen -f -- \"$word\"))\n"
           "}\n"
           "complete -o filenames -F _cityledger cityledger\n";
}

void add_completion(CLI::App& app) {
    const auto shell = std::make_shared<std::string>();
    CLI::App* completion =
        app.add_subcommand("completion", "print what makes a shell complete commands and options");
    completion->add_option("SHELL", *shell, "bash or zsh")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh"}));
    completion->callback([&app, shell] {
        if (*shell == "zsh") std::printf("autoload -U +X bashcompinit && bashcompinit\n");
        std::fputs(completion_script(app).c_str(), stdout);
    });
}

// ---- the manual page ---------------------------------------------------------------------------

/// Text for man(7): a minus stays one, a backslash too.
std::string roff(const std::string& text) {
    std::string written;
    for (const char c : text) {
        if (c == '\\' || c == '-') written += '\\';
        written += c == '\\' ? 'e' : c;
    }
    return written;
}

std::string option_usage(const CLI::Option& option) {
    if (option.get_lnames().empty()) return option.get_name(true);
    const bool takes_value = option.get_items_expected_max() > 0;
    return "--" + option.get_lnames().front() + (takes_value ? " VALUE" : "");
}

std::string manual_page(CLI::App& app) {
    std::string page =
        ".TH CITYLEDGER 1\n.SH NAME\ncityledger \\- networks, scenarios and measurements of a "
        "permissioned ledger\n.SH SYNOPSIS\n.B cityledger\n[\\-\\-lang en|zh]\n.I command\n"
        "[\\fIoptions\\fR]\n.SH COMMANDS\n";
    for (CLI::App* command : commands_of(app)) {
        page += ".SS " + roff(command->get_name()) + "\n" + roff(command->get_description()) + "\n";
        for (const CLI::Option* option : options_of(*command)) {
            if (option->get_name() == "--help") continue;
            page += ".TP\n.B " + roff(option_usage(*option)) + "\n" +
                    roff(option->get_description()) + "\n";
        }
    }
    return page +
           ".SH EXIT STATUS\n0 fine; 1 an expectation did not hold, or refused; 2 wrong usage or "
           "file; 3 the "
           "environment; 4 no receipt in time; 5 honest nodes disagree; 6 a quorum votes, but not "
           "every node; 7 no quorum votes; 130 interrupted.\n.SH SEE ALSO\n.BR cityledgerd (8)\n";
}

void add_manual(CLI::App& app) {
    CLI::App* manual = app.add_subcommand("manual", "print the manual page, for man(1)");
    manual->callback([&app] { std::fputs(manual_page(app).c_str(), stdout); });
}

// ---- help in Chinese ---------------------------------------------------------------------------

/// English description: Chinese one.
const std::map<std::string, std::string>& help_in_chinese() {
    static const std::map<std::string, std::string> table = [] {
        std::map<std::string, std::string> lines;
        std::string_view rest = help_zh_table();
        while (!rest.empty()) {
            const std::string_view line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(line.size() + 1, rest.size()));
            const std::size_t tab = line.find('\t');
            if (tab != std::string_view::npos) {
                lines.emplace(line.substr(0, tab), line.substr(tab + 1));
            }
        }
        return lines;
    }();
    return table;
}

void translate(CLI::App& app) {
    const auto& table = help_in_chinese();
    const auto chinese = [&table](const std::string& english) {
        const auto found = table.find(english);
        return found == table.end() ? english : found->second;
    };
    app.description(chinese(app.get_description()));
    for (CLI::Option* option : app.get_options([](const CLI::Option*) { return true; })) {
        option->description(chinese(option->get_description()));
    }
    app.get_formatter()->label("Usage", "用法");
    app.get_formatter()->label("OPTIONS", "选项");
    app.get_formatter()->label("SUBCOMMAND", "命令");
    app.get_formatter()->label("REQUIRED", "必填");
    for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        translate(*command);
    }
}

}  // namespace

void add_shell_commands(CLI::App& app) {
    add_completion(app);
    add_manual(app);
}

void translate_help(CLI::App& app) {
    if (language() == Language::chinese) translate(app);
}

int tell_usage(CLI::App& app, const Words& words, const std::string& problem) {
    const std::string word = command_word(words);
    const Words commands = command_names(app);
    const auto found = std::find(commands.begin(), commands.end(), word);
    if (!word.empty() && found == commands.end()) {
        std::fprintf(stderr, "cityledger: %s\n",
                     said("usage.no_command", {word, suggestion(word, commands)}).c_str());
        return k_exit_usage;
    }
    if (word.empty()) {
        std::fprintf(stderr, "%s\n", said("usage.commands", {joined(commands)}).c_str());
        return k_exit_usage;
    }
    Words options = option_names(*app.get_subcommand(word));
    options.emplace_back("--lang");
    for (const std::string& given : words) {
        const std::string name = given.substr(0, given.find('='));
        const bool known = std::find(options.begin(), options.end(), name) != options.end();
        if (!is_option(given) || known || name == "-h") continue;
        std::fprintf(stderr, "cityledger: %s\n",
                     said("usage.no_option", {word, name, suggestion(name, options)}).c_str());
        return k_exit_usage;
    }
    std::fprintf(stderr, "cityledger %s: %s\n%s\n", word.c_str(), problem.c_str(),
                 said("usage.help", {word}).c_str());
    return k_exit_usage;
}

}  // namespace cityledger::sim
