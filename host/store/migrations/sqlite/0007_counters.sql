-- SQLite: counters with their hours, bookings and waiting numbers, home visits. Its twin is the same file in ../postgres; a test
-- keeps them alike.

-- Counters, hours and townships of a district.
CREATE TABLE halls (
    division TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
);

CREATE TABLE booking (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    counter TEXT NOT NULL,
    day TEXT NOT NULL,
    starts TEXT NOT NULL,
    -- From 1 to the slot's capacity; none where the place is free again, or somebody came without a booking.
    place BIGINT,
    account TEXT,
    matter TEXT NOT NULL,
    state TEXT NOT NULL,
    -- The waiting number of the day, once there.
    number BIGINT,
    begins BIGINT NOT NULL,
    made BIGINT NOT NULL,
    PRIMARY KEY (division, id),
    UNIQUE (division, counter, day, starts, place),
    UNIQUE (division, counter, day, number)
);

-- One open booking for each person and matter.
CREATE UNIQUE INDEX booking_open ON booking (division, account, matter) WHERE state = 'booked' AND account IS NOT NULL;
CREATE INDEX booking_account ON booking (division, account, begins) WHERE account IS NOT NULL;
CREATE INDEX booking_day ON booking (division, day, counter);
CREATE INDEX booking_begins ON booking (division, begins) WHERE state = 'booked';

-- What stands in line at a counter on a day takes turns on its row; it holds the last waiting number.
CREATE TABLE counter_day (
    division TEXT NOT NULL,
    counter TEXT NOT NULL,
    day TEXT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (division, counter, day)
);

CREATE TABLE visit_order (
    division TEXT NOT NULL,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    day TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Sealed: address, reason, telephone.
    body BLOB NOT NULL,
    made BIGINT NOT NULL,
    PRIMARY KEY (division, id)
);

CREATE INDEX visit_order_day ON visit_order (division, day);
CREATE INDEX visit_order_account ON visit_order (division, account, day);
