-- SQLite: districts, items with versions, plugin packages and activations, plugin storage, cases with their events,
-- records of plugin calls. Its twin is the same file in ../postgres; a test keeps them alike.
--
-- Every table leads with the district, so that a distributed PostgreSQL can place a district on a node. `district`,
-- `package` and `change` are small tables that every node holds.

CREATE TABLE district (
    division TEXT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE TABLE calendar_year (
    division TEXT NOT NULL,
    year BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (division, year)
);

-- One row for each published version of an implementation list; the newest is the one that is shown.
CREATE TABLE item (
    division TEXT NOT NULL,
    code TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (division, code, version)
);

CREATE TABLE package (
    digest BLOB NOT NULL PRIMARY KEY,
    plugin TEXT NOT NULL,
    version TEXT NOT NULL,
    manifest TEXT NOT NULL,
    component BLOB NOT NULL,
    installed BIGINT NOT NULL
);

CREATE TABLE activation (
    division TEXT NOT NULL,
    plugin TEXT NOT NULL,
    package BLOB NOT NULL,
    granted TEXT NOT NULL,
    settings TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (division, plugin)
);

-- Counts the changes of a topic, so that a replica knows when to load again.
CREATE TABLE change (
    topic TEXT NOT NULL PRIMARY KEY,
    generation BIGINT NOT NULL
);

CREATE TABLE plugin_space (
    division TEXT NOT NULL,
    plugin TEXT NOT NULL,
    used BIGINT NOT NULL,
    -- The last version that was given in this space: a key that is removed and set again does not repeat one.
    version BIGINT NOT NULL,
    PRIMARY KEY (division, plugin)
);

-- Keys are bytes: ordered bytewise on both databases, and any character may stand in them.
CREATE TABLE plugin_entry (
    division TEXT NOT NULL,
    plugin TEXT NOT NULL,
    key BLOB NOT NULL,
    value BLOB NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (division, plugin, key)
);

-- A district's data keys, wrapped by a key that is never in the database. 0 is the key of its blind indexes; personal
-- data are sealed with the highest. Sealed columns hold: format, key, nonce, ciphertext.
CREATE TABLE data_key (
    division TEXT NOT NULL,
    id BIGINT NOT NULL,
    suite TEXT NOT NULL,
    wrapped_by TEXT NOT NULL,
    wrapped BLOB NOT NULL,
    PRIMARY KEY (division, id)
);

-- A kind of case as it was when a case began, once for all cases that began so.
CREATE TABLE case_kind (
    division TEXT NOT NULL,
    digest BLOB NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (division, digest)
);

CREATE TABLE case_file (
    division TEXT NOT NULL,
    number TEXT NOT NULL,
    kind BLOB NOT NULL,
    subject TEXT NOT NULL,
    -- Sealed: they name people.
    title BLOB NOT NULL,
    message BLOB,
    application BLOB NOT NULL,
    state TEXT NOT NULL,
    is_open BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    submitted BIGINT NOT NULL,
    due TEXT,
    secret BLOB NOT NULL,
    token BLOB NOT NULL,
    PRIMARY KEY (division, number),
    UNIQUE (division, token)
);

CREATE INDEX case_file_due ON case_file (division, (COALESCE(due, '9999')), number) WHERE is_open = 1;

CREATE TABLE case_event (
    division TEXT NOT NULL,
    number TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    at BIGINT NOT NULL,
    role TEXT NOT NULL,
    account TEXT,
    action TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    reason BLOB,
    basis TEXT,
    remark BLOB,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (division, number, sequence)
);

-- `id` grows with time.
CREATE TABLE call_record (
    division TEXT NOT NULL,
    id BIGINT NOT NULL,
    plugin TEXT NOT NULL,
    package BLOB NOT NULL,
    function TEXT NOT NULL,
    at BIGINT NOT NULL,
    ending TEXT NOT NULL,
    message TEXT,
    took BIGINT NOT NULL,
    case_number TEXT,
    transcript BLOB NOT NULL,
    PRIMARY KEY (division, id)
);

CREATE INDEX call_record_case ON call_record (division, case_number) WHERE case_number IS NOT NULL;
CREATE INDEX call_record_ending ON call_record (division, ending, id);
