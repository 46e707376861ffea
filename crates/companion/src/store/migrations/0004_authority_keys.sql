-- The station's keys, as it told them last: digital keys verify against them. One, or several while a new one takes over.
CREATE TABLE authority_key (key BLOB PRIMARY KEY) STRICT;
INSERT INTO authority_key SELECT authority_key FROM phone;
ALTER TABLE phone DROP COLUMN authority_key;
