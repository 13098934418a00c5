-- SQLite: by what cases and accounts are found again; how far sealing anew has come. Its twin is the same file in
-- ../postgres; a test keeps them alike.

-- Blind indexes: keyed hashes of identity numbers, telephone numbers, credit codes and names.
CREATE TABLE case_mark (
    division TEXT NOT NULL,
    mark BLOB NOT NULL,
    number TEXT NOT NULL,
    PRIMARY KEY (division, mark, number)
) WITHOUT ROWID;

CREATE TABLE account_mark (
    division TEXT NOT NULL,
    mark BLOB NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (division, mark, account)
) WITHOUT ROWID;

CREATE INDEX account_mark_account ON account_mark (division, account);

-- Which data key everything of a district is to be sealed with, who is at it until when, and whether it is done.
CREATE TABLE reseal (
    division TEXT NOT NULL PRIMARY KEY,
    data_key BIGINT NOT NULL,
    holder TEXT NOT NULL,
    held_until BIGINT NOT NULL,
    done BIGINT NOT NULL
);
