-- The file of each server that has uploads: one that is missing was lost.
CREATE TABLE shelf_file (
    shelf TEXT NOT NULL PRIMARY KEY,
    name  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
