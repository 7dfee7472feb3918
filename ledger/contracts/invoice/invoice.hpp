#pragma once
// Invoice (深圳区块链电子发票): admission with a quota, issue, transfer, claim (lock, then book
// once), reversal by red-letter invoice (红字发票). Nothing is ever voided.
//
// Code and number are given by the chain (announcement 2018 No. 11 of Shenzhen's tax bureau). The
// 12-digit code is 1, the region (4 digits), the year (2), 0, 9, the batch, the copy (1) and 0; for
// 2018 in Shenzhen 144031809110. The 8-digit number counts through the whole city, blue and red
// invoices alike. Rule of the series: it starts at the genesis' first_batch and first_number; after
// number 99,999,999 the batch goes up by one and the number starts at 1; the last
// million numbers of batch 9 are for red letters, and issuing is refused (series_exhausted); the
// first invoice of a new year starts batch 1 with number 1.
//
// Money is integer fen (分). `amount_fen` is without tax, `total_fen` with tax (价税合计).
// Business state keeps what rules need: ids, totals, status, holder, the digest of the sealed body.
// The body itself is in the block log only (invoice_body.hpp).

#include "ledger/contracts/invoice/invoice_codes.hpp"
#include "ledger/contracts/invoice/queries.hpp"
#include "ledger/contracts/invoice/records.hpp"
#include "ledger/contracts/invoice/roles.hpp"
#include "ledger/contracts/invoice/rules.hpp"
