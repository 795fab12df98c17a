-- The admin.db of a siagad of the first schema: its token for ayu is
-- siaga_x4hhL8A7NaPMuLMqiBnL-Stynsnfj_KY5gDwOfHjmPQA
PRAGMA application_id=1397309761;
PRAGMA user_version=1;
BEGIN TRANSACTION;
CREATE TABLE token(name TEXT PRIMARY KEY, role TEXT NOT NULL, agency TEXT NOT NULL, hash BLOB NOT NULL UNIQUE, made_at_ms INTEGER NOT NULL, revoked_at_ms INTEGER NOT NULL) STRICT;
CREATE TABLE registry(id INTEGER PRIMARY KEY CHECK(id = 1), rev INTEGER NOT NULL, at_ms INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
INSERT INTO token VALUES('app','intake','',X'89e3bc9e6f5502bb909838556f3d4d066059e82a702d1946f621cbdbf5b981b7',1795583324000,0);
INSERT INTO token VALUES('ayu','operator','',X'870681639a4ab855cd8b1f60fe69cbcf24098ce4f6cae8bb9135f5f35b004608',1795583324000,0);
INSERT INTO token VALUES('damkar','agency','damkar',X'd79ac9e666b9ac988d7cef065ce26a08ecd56fc851040dc24714ad2abd213abf',1795583324000,0);
INSERT INTO token VALUES('sari','supervisor','',X'9d356e1880e5983d27b6dfdbffb5e35ba909b1a877108e29fb2da5fbf7ee2184',1795583324000,1795583324999);
INSERT INTO registry VALUES(1,3,1795583324000,'{"t":"registry","rev":3,"agencies":[{"id":"damkar","name":"Pemadam Kebakaran","short":"DAMKAR","fkey":2,"desk":"console"}],"cameras":[],"plans":[],"map":{"credit":"","features":[]}}');
COMMIT;
