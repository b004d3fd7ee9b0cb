-- A message is read back from its first attempt on: nothing asks for the last one.
ALTER TABLE delivery DROP COLUMN last_attempt_at;
