-- PostgreSQL: the list of intermediaries, their credit, what they file, and selections. Its twin is the same file in ../sqlite;
-- a test keeps them alike.

-- The catalogue of intermediary services, and the city's one list: kept by the city's own division.
CREATE TABLE intermediary_service (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (division, id)
);

CREATE TABLE intermediary (
    division TEXT NOT NULL,
    -- Unified social credit code.
    code TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (division, code)
);

CREATE TABLE intermediary_credit (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    day TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (division, id)
);

CREATE INDEX intermediary_credit_code ON intermediary_credit (division, code, day);

-- What was filed with a case; `told` is the case's state that the list has followed.
CREATE TABLE intermediary_filing (
    division TEXT NOT NULL,
    number TEXT NOT NULL,
    code TEXT NOT NULL,
    body TEXT NOT NULL,
    told TEXT NOT NULL,
    PRIMARY KEY (division, number)
);

-- A selection with the number of its case, which says where it is. Everything in it is public.
CREATE TABLE selection (
    division TEXT NOT NULL,
    number TEXT NOT NULL,
    made BIGINT NOT NULL,
    -- When sign-up closes; none where the owner chooses directly.
    closes BIGINT,
    -- The last day of delivery.
    due TEXT,
    -- 1 once it stands in the credit record that it is late.
    late BIGINT NOT NULL,
    owner TEXT NOT NULL,
    body TEXT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (division, number)
);

CREATE INDEX selection_made ON selection (division, made, number);
CREATE INDEX selection_owner ON selection (division, owner, made);

-- Sealed: the seed of a draw until it is revealed.
CREATE TABLE selection_seed (
    division TEXT NOT NULL,
    number TEXT NOT NULL,
    round BIGINT NOT NULL,
    seed BYTEA NOT NULL,
    PRIMARY KEY (division, number, round)
);

-- Sealed: quotes and contributions until the closing.
CREATE TABLE selection_bid (
    division TEXT NOT NULL,
    number TEXT NOT NULL,
    code TEXT NOT NULL,
    account TEXT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (division, number, code)
);
