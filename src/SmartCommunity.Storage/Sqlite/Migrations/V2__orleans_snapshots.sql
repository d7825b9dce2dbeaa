-- Tables and queries that Microsoft.Orleans.Persistence.AdoNet expects; names of tables, columns and parameters are its contract.
CREATE TABLE OrleansQuery(QueryKey TEXT PRIMARY KEY, QueryText TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE OrleansStorage(
    ServiceId TEXT NOT NULL,
    GrainTypeHash INTEGER NOT NULL,
    GrainIdHash INTEGER NOT NULL,
    GrainIdN0 INTEGER NOT NULL,
    GrainIdN1 INTEGER NOT NULL,
    GrainTypeString TEXT NOT NULL,
    GrainIdExtensionString TEXT,
    PayloadBinary BLOB,
    ModifiedOn TEXT NOT NULL,
    Version INTEGER NOT NULL);

-- IFNULL, because a unique index takes two nulls for different; so a second insert of the same state fails in the store, not only in the query.
CREATE UNIQUE INDEX OrleansStorage_grain ON OrleansStorage(
    GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, ServiceId, GrainTypeString, IFNULL(GrainIdExtensionString, ''));

-- No version: the state must be new. With a version: it must be the stored one. Answers no row when neither holds, which Orleans reads as a conflict.
INSERT INTO OrleansQuery(QueryKey, QueryText) VALUES ('WriteToStorageKey', '
INSERT INTO OrleansStorage(ServiceId, GrainTypeHash, GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, PayloadBinary, ModifiedOn, Version)
SELECT @ServiceId, @GrainTypeHash, @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeString, @GrainIdExtensionString, @PayloadBinary, datetime(''now''),
    IFNULL(@GrainStateVersion, 0) + 1
WHERE @GrainStateVersion IS NULL OR EXISTS (
    SELECT 1 FROM OrleansStorage
    WHERE GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
        AND ServiceId = @ServiceId AND GrainTypeString = @GrainTypeString AND IFNULL(GrainIdExtensionString, '''') = IFNULL(@GrainIdExtensionString, ''''))
ON CONFLICT(GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, ServiceId, GrainTypeString, IFNULL(GrainIdExtensionString, ''''))
DO UPDATE SET PayloadBinary = excluded.PayloadBinary, ModifiedOn = excluded.ModifiedOn, Version = excluded.Version
WHERE OrleansStorage.Version = excluded.Version - 1
RETURNING Version AS NewGrainStateVersion;');

INSERT INTO OrleansQuery(QueryKey, QueryText) VALUES ('ReadFromStorageKey', '
SELECT PayloadBinary, Version FROM OrleansStorage
WHERE GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
    AND ServiceId = @ServiceId AND GrainTypeString = @GrainTypeString AND IFNULL(GrainIdExtensionString, '''') = IFNULL(@GrainIdExtensionString, '''');');

INSERT INTO OrleansQuery(QueryKey, QueryText) VALUES ('ClearStorageKey', '
UPDATE OrleansStorage SET PayloadBinary = NULL, ModifiedOn = datetime(''now''), Version = Version + 1
WHERE GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
    AND ServiceId = @ServiceId AND GrainTypeString = @GrainTypeString AND IFNULL(GrainIdExtensionString, '''') = IFNULL(@GrainIdExtensionString, '''')
    AND Version = @GrainStateVersion
RETURNING Version AS NewGrainStateVersion;');

INSERT INTO OrleansQuery(QueryKey, QueryText) VALUES ('DeleteStorageKey', '
DELETE FROM OrleansStorage
WHERE GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
    AND ServiceId = @ServiceId AND GrainTypeString = @GrainTypeString AND IFNULL(GrainIdExtensionString, '''') = IFNULL(@GrainIdExtensionString, '''')
    AND Version = @GrainStateVersion
RETURNING Version + 1 AS NewGrainStateVersion;');
