-- why: a page of the trail costs by the parts and files it opens. The entries of a year are now a few parts and not thirty, and what can be
-- asked for has one index instead of seven, of which every INSERT wrote and flushed two files each
-- Named queries: AuditTrail reads (intake, position) backwards and stops at the page; by_value lets it skip the granules that lack a value asked
-- for. AuditFeed reads it forwards, AuditEntriesById finds single entries. Granules and blocks are small because a page of a rare value takes one
-- row from each of fifty granules. There are no partitions: entries are kept, and a page of a rare value looks at all months anyway.
-- The entries are made again from the log; what the former table had is the same.
CREATE TABLE IF NOT EXISTS driftledger.audit_entries_v2 {{on_cluster}}
(
    intake         UInt8 COMMENT '1 for entries of class intake, else 0: first in the sorting key, so that they need not be read',
    position       UInt64 COMMENT 'where the event stands in the log',
    event_id       UUID COMMENT 'id of the event',
    recorded_at    DateTime64(3, 'UTC') COMMENT 'when the log took the event',
    type           LowCardinality(String) COMMENT 'name of the event, such as AlertRaised',
    class          LowCardinality(String) COMMENT 'intake, measurement, alert, deployment, registry, access, identity, privacy or other',
    stream         String COMMENT 'stream of the event',
    revision       UInt64 COMMENT 'revision of the event in its stream, from 0',
    actor_id       LowCardinality(String) COMMENT 'principal behind the command, as UUID',
    actor_kind     LowCardinality(String) COMMENT 'person, service or job',
    actor_via      LowCardinality(String) COMMENT 'key or session the principal used, never a secret',
    on_behalf_of   String COMMENT 'on whose behalf; empty when on its own',
    surface        LowCardinality(String) COMMENT 'http, graphql, cli, bus or internal',
    route          LowCardinality(String) COMMENT 'route or field of the surface; empty when it has none',
    client         LowCardinality(String) COMMENT 'what the client called itself; empty when it did not',
    address_class  LowCardinality(String) COMMENT 'loopback, private, public or process; addresses are not kept',
    reason         String COMMENT 'reason given with the command; empty when none was given',
    correlation_id UUID COMMENT 'what belongs to one request or flow',
    causation_id   UUID COMMENT 'event or command that caused this one',
    command_id     UUID COMMENT 'command that made the event',
    deployment_id  LowCardinality(String) COMMENT 'deployment the entry is about, as UUID; empty when none',
    monitor_id     LowCardinality(String) COMMENT 'monitor the entry is about, as UUID; empty when none',
    model          LowCardinality(String) COMMENT 'model the event itself names; empty when it names none',
    subject        LowCardinality(String) COMMENT 'feature, output, volume or metric the entry is about; empty when none',
    summary        String COMMENT 'one line of English',
    changes        String COMMENT 'JSON array of {path, before, after}; before is null where the event does not know it',
    sha256         FixedString(64) COMMENT 'SHA-256 of the uncompressed body of the event, hex',
    INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_correlation correlation_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_value [type, class, actor_id, deployment_id, monitor_id, model, subject] TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_time recorded_at TYPE minmax GRANULARITY 1
)
ENGINE = {{merge_tree | index_granularity = 512, min_compress_block_size = 4096}}
ORDER BY (intake, position)
COMMENT 'one row per event of the log: what happened, by whom, from where and why';
DROP TABLE IF EXISTS driftledger.audit_entries_v1 {{on_cluster}};
