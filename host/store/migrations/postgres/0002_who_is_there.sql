-- PostgreSQL: accounts, roles, mandates, sessions, tokens for machines, second factors, the audit chain; whose a case is.
-- Its twin is the same file in ../sqlite; a test keeps them alike.
--
-- People sign in to the city: accounts, mandates, sessions and tokens stand in the city's division, roles in the division
-- that they are held in.

CREATE TABLE account (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    provider TEXT NOT NULL,
    -- Blind indexes: found again by the provider's name of a person and by the identity number, told by neither.
    subject BYTEA NOT NULL,
    identity BYTEA,
    -- Sealed.
    profile BYTEA NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (division, id),
    UNIQUE (division, provider, subject)
);

CREATE INDEX account_identity ON account (division, identity) WHERE identity IS NOT NULL;

CREATE TABLE role_held (
    division TEXT NOT NULL,
    account TEXT NOT NULL,
    role TEXT NOT NULL,
    -- Empty is the whole district.
    department TEXT NOT NULL,
    ends BIGINT,
    given_by TEXT NOT NULL,
    given BIGINT NOT NULL,
    PRIMARY KEY (division, account, role, department)
);

CREATE INDEX role_held_account ON role_held (account);

CREATE TABLE mandate (
    division TEXT NOT NULL,
    account TEXT NOT NULL,
    credit_code TEXT NOT NULL,
    -- Sealed.
    body BYTEA NOT NULL,
    PRIMARY KEY (division, account, credit_code)
);

CREATE TABLE session (
    division TEXT NOT NULL,
    id BYTEA NOT NULL,
    account TEXT NOT NULL,
    created BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    strong BIGINT NOT NULL,
    acting_for TEXT,
    agent TEXT NOT NULL,
    PRIMARY KEY (division, id)
);

CREATE INDEX session_account ON session (division, account);
CREATE INDEX session_ends ON session (division, ends);

CREATE TABLE api_token (
    division TEXT NOT NULL,
    id BYTEA NOT NULL,
    acts_in TEXT NOT NULL,
    label TEXT NOT NULL,
    deeds TEXT NOT NULL,
    ends BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    made BIGINT NOT NULL,
    PRIMARY KEY (division, id)
);

CREATE TABLE second_factor (
    division TEXT NOT NULL,
    account TEXT NOT NULL,
    -- Sealed.
    secret BYTEA NOT NULL,
    confirmed BIGINT NOT NULL,
    -- The time step of the last code that was taken: none is taken twice (RFC 6238, 5.2).
    last_step BIGINT NOT NULL,
    PRIMARY KEY (division, account)
);

CREATE TABLE audit_entry (
    division TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    client TEXT,
    previous BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (division, sequence)
);

ALTER TABLE case_file ADD COLUMN account TEXT;
CREATE INDEX case_file_account ON case_file (account, division, number) WHERE account IS NOT NULL;
ALTER TABLE case_file ADD COLUMN department TEXT;
CREATE INDEX case_file_department ON case_file (division, department, (COALESCE(due, '9999')), number) WHERE is_open = 1;
