-- SQLite: ratings 好差评 and what counts of them. Its twin is the same file in ../postgres; a test keeps them alike.

CREATE TABLE rating (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    -- What is rated, once: 'case/…', 'visit/…' or 'call/…'.
    rated TEXT NOT NULL,
    department TEXT NOT NULL,
    item TEXT NOT NULL,
    month TEXT NOT NULL,
    grade BIGINT NOT NULL,
    tags TEXT NOT NULL,
    channel TEXT NOT NULL,
    named BIGINT NOT NULL,
    made BIGINT NOT NULL,
    locks BIGINT NOT NULL,
    locked BIGINT NOT NULL,
    -- 'counted', 'held', 'discarded' or 'misjudged'.
    standing TEXT NOT NULL,
    -- Keyed hashes of where it came from and of whose account it is.
    client BLOB NOT NULL,
    rater BLOB,
    -- The accounts of those who are rated.
    people TEXT NOT NULL,
    -- Sealed: the text, who rated, what names people.
    body BLOB NOT NULL,
    screening TEXT NOT NULL,
    public_text TEXT,
    rectification TEXT,
    rectified TEXT,
    outcome TEXT,
    PRIMARY KEY (division, id)
);

CREATE UNIQUE INDEX rating_once ON rating (division, rated);
CREATE INDEX rating_due ON rating (division, locks) WHERE locked = 0;
CREATE INDEX rating_client ON rating (division, client, made);
CREATE INDEX rating_rater ON rating (division, rater, made) WHERE rater IS NOT NULL;
CREATE INDEX rating_department ON rating (division, department, made);
CREATE INDEX rating_made ON rating (division, made);
CREATE INDEX rating_held ON rating (division, made) WHERE standing = 'held';
CREATE INDEX rating_waits ON rating (division, made) WHERE screening = 'held';
CREATE INDEX rating_public ON rating (division, made) WHERE public_text IS NOT NULL;
CREATE UNIQUE INDEX rating_rectification ON rating (division, rectification) WHERE rectification IS NOT NULL;
CREATE INDEX rating_rectified ON rating (division, rectified, made) WHERE rectified IS NOT NULL;

-- What counts, kept in the transaction of what changes it.
CREATE TABLE rating_count (
    division TEXT NOT NULL,
    month TEXT NOT NULL,
    department TEXT NOT NULL,
    item TEXT NOT NULL,
    grade_1 BIGINT NOT NULL,
    grade_2 BIGINT NOT NULL,
    grade_3 BIGINT NOT NULL,
    grade_4 BIGINT NOT NULL,
    grade_5 BIGINT NOT NULL,
    rectified BIGINT NOT NULL,
    PRIMARY KEY (division, month, department, item)
);

-- Who was served at which counter, and by whom.
CREATE TABLE visit_served (
    division TEXT NOT NULL,
    visit TEXT NOT NULL,
    counter TEXT NOT NULL,
    account TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (division, visit)
);

CREATE INDEX visit_served_counter ON visit_served (division, counter, at);

-- Telephone calls that can be rated.
CREATE TABLE rating_call (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    department TEXT NOT NULL,
    account TEXT NOT NULL,
    -- A keyed hash of the caller's number.
    telephone BLOB NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (division, id)
);

CREATE INDEX rating_call_telephone ON rating_call (division, telephone, at);

-- Tablets on which is rated, each at its counter.
CREATE TABLE rating_device (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    counter TEXT NOT NULL,
    secret BLOB NOT NULL,
    issued BIGINT NOT NULL,
    issued_by TEXT NOT NULL,
    ended BIGINT,
    PRIMARY KEY (division, id)
);

CREATE UNIQUE INDEX rating_device_secret ON rating_device (division, secret);
