-- SQLite: whose turn it is to help (article 26), and online tutoring (article 27). Its twin is the same file in ../postgres; a
-- test keeps them alike.

-- What gives a helper a case takes turns on its district's row.
CREATE TABLE helper_turn (
    division TEXT NOT NULL PRIMARY KEY,
    turns BIGINT NOT NULL
);

CREATE TABLE tutoring (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    -- The hash of the code that the applicant reads to the helper.
    code BLOB NOT NULL,
    holder TEXT NOT NULL,
    subject TEXT NOT NULL,
    started BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    helper TEXT,
    ended BIGINT,
    -- How much was said.
    said BIGINT NOT NULL,
    PRIMARY KEY (division, id)
);

-- One session for each draft, and one for each code, while they go on.
CREATE UNIQUE INDEX tutoring_open ON tutoring (division, holder, subject) WHERE ended IS NULL;
CREATE UNIQUE INDEX tutoring_code ON tutoring (division, code) WHERE ended IS NULL;
CREATE INDEX tutoring_of ON tutoring (division, holder, subject, started);
CREATE INDEX tutoring_ends ON tutoring (division, ends) WHERE ended IS NULL;
CREATE INDEX tutoring_ended ON tutoring (division, ended) WHERE ended IS NOT NULL;

CREATE TABLE tutoring_remark (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    at BIGINT NOT NULL,
    party TEXT NOT NULL,
    field TEXT,
    -- Sealed: what was said.
    words BLOB NOT NULL,
    PRIMARY KEY (division, id, sequence)
);
