-- SQLite: grievances, invited supervisors, evaluations. Its twin is the same file in ../postgres; a test keeps them alike.

-- Who said a grievance, beside its case, which holds no word of it. The owner is a keyed hash of the account.
CREATE TABLE grievance (
    division TEXT NOT NULL,
    number TEXT NOT NULL,
    sort TEXT NOT NULL,
    -- 'named', 'protected' or 'anonymous'.
    identity TEXT NOT NULL,
    -- 'portal', 'counter' or 'telephone'.
    channel TEXT NOT NULL,
    consent BIGINT NOT NULL,
    owner BLOB,
    -- Sealed: name, telephone, account, and the text as it was written.
    body BLOB NOT NULL,
    filed BIGINT NOT NULL,
    PRIMARY KEY (division, number)
);

CREATE INDEX grievance_owner ON grievance (division, owner, filed) WHERE owner IS NOT NULL;

-- Questions and their answers as everybody reads them, without what names anybody.
CREATE TABLE public_answer (
    division TEXT NOT NULL,
    number TEXT NOT NULL,
    topic TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    department TEXT NOT NULL,
    published BIGINT NOT NULL,
    PRIMARY KEY (division, number)
);

CREATE INDEX public_answer_published ON public_answer (division, published);

-- The invited supervisors of a district: whom each speaks for, and for how long.
CREATE TABLE supervisor (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    represents TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    PRIMARY KEY (division, id)
);

-- Their visits, planned and unannounced.
CREATE TABLE supervisor_visit (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    -- 'planned' or 'unannounced'.
    sort TEXT NOT NULL,
    day TEXT NOT NULL,
    -- Sealed: where, and what was found.
    body BLOB NOT NULL,
    made BIGINT NOT NULL,
    PRIMARY KEY (division, id)
);

CREATE INDEX supervisor_visit_day ON supervisor_visit (division, day);

-- Evaluations by outside bodies, in the city's division.
CREATE TABLE evaluation (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    made BIGINT NOT NULL,
    PRIMARY KEY (division, id)
);

-- What an evaluation's sample was drawn from: the published name of each ended case, and its district.
CREATE TABLE evaluation_population (
    division TEXT NOT NULL,
    evaluation TEXT NOT NULL,
    name TEXT NOT NULL,
    stratum TEXT NOT NULL,
    PRIMARY KEY (division, evaluation, name)
);

-- Who was drawn: the case is sealed, the link that was sent is kept as a hash, the answers are sealed.
CREATE TABLE evaluation_sample (
    division TEXT NOT NULL,
    evaluation TEXT NOT NULL,
    name TEXT NOT NULL,
    stratum TEXT NOT NULL,
    case_number BLOB NOT NULL,
    token BLOB NOT NULL,
    invited BIGINT,
    answered BIGINT,
    answers BLOB,
    PRIMARY KEY (division, evaluation, name),
    UNIQUE (division, token)
);
