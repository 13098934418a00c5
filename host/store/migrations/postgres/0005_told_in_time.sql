-- PostgreSQL: notices and what carries them, what people turned off, licences with their last day, warnings of risks.
-- Its twin is the same file in ../sqlite; a test keeps them alike.

-- The outbox and the inbox. Written in the transaction of the event that causes it; one key is told once.
CREATE TABLE notice (
    division TEXT NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    template TEXT NOT NULL,
    -- None where only a contact is known.
    account TEXT,
    case_number TEXT,
    urgent BIGINT NOT NULL,
    in_inbox BIGINT NOT NULL,
    created BIGINT NOT NULL,
    read_at BIGINT,
    -- Sealed: contact and wording.
    body BYTEA NOT NULL,
    PRIMARY KEY (division, key)
);

CREATE INDEX notice_inbox ON notice (division, account, created) WHERE in_inbox = 1;
CREATE INDEX notice_unread ON notice (division, account) WHERE in_inbox = 1 AND read_at IS NULL;
CREATE INDEX notice_case ON notice (division, case_number, created) WHERE case_number IS NOT NULL;

-- A notice over one channel that has to be carried. `reference` is what it is called outside.
CREATE TABLE notice_delivery (
    division TEXT NOT NULL,
    key TEXT NOT NULL,
    channel TEXT NOT NULL,
    reference BYTEA NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    created BIGINT NOT NULL,
    next_attempt BIGINT NOT NULL,
    until BIGINT NOT NULL,
    claimed_by BIGINT,
    claimed_until BIGINT,
    -- What the channel said last: an id, or why not.
    said TEXT,
    settled BIGINT,
    PRIMARY KEY (division, key, channel),
    UNIQUE (division, reference)
);

CREATE INDEX notice_delivery_due ON notice_delivery (division, channel, next_attempt) WHERE state = 'waiting';
CREATE INDEX notice_delivery_failed ON notice_delivery (division, settled) WHERE state IN ('dead', 'undeliverable');

CREATE TABLE notice_preference (
    division TEXT NOT NULL,
    account TEXT NOT NULL,
    -- Sealed.
    body BYTEA NOT NULL,
    PRIMARY KEY (division, account)
);

CREATE TABLE subscription (
    division TEXT NOT NULL,
    topic TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (division, topic, account)
);

CREATE INDEX subscription_account ON subscription (division, account);

-- The city's quiet hours, each from a day on.
CREATE TABLE quiet_hours (
    division TEXT NOT NULL,
    since TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (division, since)
);

CREATE TABLE licence (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- Blind index.
    holder BYTEA NOT NULL,
    expires TEXT NOT NULL,
    -- The smallest stage, in days, that its holder was told.
    told BIGINT,
    -- The first day of the next stage; none where nothing is told any more.
    next_tell TEXT,
    -- Sealed.
    body BYTEA NOT NULL,
    PRIMARY KEY (division, id)
);

CREATE INDEX licence_due ON licence (division, next_tell, id) WHERE next_tell IS NOT NULL;
CREATE INDEX licence_holder ON licence (division, holder);
CREATE INDEX licence_kind ON licence (division, kind, id);

-- Warnings, and how far each has been spread: after which recipient it goes on; none left where it is done.
CREATE TABLE risk_warning (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    reached TEXT NOT NULL,
    told BIGINT NOT NULL,
    is_done BIGINT NOT NULL,
    PRIMARY KEY (division, id)
);

CREATE INDEX risk_warning_open ON risk_warning (division, at) WHERE is_done = 0;

CREATE INDEX mandate_code ON mandate (division, credit_code);
