-- PostgreSQL: whose plugins the city believes, and what they signed. Its twin is the same file in ../sqlite; a test keeps
-- them alike.

CREATE TABLE publisher (
    division TEXT NOT NULL,
    key_id TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (division, key_id)
);

-- Statements about a package, each once, and when this city got them: one that held then goes on holding.
CREATE TABLE package_statement (
    digest BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    envelope BYTEA NOT NULL,
    received BIGINT NOT NULL,
    PRIMARY KEY (digest, hash)
);
