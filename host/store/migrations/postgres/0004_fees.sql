-- PostgreSQL: fees that are due, payments, what was given back, receipts, closings (article 31).
-- Its twin is the same file in ../sqlite; a test keeps them alike.

CREATE TABLE fee_due (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    case_number TEXT NOT NULL,
    amount BIGINT NOT NULL,
    at BIGINT NOT NULL,
    state TEXT NOT NULL,
    receipt TEXT,
    -- Sealed: the fee as it was published, and who is to pay.
    asked BYTEA NOT NULL,
    PRIMARY KEY (division, id)
);

CREATE INDEX fee_due_case ON fee_due (division, case_number);

CREATE TABLE fee_payment (
    division TEXT NOT NULL,
    provider TEXT NOT NULL,
    -- The provider's own number: the same call-back a thousand times is one row.
    reference TEXT NOT NULL,
    due TEXT NOT NULL,
    means TEXT NOT NULL,
    amount BIGINT NOT NULL,
    at BIGINT NOT NULL,
    day TEXT NOT NULL,
    taken_by TEXT,
    is_surplus BIGINT NOT NULL,
    refunded TEXT,
    refunded_by TEXT,
    PRIMARY KEY (division, provider, reference)
);

CREATE INDEX fee_payment_day ON fee_payment (division, day);
CREATE INDEX fee_payment_due ON fee_payment (division, due);
CREATE INDEX fee_payment_refunded ON fee_payment (division, refunded) WHERE refunded IS NOT NULL;

CREATE TABLE receipt (
    division TEXT NOT NULL,
    number TEXT NOT NULL,
    code TEXT NOT NULL,
    provider TEXT NOT NULL,
    reference TEXT NOT NULL,
    PRIMARY KEY (division, number)
);

CREATE TABLE receipt_count (
    division TEXT NOT NULL,
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (division, year)
);

CREATE TABLE fee_closing (
    division TEXT NOT NULL,
    day TEXT NOT NULL,
    at BIGINT NOT NULL,
    closed_by TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (division, day)
);
