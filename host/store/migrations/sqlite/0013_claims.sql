-- SQLite: claims without an application, pushes, payment files. Its twin is the same file in ../postgres; a test keeps
-- them alike.

-- What stands beside a case of the kind policy-claim. Whose it is, is sealed and found by blind index.
CREATE TABLE policy_claim (
    division TEXT NOT NULL,
    number TEXT NOT NULL,
    policy TEXT NOT NULL,
    -- 0 is a plugin's own policy, which has no versions.
    version BIGINT NOT NULL,
    holder BLOB NOT NULL,
    -- Sealed.
    body BLOB NOT NULL,
    PRIMARY KEY (division, number)
);

CREATE INDEX policy_claim_holder ON policy_claim (division, holder, number);
CREATE INDEX policy_claim_policy ON policy_claim (division, policy, version, number);

-- How far a policy's version has been pushed to those who match.
CREATE TABLE policy_push (
    division TEXT NOT NULL,
    policy TEXT NOT NULL,
    version BIGINT NOT NULL,
    begun BIGINT NOT NULL,
    by_account TEXT NOT NULL,
    -- Where in the matches it is.
    reached TEXT NOT NULL,
    pushed BIGINT NOT NULL,
    opted_out BIGINT NOT NULL,
    unreached BIGINT NOT NULL,
    again BIGINT NOT NULL,
    is_done BIGINT NOT NULL,
    PRIMARY KEY (division, policy, version)
);

-- A payment file, and its lines.
CREATE TABLE payment_batch (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    department TEXT,
    made BIGINT NOT NULL,
    by_account TEXT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (division, id)
);

CREATE INDEX payment_batch_made ON payment_batch (division, made, id);

CREATE TABLE payment_line (
    division TEXT NOT NULL,
    batch TEXT NOT NULL,
    line BIGINT NOT NULL,
    number TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Sealed: where the money goes, and what the bank said.
    body BLOB NOT NULL,
    said BLOB,
    PRIMARY KEY (division, batch, line)
);

CREATE INDEX payment_line_number ON payment_line (division, number);
