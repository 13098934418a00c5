-- PostgreSQL: the case engine: clocks, ranks on worklists, what belongs to what, supervision's cards, a city's own kinds.
-- Its twin is the same file in ../sqlite; a test keeps them alike.

ALTER TABLE case_file ADD COLUMN clocks TEXT NOT NULL DEFAULT '{}';
ALTER TABLE case_file ADD COLUMN priority BIGINT NOT NULL DEFAULT 0;
-- What is due first is first, and what has priority before all that has less.
ALTER TABLE case_file ADD COLUMN rank BIGINT NOT NULL DEFAULT 0;
-- When supervision has something to see here next.
ALTER TABLE case_file ADD COLUMN watch BIGINT;
ALTER TABLE case_file ADD COLUMN parent TEXT;
ALTER TABLE case_file ADD COLUMN assigned TEXT;

DROP INDEX case_file_due;
DROP INDEX case_file_department;
CREATE INDEX case_file_rank ON case_file (division, rank, number) WHERE is_open = 1;
CREATE INDEX case_file_department_rank ON case_file (division, department, rank, number) WHERE is_open = 1;
CREATE INDEX case_file_assigned ON case_file (division, assigned, rank, number) WHERE is_open = 1 AND assigned IS NOT NULL;
CREATE INDEX case_file_watch ON case_file (division, watch) WHERE watch IS NOT NULL;
CREATE INDEX case_file_parent ON case_file (division, parent) WHERE parent IS NOT NULL;

-- A card of supervision (article 37): once for each case, level, ground and moment that it is about.
CREATE TABLE supervision_card (
    division TEXT NOT NULL,
    number TEXT NOT NULL,
    level TEXT NOT NULL,
    ground TEXT NOT NULL,
    about BIGINT NOT NULL,
    department TEXT NOT NULL,
    given BIGINT NOT NULL,
    -- Places and hashes of the events that it stands on.
    evidence TEXT NOT NULL,
    state TEXT NOT NULL,
    is_open BIGINT NOT NULL,
    -- Sealed: it may name people.
    answer BYTEA,
    PRIMARY KEY (division, number, level, ground, about)
);

CREATE INDEX supervision_card_open ON supervision_card (division, given, number) WHERE is_open = 1;
CREATE INDEX supervision_card_department ON supervision_card (division, department, given, number) WHERE is_open = 1;

-- A city's own definitions of kinds, in place of those that ship with the platform; every version stays.
CREATE TABLE kind_definition (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    since BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (division, id, since)
);
