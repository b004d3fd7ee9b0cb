-- Long stems by their ending: compounds are found by their last part.
CREATE INDEX word_by_ending ON word (substr(stem, -4)) WHERE length(stem) >= 8;
