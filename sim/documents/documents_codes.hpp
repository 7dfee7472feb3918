#pragma once
// Codes of imported and exported documents: 1900 to 1949.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_DOCUMENTS_CODES(X) \
    X(document_too_large, 1900, invalid, "the file is larger than 4 MiB", "split it into files of fewer documents") \
    X(document_format_unknown, 1901, invalid, "the file is neither CSV (.csv) nor a UBL document (.xml)", "name a file that ends in .csv or .xml") \
    X(document_not_utf8, 1902, invalid, "the file is not UTF-8 text", "save it as UTF-8") \
    X(csv_malformed, 1903, invalid, "the row is no CSV", "put cells that hold commas, quotes or line breaks in double quotes, and double the quotes in them") \
    X(csv_column_unknown, 1904, invalid, "there is no such column, or it stands twice", "see the columns in docs/documents.md") \
    X(csv_column_missing, 1905, invalid, "a column that must be there is missing", "add it to the header row") \
    X(xml_malformed, 1906, invalid, "the XML is not well-formed", "correct it at this place") \
    X(xml_doctype, 1907, invalid, "the XML has a document type declaration", "remove <!DOCTYPE ...>: entities are not expanded") \
    X(xml_too_deep, 1908, invalid, "elements are nested deeper than 32", "send a UBL 2.1 document") \
    X(document_kind_unknown, 1909, invalid, "the document is no UBL Invoice (type 380) or CreditNote (type 381)", "import invoices and credit notes only") \
    X(document_field_missing, 1910, invalid, "a field that must be there is missing or empty", "add it") \
    X(document_value_malformed, 1911, invalid, "a value is not of the form that its field has", "write it as docs/documents.md shows") \
    X(document_number_too_large, 1912, invalid, "a number is beyond ten billion yuan", "split the document") \
    X(document_text_too_long, 1913, invalid, "a text is longer than its field on the chain", "shorten it") \
    X(document_currency_unknown, 1914, invalid, "the currency is not the yuan", "convert the document to CNY") \
    X(document_tax_category_unknown, 1915, invalid, "the tax category is none of S, Z and E, or its rate does not fit it", "use S with a rate above 0, Z or E with 0") \
    X(document_total_wrong, 1916, invalid, "a total is not the sum of its parts", "correct the total or the lines") \
    X(document_negative_line, 1917, invalid, "a line below 0 is no discount of another line", "give it the name and rate of the line that it lowers, or write a credit note") \
    X(document_discount_too_large, 1918, invalid, "a discount is larger than what it lowers, or nothing has its rate", "correct the discount") \
    X(document_line_zero, 1919, invalid, "a line has no amount", "leave it out, or give its price and a discount") \
    X(document_rows_differ, 1920, invalid, "rows of one document differ in a field of the document", "write the same value in all of them") \
    X(document_lines_refused, 1921, invalid, "the invoice contract would refuse these lines", "correct what the contract names") \
    X(document_empty, 1922, invalid, "the file holds no line of sale", "add lines") \
    X(document_not_of_invoice, 1923, refused, "the document is not the one that the invoice was issued for", "name the file that was imported for it") \
    X(document_credit_unnamed, 1924, invalid, "the credit note does not name the invoice that it reverses", "write its code and number as CODE-NUMBER in the billing reference")
// clang-format on

namespace cityledger::documents {
CITYLEDGER_DEFINE_CODES(documents_codes, CITYLEDGER_DOCUMENTS_CODES)
}  // namespace cityledger::documents
