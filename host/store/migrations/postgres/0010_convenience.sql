-- PostgreSQL: the cases of bookings and home visits. Its twin is the same file in ../sqlite; a test keeps them alike.

-- Which case answers for a booking or an order for a visit. The row's changes are counted in the transaction that makes
-- them; what the case was told of lags behind until it has moved too, and is found again if something stops in between.
CREATE TABLE convenience_case (
    division TEXT NOT NULL,
    -- 'booking' or 'visit'.
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    number TEXT NOT NULL,
    changes BIGINT NOT NULL,
    told BIGINT NOT NULL,
    PRIMARY KEY (division, source, id),
    UNIQUE (division, number)
);

CREATE INDEX convenience_case_behind ON convenience_case (division, source, id) WHERE told < changes;
