-- PostgreSQL: policies and what is known of applicants. Its twin is the same file in ../sqlite; a test keeps them alike.

-- A policy, whatever its versions: whether it was withdrawn, by whom and why, as JSON.
CREATE TABLE policy (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    -- The newest version.
    latest BIGINT NOT NULL,
    withdrawn TEXT,
    PRIMARY KEY (division, id)
);

-- Every version that was ever published, as JSON; none of them changes.
CREATE TABLE policy_edition (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    -- The day from which it holds.
    since TEXT NOT NULL,
    published BIGINT NOT NULL,
    -- Who published it; none came with the city's own data.
    account TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (division, id, version)
);

-- What is known of an applicant in a district, sealed. The id is a keyed hash of who it is: files in its order are in no
-- order, so that the first thousand are a sample.
CREATE TABLE fact_file (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    -- 'person' or 'enterprise'.
    kind TEXT NOT NULL,
    changed BIGINT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (division, id)
);

CREATE INDEX fact_file_kind ON fact_file (division, kind, id);

-- A version on its way through everybody's files.
CREATE TABLE policy_run (
    division TEXT NOT NULL,
    policy TEXT NOT NULL,
    version BIGINT NOT NULL,
    -- Where it is, as JSON; none when everybody was looked at.
    position TEXT,
    total BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    met BIGINT NOT NULL,
    unknown BIGINT NOT NULL,
    begun BIGINT NOT NULL,
    moved BIGINT NOT NULL,
    PRIMARY KEY (division, policy, version)
);

CREATE INDEX policy_run_open ON policy_run (division, begun) WHERE position IS NOT NULL;

-- Who meets a policy, by the version that they met last.
CREATE TABLE policy_match (
    division TEXT NOT NULL,
    policy TEXT NOT NULL,
    -- In which district's files, and which file.
    place TEXT NOT NULL,
    file TEXT NOT NULL,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    -- In fen.
    amount BIGINT,
    found BIGINT NOT NULL,
    PRIMARY KEY (division, policy, place, file)
);

CREATE INDEX policy_match_file ON policy_match (division, place, file);
