// import and export: invoices as files.

#include <algorithm>
#include <cstdio>

#include "ledger/codec/json.hpp"
#include "node/io/config_files.hpp"
#include "sim/cli/call_arguments.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/network_actors.hpp"
#include "sim/cli/network_register.hpp"
#include "sim/cli/network_text.hpp"
#include "sim/documents/documents_codes.hpp"
#include "sim/documents/exporting.hpp"
#include "sim/documents/importing.hpp"
#include "sim/scenario/wording.hpp"
#include "sim/worlds/remote_world.hpp"

namespace cityledger::sim {
namespace {

namespace json = boost::json;
namespace invoice = ledger::invoice;
using documents::Document;
using documents::fen_text;

constexpr int k_exit_refused = 1;
constexpr int k_exit_usage = 2;

/// Tells all problems; nothing if there are any.
std::optional<std::vector<Document>> read_documents(const std::string& path,
                                                    const documents::ImportOptions& options) {
    const auto text = io::read_text_file(path);
    if (!text) {
        fail(text.error());
        return std::nullopt;
    }
    documents::Imported imported = documents::import_text(*text, path, options);
    for (const Error& problem : imported.problems) {
        std::fprintf(stderr, "%s\n", message_of(problem).c_str());
    }
    if (!imported.problems.empty()) return std::nullopt;
    return std::move(imported.documents);
}

json::object json_of(const Document& document) {
    return {{"contract", "invoice"},
            {"operation", documents::operation_of(document)},
            {"arguments", documents::arguments_of(document)},
            {"sealed", documents::sealed_fields(document)}};
}

void tell(const Document& document) {
    const auto sums = documents::sums_of(document);
    std::printf("%s\n",
                said(document.red ? "import.red" : "import.blue",
                     {document.reference, document.red ? document.red_of : document.buyer.id})
                    .c_str());
    for (const documents::Line& line : document.lines) {
        std::printf("  %12s  %10s  %8s  %s\n", fen_text(line.amount_fen).c_str(),
                    fen_text(line.tax_fen).c_str(),
                    invoice::to_text(documents::rate_of(line)).c_str(), line.name.c_str());
    }
    std::printf("%s\n", said("import.sum", {fen_text(sums.amount_fen), fen_text(sums.tax_fen),
                                            fen_text(sums.total_fen())})
                            .c_str());
}

/// What the chain or its record refuses is code 1, as of `tx` and `query`.
int tell(const Error& error) {
    const int code = fail(error);
    const bool refused = error.code == ledger::codes::invoice_unknown ||
                         error.code == ledger::codes::read_not_permitted ||
                         error.code == documents::codes::document_not_of_invoice;
    return refused ? k_exit_refused : code;
}

int usage(const std::string& words) {
    std::fprintf(stderr, "cityledger: %s\n", words.c_str());
    return k_exit_usage;
}

Result<invoice::Invoice> invoice_of(RemoteWorld& world, const std::string& code,
                                    const std::string& number, const ledger::MemberId& asker) {
    const json::object arguments{{"code", code}, {"number", number}};
    const auto result = world.query("invoice", "invoice", arguments, std::nullopt, asker);
    if (!result) return propagate(result);
    return ledger::from_json<invoice::Invoice>(*result);
}

/// As if it had been typed: `tx invoice issue --as NAME ...`.
int issue_one(const Document& document, const ImportCommandOptions& options) {
    CallOptions call;
    call.folder = options.folder;
    call.contract = "invoice";
    call.method = documents::operation_of(document);
    call.sender = options.sender;
    call.json = options.json;
    std::vector<FieldWord> fields;
    for (const auto& [name, value] : documents::arguments_of(document)) {
        const bool is_text = value.is_string();
        fields.push_back({std::string(name),
                          is_text ? std::string(value.get_string()) : ledger::compact_json(value)});
    }
    return run_tx(call, fields);
}

/// A red-letter invoice names lines as the chain counts them, which the invoice's record tells.
int issue(const Document& document, const ImportCommandOptions& options) {
    if (!document.red) return issue_one(document, options);
    const NetworkFolder folder = folder_at(options.folder);
    const auto network = read_network(folder);
    if (!network) return fail(network.error());
    RemoteWorld world(folder, *network);
    const std::size_t dash = document.red_of.find('-');
    const auto asker = asker_named(folder, world, options.sender);
    if (!asker) return usage(asker.error());
    const auto blue = invoice_of(world, document.red_of.substr(0, dash),
                                 document.red_of.substr(dash + 1), *asker);
    if (!blue) return tell(blue.error());
    return issue_one(documents::numbered_for(*blue, document), options);
}

/// The words of the file's document that belongs to the invoice: that one, as the chain tells it.
Status take_words(Document& document, const std::vector<Document>& imported,
                  const std::optional<Register>& secrets) {
    Status last;
    for (const Document& open : imported) {
        Document shown = open;
        shown.buyer.id = hidden_id(secrets, open.buyer.id);
        if (secrets) shown.reference = secrets->commitment_to(open.reference);
        last = documents::add_words(document, shown);
        if (!last) continue;
        if (!document.red) document.reference = open.reference;
        break;
    }
    return last;
}

Result<Document> issued_document(RemoteWorld& world, const ledger::MemberId& asker,
                                 const ExportCommandOptions& options,
                                 const std::vector<Document>& imported) {
    const auto record = invoice_of(world, options.code, options.number, asker);
    if (!record) return propagate(record);
    std::optional<invoice::Invoice> blue;
    if (const auto& red_of = record->content.red_of) {
        auto found = invoice_of(world, red_of->code, red_of->number, asker);
        if (!found) return propagate(found);
        blue = *std::move(found);
    }
    Document document = documents::document_of(*record, blue ? &*blue : nullptr);
    const auto secrets = register_of(folder_at(options.folder));
    if (!secrets) return propagate(secrets);
    const Status words = take_words(document, imported, *secrets);
    if (!words) return propagate(words);
    return document;
}

std::string text_of(const Document& document, const std::string& format) {
    if (format == "ubl") return documents::ubl_text(document);
    if (format == "html") return documents::html_page(document);
    return ledger::pretty_json(ledger::to_json(document));
}

}  // namespace

int run_import(const ImportCommandOptions& options) {
    const auto imported = read_documents(options.file, {options.category, options.date});
    if (!imported) return k_exit_usage;
    if (options.issue) {
        int worst = 0;
        for (const Document& document : *imported) {
            worst = std::max(worst, issue(document, options));
        }
        return worst;
    }
    if (options.json) {
        json::array all;
        for (const Document& document : *imported) all.push_back(json_of(document));
        std::fputs(ledger::pretty_json(all).c_str(), stdout);
        return 0;
    }
    for (const Document& document : *imported) tell(document);
    return 0;
}

int run_export(const ExportCommandOptions& options) {
    std::vector<Document> imported;
    if (!options.document.empty()) {
        auto read = read_documents(options.document, {options.category, {}});
        if (!read) return k_exit_usage;
        imported = *std::move(read);
    }
    const NetworkFolder folder = folder_at(options.folder);
    const auto network = read_network(folder);
    if (!network) return fail(network.error());
    RemoteWorld world(folder, *network);
    const auto asker = asker_named(folder, world, options.sender);
    if (!asker) return usage(asker.error());
    const auto document = issued_document(world, *asker, options, imported);
    if (!document) return tell(document.error());
    const std::string text = text_of(*document, options.format);
    if (options.out.empty()) {
        std::fputs(text.c_str(), stdout);
        return 0;
    }
    if (const Status written = io::write_text_file(options.out, text); !written) {
        return fail(written.error());
    }
    std::printf("%s\n", said("export.written", {options.out}).c_str());
    return 0;
}

}  // namespace cityledger::sim
