-- When uploads began, dry runs and refused ones included: the hourly quota counts them before anything is read.
CREATE TABLE import_begun (
    shelf TEXT    NOT NULL,   -- its name: a refused upload needs no shelf
    at    INTEGER NOT NULL
) STRICT;

CREATE INDEX import_begun_by_shelf ON import_begun (shelf, at);

-- Of members, only the one who saved a schedule is kept.
ALTER TABLE import_record DROP COLUMN member_id;
