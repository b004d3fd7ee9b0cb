-- When uploads began, dry runs and refused ones included: the hourly quota counts them before anything is read.
CREATE TABLE upload_begun (
    shelf TEXT    NOT NULL,   -- its name: a refused upload needs no shelf
    at    INTEGER NOT NULL
) STRICT;

CREATE INDEX upload_begun_by_shelf ON upload_begun (shelf, at);
