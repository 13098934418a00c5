-- PostgreSQL: monitoring (article 34): what is counted, how far, what was out of the ordinary, bulletins. Its twin is the same file
-- in ../sqlite; a test keeps them alike.

-- How many of a case's events are in the tallies: set in the transaction that adds them, so that each is added once.
ALTER TABLE case_file ADD COLUMN tallied BIGINT NOT NULL DEFAULT 0;
CREATE INDEX case_file_untallied ON case_file (division, number) WHERE tallied < revision;

-- Sums that only ever grow by what happened: per day and per month ('day', 'month'), as guides were found to be in a month
-- ('guide'), of materials that were attached ('materials'), or of a demonstration ('demo'). Ratings are counted by themselves.
CREATE TABLE tally (
    division TEXT NOT NULL,
    grain TEXT NOT NULL,
    -- 2026-03-05 or 2026-03.
    period TEXT NOT NULL,
    -- An implementation code, service:…, kind:…, or empty.
    item TEXT NOT NULL,
    department TEXT NOT NULL,
    measure TEXT NOT NULL,
    total BIGINT NOT NULL,
    PRIMARY KEY (division, grain, period, item, department, measure)
);

-- What was out of the ordinary, each with the case that it opened. Of one matter one is open.
CREATE TABLE anomaly (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    family TEXT NOT NULL,
    item TEXT NOT NULL,
    department TEXT NOT NULL,
    -- The first day of the period that it was found in.
    period TEXT NOT NULL,
    found BIGINT NOT NULL,
    -- The day on which its case ended.
    ended TEXT,
    number TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (division, id)
);

CREATE UNIQUE INDEX anomaly_open ON anomaly (division, family, item, department) WHERE ended IS NULL;
CREATE INDEX anomaly_found ON anomaly (division, found);
CREATE INDEX anomaly_number ON anomaly (division, number);

-- Bulletins as they were published; their hashes stand in the audit chain.
CREATE TABLE bulletin (
    division TEXT NOT NULL,
    month TEXT NOT NULL,
    made BIGINT NOT NULL,
    body TEXT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (division, month)
);

-- How far something that is done period by period has come.
CREATE TABLE monitoring_mark (
    division TEXT NOT NULL,
    name TEXT NOT NULL,
    reached TEXT NOT NULL,
    PRIMARY KEY (division, name)
);
