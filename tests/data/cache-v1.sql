-- The cache of a siaga of the first schema: a fire that is over, an accident that is open, a note that was
-- not sent.
PRAGMA application_id=1397309763;
PRAGMA user_version=1;
BEGIN TRANSACTION;
CREATE TABLE meta(id INTEGER PRIMARY KEY CHECK(id = 1), feed TEXT NOT NULL, last_seq INTEGER NOT NULL, saved_at_ms INTEGER NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, agency TEXT NOT NULL) STRICT;
CREATE TABLE registry(id INTEGER PRIMARY KEY CHECK(id = 1), json TEXT NOT NULL) STRICT;
CREATE TABLE event(seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, incident TEXT, body TEXT NOT NULL) STRICT;
CREATE INDEX event_by_incident ON event(incident, seq) WHERE incident IS NOT NULL;
CREATE TABLE incident(id TEXT PRIMARY KEY, state_seq INTEGER NOT NULL, ended_at_ms INTEGER) STRICT, WITHOUT ROWID;
CREATE INDEX incident_by_end ON incident(ended_at_ms);
CREATE TABLE outbox(id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, frame TEXT NOT NULL) STRICT;
INSERT INTO meta VALUES(1,'85ca8638-478e-47a4-8e04-0f28419754e5',6,1795863557340,'ayu','operator','');
INSERT INTO event VALUES(1,1795863557320,'4e2e5b52-4823-45e4-b68f-a6113d678eed','{"seq":1,"at":"2026-11-28T10:59:17.320Z","incident":"4e2e5b52-4823-45e4-b68f-a6113d678eed","number":1,"rev":1,"type":"incident.raised","by":{"name":"app"},"data":{"kind":"fire","priority":"P1","place":"Pasar Gede","lat":-7.5701000,"lon":110.8300000,"alarm":{"id":"84181121-1a8d-4d84-838c-0b6d0798843d","received_at":"2026-11-28T10:59:17.320Z","lat":-7.5701000,"lon":110.8300000,"caller":{"name":"Siti Aminah","phone":"+62 271 555 0117"},"place":"Pasar Gede","note":"asap tebal"}}}');
INSERT INTO event VALUES(2,1795863557327,'4e2e5b52-4823-45e4-b68f-a6113d678eed','{"seq":2,"at":"2026-11-28T10:59:17.327Z","incident":"4e2e5b52-4823-45e4-b68f-a6113d678eed","number":1,"rev":2,"type":"incident.acknowledged","by":{"name":"budi"},"data":{}}');
INSERT INTO event VALUES(3,1795863557328,'4e2e5b52-4823-45e4-b68f-a6113d678eed','{"seq":3,"at":"2026-11-28T10:59:17.328Z","incident":"4e2e5b52-4823-45e4-b68f-a6113d678eed","number":1,"rev":3,"type":"dispatch.requested","by":{"name":"budi"},"data":{"agency":"damkar"}}');
INSERT INTO event VALUES(4,1795863557329,'4e2e5b52-4823-45e4-b68f-a6113d678eed','{"seq":4,"at":"2026-11-28T10:59:17.329Z","incident":"4e2e5b52-4823-45e4-b68f-a6113d678eed","number":1,"rev":3,"type":"dispatch.cancelled","by":{"name":"budi"},"data":{"agency":"damkar"}}');
INSERT INTO event VALUES(5,1795863557335,'4e2e5b52-4823-45e4-b68f-a6113d678eed','{"seq":5,"at":"2026-11-28T10:59:17.335Z","incident":"4e2e5b52-4823-45e4-b68f-a6113d678eed","number":1,"rev":4,"type":"incident.closed","by":{"name":"budi"},"data":{"disposition":"handled"}}');
INSERT INTO event VALUES(6,1795863557338,'3cb94236-c4fe-43b3-a1e2-750599f05573','{"seq":6,"at":"2026-11-28T10:59:17.338Z","incident":"3cb94236-c4fe-43b3-a1e2-750599f05573","number":2,"rev":1,"type":"incident.raised","by":{"name":"app"},"data":{"kind":"accident","priority":"P2","place":"Gladag","lat":-7.5701000,"lon":110.8300000,"alarm":{"id":"adfeaee6-1f47-4d86-bf36-e4d4b7c190ba","received_at":"2026-11-28T10:59:17.338Z","lat":-7.5701000,"lon":110.8300000,"place":"Gladag"}}}');
INSERT INTO incident VALUES('3cb94236-c4fe-43b3-a1e2-750599f05573',6,NULL);
INSERT INTO incident VALUES('4e2e5b52-4823-45e4-b68f-a6113d678eed',5,1795863557335);
INSERT INTO outbox VALUES('5404fbeb-60fe-4dc6-aad3-ff3b48363a03',1795863557536,'{"t":"do","id":"5404fbeb-60fe-4dc6-aad3-ff3b48363a03","incident":"4e2e5b52-4823-45e4-b68f-a6113d678eed","action":"note","note":"belum terkirim"}');
INSERT INTO registry VALUES(1,'{"t":"registry","rev":1,"agencies":[],"cameras":[],"plans":[],"map":{"credit":"","features":[]}}');
COMMIT;
