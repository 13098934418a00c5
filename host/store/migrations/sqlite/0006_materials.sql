-- SQLite: materials and where they are attached, drafts, dated settings. Its twin is the same file in ../postgres; a test keeps
-- them alike.
--
-- A person's drawer and settings stand in the city's division; what a browser without an account gave, in its district.

CREATE TABLE setting (
    division TEXT NOT NULL,
    name TEXT NOT NULL,
    since TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (division, name, since)
);

CREATE TABLE material (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    -- account/… or browser/…
    holder TEXT NOT NULL,
    -- A blind index of what items call it.
    name_index BLOB NOT NULL,
    -- Sealed: names, purpose, hash.
    body BLOB NOT NULL,
    -- Sealed: the key of its file.
    file_key BLOB NOT NULL,
    given BIGINT NOT NULL,
    -- 0 where its owner took it out of the drawer.
    in_drawer BIGINT NOT NULL,
    PRIMARY KEY (division, id)
);

CREATE INDEX material_holder ON material (division, holder, given);

CREATE TABLE case_material (
    division TEXT NOT NULL,
    number TEXT NOT NULL,
    -- Whose drawer it came from.
    drawer TEXT NOT NULL,
    material TEXT NOT NULL,
    attached BIGINT NOT NULL,
    attached_by TEXT,
    PRIMARY KEY (division, number, drawer, material)
);

CREATE INDEX case_material_material ON case_material (drawer, material);

CREATE TABLE draft (
    division TEXT NOT NULL,
    holder TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- Sealed.
    body BLOB NOT NULL,
    saved BIGINT NOT NULL,
    PRIMARY KEY (division, holder, subject)
);

CREATE INDEX draft_saved ON draft (division, saved);
