-- What of a seed was ignored or changed although its article was read is kept beside why others were rejected.
ALTER TABLE problem ADD COLUMN kind TEXT NOT NULL DEFAULT 'problem' CHECK (kind IN ('problem', 'note'));
