-- The log: events in journal, sensor values in readings_N (made at run time), one sequence of positions over both and over view changes.
CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO meta(name, value) VALUES ('boot', 0), ('position', 0), ('probe', 0);

CREATE TABLE journal(
    position INTEGER PRIMARY KEY,
    district TEXT NOT NULL,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    area TEXT NOT NULL,
    at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    request_id TEXT,
    cause TEXT);
CREATE UNIQUE INDEX journal_stream ON journal(district, stream, version);

CREATE TABLE series(
    id INTEGER PRIMARY KEY,
    district TEXT NOT NULL,
    stream TEXT NOT NULL,
    device TEXT NOT NULL,
    metric TEXT NOT NULL,
    area TEXT NOT NULL);
CREATE UNIQUE INDEX series_stream ON series(district, stream, device, metric, area);
CREATE INDEX series_device ON series(district, device);

-- One row a table readings_N. The figures of the hot one (sealed = 0) are filled in when it is sealed.
CREATE TABLE segments(
    id INTEGER PRIMARY KEY,
    sealed INTEGER NOT NULL,
    first_position INTEGER NOT NULL,
    last_position INTEGER NOT NULL DEFAULT 0,
    row_count INTEGER NOT NULL DEFAULT 0,
    max_received INTEGER NOT NULL DEFAULT 0);
CREATE INDEX segments_last_position ON segments(last_position);

-- Which sealed segments hold a series: finds the few segments a read must open.
CREATE TABLE segment_series(
    series INTEGER NOT NULL,
    segment INTEGER NOT NULL,
    min_at INTEGER NOT NULL,
    max_at INTEGER NOT NULL,
    last_position INTEGER NOT NULL,
    PRIMARY KEY (series, segment)) WITHOUT ROWID;

CREATE TABLE views(
    district TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    area TEXT NOT NULL,
    status TEXT NOT NULL,
    owner TEXT NOT NULL,
    due_ms INTEGER,
    position INTEGER NOT NULL,
    body TEXT NOT NULL);
CREATE UNIQUE INDEX views_id ON views(district, kind, id);
CREATE INDEX views_position ON views(district, kind, position);
CREATE INDEX views_area ON views(district, kind, area, status);
CREATE INDEX views_owner ON views(district, kind, owner, id) WHERE owner <> '';
CREATE INDEX views_due ON views(district, due_ms) WHERE due_ms IS NOT NULL;

CREATE TABLE keys(
    district TEXT NOT NULL,
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint INTEGER NOT NULL,
    answer BLOB NOT NULL,
    PRIMARY KEY (district, scope, key)) WITHOUT ROWID;

CREATE TABLE counters(
    district TEXT NOT NULL,
    name TEXT NOT NULL,
    area TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (district, name, area)) WITHOUT ROWID;

CREATE TABLE lookups(
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    district TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (scope, key)) WITHOUT ROWID;
